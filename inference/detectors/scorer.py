"""Runs a model's ONNX graph in onnxruntime.

A scorer is a session. Sessions do not survive `fork`: make them in the worker.
"""

import os
import struct
import threading
from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from inference.detectors.forest_tables import MAX_BYTES, Domains, ForestTables
from inference.detectors.graph_forest import Bools, Floats, GraphForest, read_forest
from inference.detectors.parts import Columns, in_order, in_parts
from schemas.record.key import Ints

# onnxruntime reports its use to its vendor unless this variable is set before the import; no
# service and no job of ours may report. An operator who sets it otherwise wants the reports.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
import onnxruntime

INPUT: Final = "features"
ROWS_WORTH_TABLES: Final = 8_192
"""After this many rows in batches, the graph has taken as long as making the tables takes, some
25 ms. A model that sees few new rows never makes tables."""

ROWS_AT_ONCE: Final = 16_384
"""Rows of a job that are scored at a time."""

ROWS_COMPARED: Final = 512
"""Rows on which tables must say what the graph says before they are used."""

OUTPUTS: Final[dict[str, tuple[str, type[np.generic]]]] = {
    "label": ("tensor(int64)", np.int64),
    "scores": ("tensor(double)", np.float64),
    "anomaly_score": ("tensor(double)", np.float64),
    "contributions": ("tensor(float)", np.float32),
}
"""The outputs of every graph with their types, as onnxruntime and as numpy calls them."""

_NAMES: Final = list(OUTPUTS)

Score = tuple[int, float, float, bytes]
"""A graph's results for a row, as in `Scores`: label, decision, anomaly score, contributions."""

_ANSWER: Final = struct.Struct("qdd")
"""A row's label, decision and anomaly score; its contributions follow."""


class UnfitGraphError(ValueError):
    """The bytes are no ONNX graph, or a graph without our input and outputs."""


class Scores(msgspec.Struct, frozen=True):
    """A graph's results for n rows.

    Attributes:
        labels: int64 array of shape (n,); -1 is an anomaly, 1 is not (scikit-learn's `predict`).
        decisions: float64 array of shape (n,); negative iff the label is -1
            (`decision_function`).
        anomaly_scores: float64 array of shape (n,) in (0, 1]; higher is more anomalous (Liu's
            s(x), the negative of `score_samples`).
        contributions: float32 array of shape (n, n_features);
            `anomaly_score = 2 ** (-1 + contributions.sum())`. Of shape (n, 0) where they were not
            computed.
    """

    labels: npt.NDArray[np.int64]
    decisions: npt.NDArray[np.float64]
    anomaly_scores: npt.NDArray[np.float64]
    contributions: npt.NDArray[np.float32]


class Scorer:
    """Scores float32 rows with an ONNX graph.

    Attributes:
        n_features: columns of a row.
        score_one: scores a single row, given as that many numbers, without arrays; safe to call
            from several threads.

    Args:
        graph: the serialised ONNX model.
        n_features: how many columns its input must have.
        domains: the values of each column in rows of `score_batch`, see `ForestTables`.
        max_table_bytes: what tables for `score_batch` may take.

    Raises:
        UnfitGraphError: onnxruntime refuses the graph, or its input or outputs are others.
    """

    def __init__(
        self,
        graph: bytes,
        n_features: int,
        domains: Domains | None = None,
        max_table_bytes: int = MAX_BYTES,
    ) -> None:
        try:
            self._session = onnxruntime.InferenceSession(
                graph, session_options(), providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime raises classes of its own without a common base
            raise UnfitGraphError(f"onnxruntime refuses the graph: {error}") from error
        inputs = [(node.name, node.shape[1:], node.type) for node in self._session.get_inputs()]
        if inputs != [(INPUT, [n_features], "tensor(float)")]:
            raise UnfitGraphError(
                f"the graph takes {inputs}, expected one float input {INPUT!r} of "
                f"{n_features} columns"
            )
        outputs = {node.name: node.type for node in self._session.get_outputs()}
        missing = {name: kind for name, (kind, _) in OUTPUTS.items() if outputs.get(name) != kind}
        if missing:
            raise UnfitGraphError(f"the graph lacks the outputs {missing}")
        self.n_features = n_features
        self._graph = graph if len(graph) <= max_table_bytes else b""
        self._max_table_bytes = max_table_bytes
        self._domains = domains or [None] * n_features
        self._n_scored = 0
        self._tables: _GraphTables | None = None
        self.score_one = _OneRow(self._session, n_features).score

    def score(self, rows: npt.NDArray[np.float32], order: Ints | None = None) -> Scores:
        """Score rows.

        Args:
            rows: float32 of shape (n, n_features).
            order: in which they are worked on: their indices, of shape (n,).
        """
        if order is not None:
            return Scores(*in_order(self._columns, rows, order))
        return Scores(*self._columns(rows))

    def score_batch(self, rows: npt.NDArray[np.float32]) -> Scores:
        """Score rows of a batch or a job, most of them new: by tables where that is faster.

        Results are the same bits as those of `score`; tables give no contributions.

        Args:
            rows: float32 of shape (n, n_features), none of them NaN.
        """
        if self._tables is None and self._n_scored < ROWS_WORTH_TABLES:
            self._n_scored += len(rows)
            if self._n_scored >= ROWS_WORTH_TABLES:
                self._tables = self._make_tables()
                self._graph = b""
        if self._tables is None or not len(rows):
            return self.score_table(rows)
        is_anomaly, decisions, scores = in_parts(self._tables.scores, rows, alike_together=False)
        labels = np.where(is_anomaly, -1, 1)
        return Scores(labels, decisions, scores, np.empty((len(rows), 0), np.float32))

    def _make_tables(self) -> "_GraphTables | None":
        """Tables of the graph's forest, if they are small enough and agree with the graph."""
        forest = read_forest(self._graph)
        if forest is None:
            return None
        try:
            lengths = ForestTables(forest.trees, self._domains, self._max_table_bytes)
        except ValueError:
            return None
        tables = _GraphTables(forest, lengths)
        rows = lengths.rows_at_borders(ROWS_COMPARED)
        labels, decisions, scores, _ = self._columns(rows)
        found = tables.scores(rows)
        agree = map(np.array_equal, (labels < 0, decisions, scores), found)
        return tables if all(agree) else None

    def _columns(self, rows: npt.NDArray[np.float32]) -> Columns:
        labels, decisions, scores, contributions = self._session.run(_NAMES, {INPUT: rows})
        return labels[:, 0], decisions[:, 0], scores[:, 0], contributions

    def score_table(self, rows: npt.NDArray[np.float32]) -> Scores:
        """`score` for the many rows of a job: by the graph alone, shared out among the cores.

        A row's score does not depend on other rows, so results are the same bits as those of
        `score`.
        """
        return Scores(*in_parts(self._columns, rows))


class _GraphTables(msgspec.Struct, frozen=True):
    """A graph's forest as tables: what the graph says of rows, but for contributions."""

    forest: GraphForest
    lengths: ForestTables

    def scores(self, rows: npt.NDArray[np.float32]) -> tuple[Bools, Floats, Floats]:
        """Whether each row is an anomaly, its decision, its anomaly score; each of shape (n,).

        A bounded number of rows at a time: the numbers in between take four times what comes out.
        """
        starts = range(0, max(len(rows), 1), ROWS_AT_ONCE)
        found = [
            self.forest.scores(self.lengths.path_lengths(rows[at : at + ROWS_AT_ONCE]))
            for at in starts
        ]
        if len(found) == 1:
            return found[0]
        is_anomaly, decisions, scores = map(np.concatenate, zip(*found, strict=True))
        return is_anomaly, decisions, scores


class _OneRow:
    """One row at a time, in memory that is bound to the session once.

    Handing arrays over and taking new ones back costs a third of a call on a single row.
    """

    def __init__(self, session: onnxruntime.InferenceSession, n_features: int) -> None:
        self._run = session.run_with_iobinding
        self._binding = session.io_binding()
        self._lock = threading.Lock()
        row = np.zeros(n_features, np.float32)
        answer = np.zeros(_ANSWER.size + row.nbytes, np.uint8)
        self._row, self._answer = row.data.cast("B"), answer.data
        self._pack = struct.Struct(f"{n_features}f").pack_into
        self._binding.bind_input(INPUT, "cpu", 0, np.float32, (1, n_features), row.ctypes.data)
        address = answer.ctypes.data
        for name, (_, kind) in OUTPUTS.items():
            columns = n_features if name == "contributions" else 1
            self._binding.bind_output(name, "cpu", 0, kind, (1, columns), address)
            address += columns * np.dtype(kind).itemsize

    def score(self, row: Sequence[float]) -> Score:
        """Score n_features numbers."""
        with self._lock:
            self._pack(self._row, 0, *row)
            self._run(self._binding)
            answer = self._answer.tobytes()
        return (*_ANSWER.unpack_from(answer), answer[_ANSWER.size :])


def session_options() -> onnxruntime.SessionOptions:
    """Options for a graph of one tree ensemble in a process that shares its cores with others.

    One thread: with more, every call on over 80 trees goes through a thread pool, which costs
    more than the trees, sums them in another order than scikit-learn, and ignores the container's
    CPU limit. No arena and no memory pattern: they keep memory for tensors that are tiny here.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    options.log_severity_level = 4  # its errors come back as exceptions
    return options
