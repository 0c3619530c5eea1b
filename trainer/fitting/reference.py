"""The reference that proves a graph: the same forest, scored by other code.

For a forest that was just fitted it is scikit-learn. A published model has no scikit-learn forest
any more (nothing is pickled): its trees are read from its graph, which was proved when it was
published, and walked by numpy. Both sum path lengths in the order of the trees, to the same bit.
"""

from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import onnx
from onnx import numpy_helper
from sklearn.ensemble import IsolationForest

from trainer.fitting.ensemble import BRANCH
from trainer.fitting.threshold import decisions_of_depths

Rows = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]


class Reference(msgspec.Struct, frozen=True):
    """A forest that scores rows without onnxruntime and without our way to share rows out.

    Attributes:
        offset: scikit-learn's `offset_`.
        splits: for each column, the thresholds of the trees' branches.
        score_samples: as scikit-learn's, for float32 rows of shape (n, n_features).
    """

    offset: float
    splits: list[Floats]
    score_samples: Callable[[Rows], Floats]


def fitted_reference(forest: IsolationForest) -> Reference:
    """Of a forest that was just fitted: scikit-learn itself."""
    features, thresholds = [], []
    for tree, columns in zip(forest.estimators_, forest.estimators_features_, strict=True):
        branches = tree.tree_.children_left >= 0
        features.append(columns[tree.tree_.feature[branches]])
        thresholds.append(tree.tree_.threshold[branches])
    feature, threshold = np.concatenate(features), np.concatenate(thresholds)
    splits = [threshold[feature == column] for column in range(forest.n_features_in_)]
    return Reference(float(forest.offset_), splits, forest.score_samples)


def published_reference(graph: bytes, denominator: float, offset: float) -> Reference:
    """Of a published graph: its trees, walked by numpy.

    Args:
        graph: the serialised ONNX model; its own threshold is not read.
        denominator: `trainer.fitting.threshold.depth_denominator` of the forest.
        offset: the `offset_` to decide by.
    """
    trees = _Trees(graph)
    branches = trees.is_branch
    splits = [
        trees.values[branches & (trees.features == column)] for column in range(trees.n_features)
    ]

    def score_samples(rows: Rows) -> Floats:
        return decisions_of_depths(denominator, 0.0, trees.path_lengths(rows))

    return Reference(offset, splits, score_samples)


class _Trees:
    """The trees of a `TreeEnsembleRegressor`, all nodes in a row."""

    def __init__(self, graph: bytes) -> None:
        model = onnx.load_model_from_string(graph)
        (node,) = [node for node in model.graph.node if node.op_type == "TreeEnsembleRegressor"]
        attributes: dict[str, Any] = {
            attribute.name: onnx.helper.get_attribute_value(attribute)
            for attribute in node.attribute
        }
        tree = np.array(attributes["nodes_treeids"])
        self.roots = np.flatnonzero(np.diff(tree, prepend=-1))
        first = self.roots[tree]
        self.n_features = attributes["n_targets"] - 1
        self.features = np.array(attributes["nodes_featureids"])
        self.values = numpy_helper.to_array(attributes["nodes_values_as_tensor"])
        self.is_branch = np.array([mode == BRANCH.encode() for mode in attributes["nodes_modes"]])
        self._true = first + np.array(attributes["nodes_truenodeids"])
        self._false = first + np.array(attributes["nodes_falsenodeids"])
        weights = numpy_helper.to_array(attributes["target_weights_as_tensor"])
        of_path = np.array(attributes["target_ids"]) == 0
        leaf = self.roots[np.array(attributes["target_treeids"])[of_path]]
        self._path_length = np.zeros(len(tree))
        self._path_length[leaf + np.array(attributes["target_nodeids"])[of_path]] = weights[of_path]

    def path_lengths(self, rows: Rows) -> Floats:
        """Sums over the trees, added in their order."""
        wide = rows.astype(np.float64)
        sums, every = np.zeros(len(rows)), np.arange(len(rows))
        for root in self.roots:
            at = np.full(len(rows), root)
            while (walking := every[self.is_branch[at]]).size:
                here = at[walking]
                goes_left = wide[walking, self.features[here]] <= self.values[here]
                at[walking] = np.where(goes_left, self._true[here], self._false[here])
            sums += self._path_length[at]
        return sums
