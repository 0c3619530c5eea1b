"""Export of a fitted forest to a small and exact ONNX graph, as a skl2onnx converter.

The graph, all doubles but for the input and the ensemble's output::

    features ─ Cast ─ TreeEnsembleRegressor ─ Split ─ excess, contributions
    excess ─ Less 0 ─ Where ─ label                      excess = sum of path lengths - threshold
    excess ─ Pow ─ Mul ─ anomaly_score                   s = s(threshold) * (2^(-1/d)) ^ excess
    anomaly_score ─ Sub ─ scores                         the decision

The threshold enters as the ensemble's base value, so the subtraction happens in double precision
before onnxruntime rounds the output to float; its sign, and with it the label, is exact.
"""

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import onnx
from onnx import numpy_helper
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType, Int64TensorType
from sklearn.ensemble import IsolationForest

from inference.detectors.scorer import INPUT
from trainer.fitting.ensemble import flatten_forest
from trainer.fitting.threshold import denominator_of, threshold_depth

TARGET_OPSET: Final = {"": 17, "ai.onnx.ml": 3}
"""skl2onnx's newest ai.onnx.ml; onnxruntime reads both from 1.12 on."""

GRAPH_NAME: Final = "isolation-forest"


def export_forest(forest: IsolationForest) -> bytes:
    """The forest as a serialised ONNX model; the same forest gives the same bytes.

    Input `features`, float32 of shape (n, n_features). Outputs, n rows each:

    - `label` int64 (n, 1): 1 or -1, equal to `forest.predict` for every finite input;
    - `scores` double (n, 1): `decision_function`, negative iff the label is -1;
    - `anomaly_score` double (n, 1): the negative of `score_samples`;
    - `contributions` float (n, n_features): `anomaly_score = 2 ** (-1 + their sum)`.

    Raises:
        ExportError: the forest has no exact threshold.
    """
    model = convert_sklearn(
        forest,
        name=GRAPH_NAME,
        initial_types=[(INPUT, FloatTensorType([None, forest.n_features_in_]))],
        target_opset=TARGET_OPSET,
        custom_parsers={IsolationForest: _parse},
        custom_conversion_functions={IsolationForest: _convert},
        custom_shape_calculators={IsolationForest: _declare_shapes},
    )
    return bytes(model.SerializeToString(deterministic=True))


def _parse(scope: Any, model: IsolationForest, inputs: list[Any], **_more: Any) -> list[Any]:
    """skl2onnx's parser: declares an operator with our four outputs."""
    operator = scope.declare_local_operator("SklearnIsolationForest", model)
    operator.inputs = inputs
    for name, type_ in _output_types(model).items():
        operator.outputs.append(scope.declare_local_variable(name, type_))
    return list(operator.outputs)


def _declare_shapes(operator: Any) -> None:
    """skl2onnx's shape calculator; the parser has given the outputs their types already."""
    types = _output_types(operator.raw_operator)
    for variable, type_ in zip(operator.outputs, types.values(), strict=True):
        variable.type = type_


def _output_types(forest: IsolationForest) -> dict[str, Any]:
    return {
        "label": Int64TensorType([None, 1]),
        "scores": DoubleTensorType([None, 1]),
        "anomaly_score": DoubleTensorType([None, 1]),
        "contributions": FloatTensorType([None, forest.n_features_in_]),
    }


def _convert(_scope: Any, operator: Any, container: Any) -> None:
    """skl2onnx's converter: writes the nodes."""
    forest: IsolationForest = operator.raw_operator
    denominator = denominator_of(forest)
    threshold, at_threshold = threshold_constants(denominator, forest.offset_)
    label, scores, anomaly_score, contributions = (
        variable.full_name for variable in operator.outputs
    )

    def node(op_type: str, inputs: list[str], outputs: list[str], **attributes: Any) -> None:
        domain, version = ("", TARGET_OPSET[""])
        if op_type == "TreeEnsembleRegressor":
            domain, version = ("ai.onnx.ml", TARGET_OPSET["ai.onnx.ml"])
        container.add_node(op_type, inputs, outputs, domain, version, name=outputs[0], **attributes)

    def constant(name: str, value: object, dtype: type) -> str:
        container.add_initializer(
            name, None, None, numpy_helper.from_array(np.array(value, dtype), name)
        )
        return name

    zero = constant("zero", 0.0, np.float32)
    node("Cast", [operator.inputs[0].full_name], ["rows"], to=onnx.TensorProto.DOUBLE)
    node("TreeEnsembleRegressor", ["rows"], ["sums"], **_attributes(forest, threshold))
    parts = constant("parts", [1, forest.n_features_in_], np.int64)
    node("Split", ["sums", parts], ["excess", contributions], axis=1)
    node("Less", ["excess", zero], ["is_anomaly"])
    node(
        "Where",
        ["is_anomaly", constant("anomaly", -1, np.int64), constant("inlier", 1, np.int64)],
        [label],
    )
    node("Pow", [constant("base", 2.0 ** (-1 / denominator), np.float64), "excess"], ["ratio"])
    node(
        "Mul",
        ["ratio", constant("score_at_threshold", at_threshold["score_at_threshold"], np.float64)],
        [anomaly_score],
    )
    # A score may round to the threshold's own; the decision of an anomaly is negative even then.
    node(
        "Where",
        [
            "is_anomaly",
            constant("below", at_threshold["below"], np.float64),
            "score_at_threshold",
        ],
        ["limit"],
    )
    node("Sub", ["limit", anomaly_score], [scores])


def threshold_constants(denominator: float, offset: float) -> tuple[float, dict[str, float]]:
    """The parts of a graph that depend on the threshold.

    Args:
        denominator: `trainer.fitting.threshold.depth_denominator` of the forest.
        offset: its `offset_`.

    Returns:
        The sum of path lengths that enters as base value, and the initializers by name: the score
        at the threshold, and the next double below it.

    Raises:
        ExportError: the forest has no exact threshold.
    """
    threshold = threshold_depth(denominator, offset)
    score = 2.0 ** (-threshold / denominator)
    return threshold, {"score_at_threshold": score, "below": float(np.nextafter(score, 0.0))}


def _attributes(forest: IsolationForest, threshold: float) -> dict[str, Any]:
    ensemble = flatten_forest(forest)
    n_targets = 1 + forest.n_features_in_
    base_values = np.zeros(n_targets)
    base_values[0] = -threshold

    def tensor(name: str, values: npt.NDArray[np.float64]) -> onnx.TensorProto:
        return numpy_helper.from_array(values, name)

    return {
        "n_targets": n_targets,
        "aggregate_function": "SUM",
        "post_transform": "NONE",
        "base_values_as_tensor": tensor("base_values_as_tensor", base_values),
        "nodes_treeids": ensemble.nodes_treeids.tolist(),
        "nodes_nodeids": ensemble.nodes_nodeids.tolist(),
        "nodes_featureids": ensemble.nodes_featureids.tolist(),
        "nodes_values_as_tensor": tensor("nodes_values_as_tensor", ensemble.nodes_values),
        "nodes_modes": ensemble.modes,
        "nodes_truenodeids": ensemble.nodes_truenodeids.tolist(),
        "nodes_falsenodeids": ensemble.nodes_falsenodeids.tolist(),
        "target_treeids": ensemble.target_treeids.tolist(),
        "target_nodeids": ensemble.target_nodeids.tolist(),
        "target_ids": ensemble.target_ids.tolist(),
        "target_weights_as_tensor": tensor("target_weights_as_tensor", ensemble.target_weights),
    }


def with_threshold(graph: bytes, denominator: float, offset: float) -> bytes:
    """A graph with another threshold; all else is the same.

    Args:
        graph: of `export_forest`.
        denominator: `trainer.fitting.threshold.depth_denominator` of its forest.
        offset: what `offset_` is to be.

    Raises:
        ExportError: there is no exact threshold.
    """
    model = onnx.load_model_from_string(graph)
    threshold, constants = threshold_constants(denominator, offset)
    for initializer in model.graph.initializer:
        if initializer.name in constants:
            value = np.array(constants[initializer.name], np.float64)
            initializer.CopyFrom(numpy_helper.from_array(value, initializer.name))
    for node in model.graph.node:
        for attribute in node.attribute:
            if attribute.name == "base_values_as_tensor":
                values = numpy_helper.to_array(attribute.t).copy()
                values[0] = -threshold
                attribute.t.CopyFrom(numpy_helper.from_array(values, attribute.t.name))
    return bytes(model.SerializeToString(deterministic=True))
