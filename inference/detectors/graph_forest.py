"""Reads the trees of a graph of ours (`trainer.fitting.export`) from its bytes.

Serving has no `onnx`, and needs a few attributes of a single operator of it. A graph that is
anything but Cast, one TreeEnsembleRegressor and the score's formula is left to onnxruntime.
Source: onnx/onnx.proto (IR version 8) and the operator's document, ai.onnx.ml 3.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import repeat
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from inference.errors import MalformedProtobufError
from inference.wire import parts_of

_GRAPH: Final = 7
_NODE, _INITIALIZER = 1, 5
_OP_TYPE, _ATTRIBUTE = 4, 5
_NAME, _TENSOR, _INTS, _STRINGS, _TYPE = 1, 5, 8, 9, 20
_TENSOR_NAME, _RAW = 8, 9

_ENSEMBLE: Final = b"TreeEnsembleRegressor"
_OPERATORS: Final = [
    *(b"Cast", _ENSEMBLE, b"Split", b"Less", b"Where", b"Pow", b"Mul", b"Where", b"Sub")
]
_MODES: Final = {b"BRANCH_LEQ", b"LEAF"}
_MORE: Final = 0x80

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
_Span = tuple[int, int]


class Trees(msgspec.Struct, frozen=True):
    """Isolation trees, node by node.

    Attributes:
        tree: of each node, ascending; int64 of shape (n_nodes,).
        feature: which a branch compares.
        threshold: a row goes left if its float32 feature, as a double, is not above it.
        left, right: a branch's children, by their place here; a leaf is its own child.
        weight: of each leaf, its path length; float64 of shape (n_nodes,).
    """

    tree: Ints
    feature: Ints
    threshold: Floats
    left: Ints
    right: Ints
    weight: Floats


class GraphForest(msgspec.Struct, frozen=True):
    """The trees of a graph, and what makes scores of their path lengths.

    Attributes:
        trees: of the graph.
        base_value: is added to a row's sum of path lengths before that is rounded to float32.
        base: the score is `score_at_threshold * base ** excess`.
        score_at_threshold: of a row whose excess is 0.
        below: the next double below that, for decisions of anomalies.
    """

    trees: Trees
    base_value: float
    base: float
    score_at_threshold: float
    below: float

    def scores(self, sums: Floats) -> tuple[Bools, Floats, Floats]:
        """The graph's results for rows, to the last bit.

        The excess is rounded to float32 as onnxruntime rounds it. `power` is the C library's, as
        there; numpy's may differ in the last bit.

        Args:
            sums: their path lengths in all trees, added in the order of these; of shape (n,).

        Returns:
            Whether each row is an anomaly, its decision, its anomaly score; each of shape (n,).
        """
        base, at_threshold = self.base, self.score_at_threshold
        excess = (sums + self.base_value).astype(np.float32)
        ratio = np.array(list(map(math.pow, repeat(base), excess.tolist())), np.float64)
        scores = ratio * at_threshold
        is_anomaly = excess < 0
        return is_anomaly, np.where(is_anomaly, self.below, at_threshold) - scores, scores


def read_forest(graph: bytes) -> GraphForest | None:
    """The forest of a graph; None for a graph with other operators."""
    try:
        return _read(graph)
    except (MalformedProtobufError, KeyError, ValueError, IndexError, OverflowError):
        return None


def _read(data: bytes) -> GraphForest | None:
    graph = _field(data, (0, len(data)), _GRAPH)
    operators = []
    attributes: dict[bytes, _Span] = {}
    constants: dict[bytes, _Span] = {}
    for number, _, *span in parts_of(data, *graph):
        if number == _INITIALIZER:
            constants[_text(data, span, _TENSOR_NAME)] = (span[0], span[1])
        elif number == _NODE:
            operator = _text(data, span, _OP_TYPE)
            operators.append(operator)
            if operator == _ENSEMBLE:
                attributes = {
                    _text(data, part, _NAME): (part[0], part[1])
                    for field, _, *part in parts_of(data, *span)
                    if field == _ATTRIBUTE
                }
    if sorted(operators) != sorted(_OPERATORS):
        return None
    return _forest(data, attributes, constants)


def _forest(
    data: bytes, attributes: Mapping[bytes, _Span], constants: Mapping[bytes, _Span]
) -> GraphForest | None:
    def ints(name: bytes) -> Ints:
        return _ints(data, attributes[name])

    def floats(name: bytes) -> Floats:
        return _raw(data, _field(data, attributes[name], _TENSOR))

    tree, number = ints(b"nodes_treeids"), ints(b"nodes_nodeids")
    first = np.searchsorted(tree, tree)
    modes = [data[a:b] for a, b in _fields(data, attributes[b"nodes_modes"], _STRINGS)]
    if not set(modes) <= _MODES or not np.array_equal(number, np.arange(len(tree)) - first):
        return None
    is_leaf = np.array([mode == b"LEAF" for mode in modes])
    own = np.arange(len(tree))
    starts = np.searchsorted(tree, ints(b"target_treeids")) + ints(b"target_nodeids")
    wanted = ints(b"target_ids") == 0
    weight = np.full(len(tree), np.nan)
    weight[starts[wanted]] = floats(b"target_weights_as_tensor")[wanted]
    if np.isnan(weight[is_leaf]).any():
        return None
    left = np.where(is_leaf, own, first + ints(b"nodes_truenodeids"))
    right = np.where(is_leaf, own, first + ints(b"nodes_falsenodeids"))
    for child in (left, right):  # behind its parent, so that no path is endless
        if not ((child > own) | is_leaf).all() or not np.array_equal(tree[child], tree):
            return None
    base, score, below = (
        float(_raw(data, constants[name])[0]) for name in (b"base", b"score_at_threshold", b"below")
    )
    return GraphForest(
        trees=Trees(
            tree=tree,
            feature=ints(b"nodes_featureids"),
            threshold=floats(b"nodes_values_as_tensor"),
            left=left,
            right=right,
            weight=weight,
        ),
        base_value=float(floats(b"base_values_as_tensor")[0]),
        base=base,
        score_at_threshold=score,
        below=below,
    )


def _fields(data: bytes, span: _Span, wanted: int) -> Iterator[_Span]:
    return ((a, b) for number, _, a, b in parts_of(data, *span) if number == wanted)


def _field(data: bytes, span: _Span, wanted: int) -> _Span:
    for field in _fields(data, span, wanted):
        return field
    raise KeyError(wanted)


def _text(data: bytes, span: Sequence[int], wanted: int) -> bytes:
    a, b = _field(data, (span[0], span[1]), wanted)
    return data[a:b]


def _raw(data: bytes, tensor: _Span) -> Floats:
    a, b = _field(data, tensor, _RAW)
    return np.frombuffer(data[a:b], "<f8").astype(np.float64)


def _ints(data: bytes, attribute: _Span) -> Ints:
    """The numbers of an attribute: behind its name, each behind the field's tag, then its type."""
    _, behind_name = _field(data, attribute, _NAME)
    varints = _varints(data[behind_name : attribute[1]])
    tags, values = varints[::2], varints[1::2]
    if not np.isin(tags, (_INTS << 3, _TYPE << 3)).all():
        raise ValueError("numbers are not where they are expected")
    ints: Ints = values[tags == _INTS << 3]
    return ints


def _varints(data: bytes) -> Ints:
    """Numbers of seven bits a byte, the lowest first; the last byte of each has no high bit."""
    coded = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(coded < _MORE)
    starts = np.concatenate([[0], ends[:-1] + 1])
    place = np.arange(len(coded)) - np.repeat(starts, ends - starts + 1)
    bits = (coded & (_MORE - 1)).astype(np.int64) << (7 * place)
    values: Ints = np.add.reduceat(bits, starts)
    return values
