"""A fitted forest as the attributes of a single `TreeEnsembleRegressor`.

Everything that an isolation forest computes behind a leaf depends on the leaf alone, so it is put
into the leaf as weights of 1 + n_features targets:

- target 0: the path length h(x) of Liu 2008, `depth + c(n_leaf)`, in scikit-learn's rounding;
- target 1 + f: what the splits on feature f contribute to the score's exponent.

The contributions: a split takes a node of n samples to a child of n' samples and lengthens the
expected path by `1 + c(n') - c(n)`. Along a path these sums telescope to `h(x) - c(max_samples)`,
so divided by `-n_estimators * c(max_samples)` and added over all trees they are exactly what
distinguishes the exponent of the score from -1.
"""

from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt
from sklearn.ensemble import IsolationForest

from inference.detectors.graph_forest import Trees
from trainer.fitting.threshold import average_path_length, denominator_of

BRANCH: Final = "BRANCH_LEQ"
LEAF: Final = "LEAF"


class Ensemble(msgspec.Struct, frozen=True):
    """Trees as flat arrays, named as the attributes of the ONNX operator.

    `nodes_*` and `modes` have one entry per node; `target_*` one per (leaf, target) whose weight
    is not zero.
    """

    nodes_treeids: npt.NDArray[np.int64]
    nodes_nodeids: npt.NDArray[np.int64]
    nodes_featureids: npt.NDArray[np.int64]
    nodes_values: npt.NDArray[np.float64]
    nodes_truenodeids: npt.NDArray[np.int64]
    nodes_falsenodeids: npt.NDArray[np.int64]
    modes: list[str]
    target_treeids: npt.NDArray[np.int64]
    target_nodeids: npt.NDArray[np.int64]
    target_ids: npt.NDArray[np.int64]
    target_weights: npt.NDArray[np.float64]


class _Tree(msgspec.Struct, frozen=True):
    """A tree: arrays of shape (n_nodes,); contributions of shape (n_nodes, n_features)."""

    left: npt.NDArray[np.int64]
    right: npt.NDArray[np.int64]
    feature: npt.NDArray[np.int64]
    threshold: npt.NDArray[np.float64]
    path_length: npt.NDArray[np.float64]
    contributions: npt.NDArray[np.float64]

    @property
    def is_leaf(self) -> npt.NDArray[np.bool_]:
        return self.left < 0


def flatten_forest(forest: IsolationForest) -> Ensemble:
    """All trees of the forest, in its order: sums over trees then round as scikit-learn's do."""
    trees = [_read_tree(forest, index) for index in range(len(forest.estimators_))]
    sizes = [len(tree.left) for tree in trees]
    is_leaf = np.concatenate([tree.is_leaf for tree in trees])
    # Zero weights stay out, except a leaf's path length: a leaf needs at least one weight.
    weights = np.concatenate(
        [np.column_stack([tree.path_length, tree.contributions]) for tree in trees]
    )
    wanted = (weights != 0) & is_leaf[:, None]
    wanted[:, 0] = is_leaf
    node, target = np.nonzero(wanted)
    treeids = np.repeat(np.arange(len(trees)), sizes)
    nodeids = np.concatenate([np.arange(size) for size in sizes])
    return Ensemble(
        nodes_treeids=treeids,
        nodes_nodeids=nodeids,
        nodes_featureids=np.concatenate([tree.feature for tree in trees]),
        nodes_values=np.concatenate([tree.threshold for tree in trees]),
        nodes_truenodeids=np.concatenate([np.maximum(tree.left, 0) for tree in trees]),
        nodes_falsenodeids=np.concatenate([np.maximum(tree.right, 0) for tree in trees]),
        modes=[LEAF if leaf else BRANCH for leaf in is_leaf],
        target_treeids=treeids[node],
        target_nodeids=nodeids[node],
        target_ids=target,
        target_weights=weights[node, target],
    )


def trees_of(forest: IsolationForest) -> Trees:
    """All trees of the forest with their path lengths, as serving reads them from its graph."""
    flat = flatten_forest(forest)
    is_leaf, own = np.array(flat.modes) == LEAF, np.arange(len(flat.modes))
    first = np.searchsorted(flat.nodes_treeids, flat.nodes_treeids)
    is_length = flat.target_ids == 0
    leaves = np.searchsorted(flat.nodes_treeids, flat.target_treeids) + flat.target_nodeids
    weight = np.zeros(len(own))
    weight[leaves[is_length]] = flat.target_weights[is_length]
    return Trees(
        tree=flat.nodes_treeids,
        feature=flat.nodes_featureids,
        threshold=flat.nodes_values,
        left=np.where(is_leaf, own, first + flat.nodes_truenodeids),
        right=np.where(is_leaf, own, first + flat.nodes_falsenodeids),
        weight=weight,
    )


def _read_tree(forest: IsolationForest, index: int) -> _Tree:
    tree = forest.estimators_[index].tree_
    columns = forest.estimators_features_[index]
    left = tree.children_left.astype(np.int64)
    right = tree.children_right.astype(np.int64)
    is_leaf = left < 0
    feature = np.where(is_leaf, 0, columns[np.where(is_leaf, 0, tree.feature)]).astype(np.int64)
    expected = np.array([average_path_length(int(n)) for n in tree.n_node_samples])
    # Nodes on the path from the root, the root included, as scikit-learn counts them.
    depth = np.ones(len(left))
    contributions = np.zeros((len(left), forest.n_features_in_))
    for node in np.flatnonzero(~is_leaf):  # a parent stands before its children
        for child in (left[node], right[node]):
            depth[child] = depth[node] + 1
            contributions[child] = contributions[node]
            contributions[child, feature[node]] += 1 + expected[child] - expected[node]
    return _Tree(
        left=left,
        right=right,
        feature=feature,
        threshold=np.where(is_leaf, 0.0, tree.threshold),
        path_length=depth + expected - 1.0,
        contributions=contributions / -denominator_of(forest),
    )
