"""How large a forest becomes."""

import onnx
import pytest

from schemas.bundle.options import TrainOptions
from tests.made_logs import make_logs
from trainer.counting.table import count_logs
from trainer.errors import ForestTooLargeError
from trainer.fitting.learners.registry import LEARNERS
from trainer.fitting.size import check_size, most_nodes


@pytest.mark.parametrize("max_samples", [2, 64, 4_096])
def test_no_forest_has_more_nodes_than_estimated(max_samples: int) -> None:
    """Counted in the graph that is served."""
    options = TrainOptions(
        detector="isolation_forest", contamination=0.05, n_estimators=20, max_samples=max_samples
    )
    table = count_logs(make_logs(500))
    graph = onnx.load_from_string(
        dict(LEARNERS["isolation_forest"].fit(table, options).files)["model.onnx"]
    )
    modes = next(
        attribute.strings
        for node in graph.graph.node
        for attribute in node.attribute
        if attribute.name == "nodes_modes"
    )
    assert len(modes) <= most_nodes(options, 500)


def test_the_bound_itself_is_allowed() -> None:
    """And a node more is not; the message says what to lower."""
    options = TrainOptions(
        detector="isolation_forest", contamination=0.05, n_estimators=300, max_samples=4_096
    )
    check_size(options, 10_000, 300 * 2 * 4_096)
    check_size(options, 100, 300 * 2 * 100)
    with pytest.raises(ForestTooLargeError, match="lower n_estimators or max_samples"):
        check_size(options, 10_000, 300 * 2 * 4_096 - 1)
