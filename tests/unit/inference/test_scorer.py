"""The scorer."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import TensorProto, helper

from inference.detectors.parts import in_parts
from inference.detectors.scorer import Scorer, UnfitGraphError
from inference.store.versions import ModelStore
from schemas.bundle.manifest import MODEL_FILE


def graph_of(model_dir: Path) -> bytes:
    """The bytes of version 1's graph."""
    return ModelStore(model_dir).bundle(1).files[MODEL_FILE]


def test_outputs_have_the_promised_shapes_and_signs(model_dir: Path) -> None:
    """There is one value a row, and a decision is negative iff the label is -1."""
    scorer = Scorer(graph_of(model_dir), 6)
    rows = np.random.default_rng(0).uniform(0, 300, (500, 6)).astype(np.float32)
    scores = scorer.score(rows)
    assert scores.labels.shape == scores.decisions.shape == scores.anomaly_scores.shape == (500,)
    assert scores.contributions.shape == (500, 6)
    assert scores.decisions.dtype == scores.anomaly_scores.dtype == np.float64
    assert set(np.unique(scores.labels)) <= {-1, 1}
    assert np.array_equal(scores.labels < 0, scores.decisions < 0)
    assert np.all((scores.anomaly_scores > 0) & (scores.anomaly_scores <= 1))


def test_one_row_at_a_time_gives_the_same_bits(model_dir: Path) -> None:
    """A row's scores depend neither on the rows beside it nor on what other threads ask about.

    All answers are compared only when the last is there: none may change a former answer.
    """
    scorer = Scorer(graph_of(model_dir), 6)
    rows = np.random.default_rng(0).uniform(0, 300, (400, 6)).astype(np.float32)
    together = scorer.score(rows)
    with ThreadPoolExecutor(4) as threads:
        alone = list(threads.map(scorer.score_one, rows.tolist()))
    labels, decisions, scores, contributions = zip(*alone, strict=True)
    assert labels == tuple(together.labels.tolist())
    assert decisions == tuple(together.decisions.tolist())
    assert scores == tuple(together.anomaly_scores.tolist())
    assert b"".join(contributions) == together.contributions.tobytes()


def test_a_graph_with_outputs_of_other_types_is_refused(model_dir: Path) -> None:
    """Outputs are written into arrays of ours, so their types must be as promised."""
    model = onnx.load_model_from_string(graph_of(model_dir))
    (score,) = (output for output in model.graph.output if output.name == "anomaly_score")
    model.graph.node.append(
        helper.make_node("Cast", ["anomaly_score"], ["narrow"], to=TensorProto.FLOAT)
    )
    for node in model.graph.node:
        for names in (node.input, node.output):
            names[:] = [
                {"anomaly_score": "wide", "narrow": "anomaly_score"}.get(n, n) for n in names
            ]
    score.type.tensor_type.elem_type = TensorProto.FLOAT
    with pytest.raises(UnfitGraphError, match=r"lacks the outputs.*anomaly_score.*double"):
        Scorer(model.SerializeToString(), 6)


def test_what_is_no_graph_is_refused(model_dir: Path) -> None:
    """Truncated or foreign bytes are one error of ours."""
    for data in (b"", b"no graph", graph_of(model_dir)[:-100]):
        with pytest.raises(UnfitGraphError, match="onnxruntime refuses"):
            Scorer(data, 6)


def test_another_number_of_features_is_refused(model_dir: Path) -> None:
    """The graph's input must have as many columns as the manifest lists features."""
    with pytest.raises(UnfitGraphError, match="expected one float input"):
        Scorer(graph_of(model_dir), 5)


def test_a_graph_without_our_outputs_is_refused() -> None:
    """A graph that loads but answers something else is refused."""
    node = helper.make_node("Identity", ["features"], ["label"])
    value = [
        helper.make_tensor_value_info(n, TensorProto.FLOAT, [None, 6])
        for n in ("features", "label")
    ]
    graph = helper.make_graph([node], "other", value[:1], value[1:])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    with pytest.raises(UnfitGraphError, match="lacks the outputs"):
        Scorer(model.SerializeToString(), 6)


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=12),
    st.integers(1, 4),
    st.integers(1, 5),
)
def test_parts_come_back_in_order(
    pairs: list[tuple[int, int]], part_rows: int, max_parts: int
) -> None:
    """However few rows and many parts there are, each row gets what the function gives for it."""
    rows = np.array(pairs, np.float32).reshape(len(pairs), 2)

    def function(part: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.float32], ...]:
        return part[:, 0] + 10 * part[:, 1], part

    sums, same = in_parts(function, rows, part_rows=part_rows, max_parts=max_parts)
    expected, _ = function(rows)
    assert np.array_equal(sums, expected)
    assert np.array_equal(same, rows)
