"""The forest alone: our graph, the stock graph and scikit-learn, without a service around them."""

import time
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime

from benchmarks.lab import Lab
from benchmarks.progress import say
from benchmarks.results import GraphFigure, GraphSection
from benchmarks.workloads import DISTINCT
from inference.detectors.scorer import INPUT, Scorer, session_options
from schemas.record.encoding import FeatureEncoder

OUR_GRAPH: Final = "our graph, as the service runs it"
PLAIN_GRAPH: Final = "our graph by session.run"
STOCK_GRAPH: Final = "stock skl2onnx graph"
SKLEARN: Final = "scikit-learn"
BULK_ROWS: Final = 1_000
LOOP_S: Final = 0.3

Rows = npt.NDArray[np.float32]


class Way(NamedTuple):
    """One way to score: a single row, and many."""

    single: Callable[[], object]
    many: Callable[[], object]


def measure_graphs(lab: Lab) -> GraphSection:
    """Load, one row and a thousand rows, in turn; all-distinct records, every output asked for."""
    about = lab.options.about()
    records = lab.records.by_kind[DISTINCT][:BULK_ROWS]
    rows = FeatureEncoder().matrix(records)
    own, stock = lab.models.own_graph, lab.models.stock_graph
    ways: dict[str, Callable[[], Way]] = {
        OUR_GRAPH: lambda: _serve(own, rows),
        PLAIN_GRAPH: lambda: _load(own, rows),
        STOCK_GRAPH: lambda: _load(stock, rows),
        SKLEARN: lambda: _ways(lab.models.forest.score_samples, rows),
    }
    graphs = {OUR_GRAPH: own, PLAIN_GRAPH: own, STOCK_GRAPH: stock}
    figures = {name: _describe(name, graphs.get(name)) for name in ways}
    for _ in range(lab.options.rounds):
        for name, load in ways.items():
            figure = figures[name]
            started = time.perf_counter()
            way = load()
            figure.load_ms.append(1e3 * (time.perf_counter() - started))
            figure.one_row_us.append(_time_us(way.single))
            figure.bulk_us_per_row.append(_time_us(way.many) / len(rows))
    for figure in figures.values():
        say(
            f"{figure.target}: {figure.nodes} nodes, {figure.size_bytes} bytes, "
            f"one row {min(figure.one_row_us):.1f} us"
        )
    return GraphSection(about, lab.models.forest.n_estimators, list(figures.values()))


def _serve(graph: bytes, rows: Rows) -> Way:
    scorer = Scorer(graph, rows.shape[1])
    row = tuple(rows[0].tolist())
    return Way(lambda: scorer.score_one(row), lambda: scorer.score(rows))


def _load(graph: bytes, rows: Rows) -> Way:
    session: Any = onnxruntime.InferenceSession(
        graph, session_options(), providers=["CPUExecutionProvider"]
    )
    return _ways(lambda some: session.run(None, {INPUT: some}), rows)


def _ways(score: Callable[[Rows], object], rows: Rows) -> Way:
    return Way(lambda: score(rows[:1]), lambda: score(rows))


def _describe(name: str, graph: bytes | None) -> GraphFigure:
    nodes = len(onnx.load_model_from_string(graph).graph.node) if graph else 0
    return GraphFigure(name, nodes, len(graph or b""), [], [], [])


def _time_us(score: Callable[[], object]) -> float:
    """Microseconds a call, on average over a short while."""
    score()
    calls = 0
    started = now = time.perf_counter()
    while now - started < LOOP_S:
        score()
        calls += 1
        now = time.perf_counter()
    return 1e6 * (now - started) / calls
