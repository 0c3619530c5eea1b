"""A forest as tables: many rows are scored by looking leaves up instead of walking to them.

A tree's thresholds on a feature cut the feature's axis into intervals. The leaf of a row depends on
these intervals alone. So a tree is a small array with an axis for each feature, and its cells hold
path lengths; each feature adds a number to the index of a row's cell. A thousand rows take a sixth
of the graph's time.

The sums are those of the graph and of scikit-learn to the last bit: the same doubles are added in
the same order.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from inference.detectors.graph_forest import Floats, Ints, Trees
from schemas.record.features import MAX_MESSAGE_LENGTH, SEVERITY
from schemas.record.surprisal import SEVERITIES

MAX_BYTES: Final = 8_388_608
"""Larger tables are made only on request: those of a hundred trees of 256 samples mostly fit."""

_MAX_TREE_CELLS: Final = 65_536
"""The index of a cell in its tree must fit a uint16."""

_ROWS_AT_ONCE: Final = 512
"""With more rows, temporary arrays are so large that malloc may give them back to the system each
time. Touching new pages then costs three times as much as all the rest."""

_ON: Final = 0.5
"""Share of the made-up values that lie on a threshold."""

_MAX_WHOLE: Final = 65_535
"""Whole numbers up to this have their interval in a list; larger numbers are searched for."""

Domains = Sequence[Floats | range | None]
Rows = npt.NDArray[np.float32]

_FLAG: Final = np.array([0.0, 1.0])
_WHOLE: Final = range(MAX_MESSAGE_LENGTH + 1)
_VALUES: Final[dict[str, Floats | range]] = {
    "message_length": _WHOLE,
    "service": _WHOLE,
    "level": np.array(sorted(map(float, SEVERITY.values()))),
    "severity": np.array(SEVERITIES),
    "has_exception": _FLAG,
    "has_timeout": _FLAG,
    "has_connection_error": _FLAG,
}
"""The values of columns, by name, that are the same whatever the training data."""


def domains_of(columns: Sequence[str], **known: Floats) -> Domains:
    """The domains of the columns of a graph.

    Args:
        columns: their names.
        known: by name, the values, ascending, of columns that have few values in this model.
    """
    values = _VALUES | known
    return [values.get(name) for name in columns]


class ForestTables:
    """The path lengths of rows in a forest.

    Args:
        trees: of the forest.
        domains: of each feature the values that it can have, ascending, or a range of whole numbers
            from 0 on; None where these are many. Thresholds between the same two values then
            count as the same: trees draw them at random, so that otherwise each branch on a flag
            would have a threshold of its own.
        max_bytes: what the tables may take.

    Raises:
        ValueError: the tables would be too large, or the forest has other features.
    """

    def __init__(self, trees: Trees, domains: Domains, max_bytes: int = MAX_BYTES) -> None:
        n_features = len(domains)
        self._trees = trees
        self._domains = domains
        branches = np.flatnonzero(trees.left != np.arange(len(trees.left)))
        feature = trees.feature[branches]
        if len(branches) and not 0 <= feature.min() <= feature.max() < n_features:
            raise ValueError("a branch compares what is no feature")
        tree, threshold = trees.tree[branches], trees.threshold[branches].copy()
        for place, values in enumerate(domains):
            chosen = feature == place
            if isinstance(values, range):
                threshold[chosen] = np.floor(threshold[chosen])
            elif values is not None:
                threshold[chosen] = _snapped(threshold[chosen], values)
        n_trees = int(trees.tree[-1]) + 1
        # The distinct thresholds of each tree on each feature, and which of them a branch has.
        order = np.lexsort((threshold, feature, tree))
        axis = (tree * n_features + feature)[order]
        is_first = np.append(True, (np.diff(axis) != 0) | (np.diff(threshold[order]) != 0))
        distinct = order[is_first[: len(order)]]
        axes = tree[distinct] * n_features + feature[distinct]
        rank = np.empty(len(order), np.int64)
        rank[order] = np.cumsum(is_first[: len(order)]) - 1 - np.searchsorted(axes, axis)
        shape = np.bincount(axes, minlength=n_trees * n_features).reshape(n_trees, n_features) + 1
        sizes = shape.prod(axis=1, dtype=np.float64)
        self._thresholds = [np.unique(threshold[feature == place]) for place in range(n_features)]
        self._intervals = [
            _intervals(thresholds) if isinstance(values, range) else None
            for thresholds, values in zip(self._thresholds, domains, strict=True)
        ]
        n_places = sum(len(thresholds) + 1 for thresholds in self._thresholds)
        if sizes.max() > _MAX_TREE_CELLS or 8 * sizes.sum() + 2 * n_trees * n_places > max_bytes:
            raise ValueError("the tables would be too large")
        units = shape[:, ::-1].cumprod(axis=1)[:, ::-1] // shape
        self._first = np.concatenate([[0], sizes.astype(np.int64).cumsum()])
        self._places = [
            _places(self._thresholds[place], tree, threshold, units[:, place], feature == place)
            for place in range(n_features)
        ]
        ranks = np.zeros(len(trees.tree), np.int64)
        ranks[branches] = rank
        self._cells = self._filled(shape, ranks)

    def _filled(self, shape: Ints, ranks: Ints) -> Floats:
        """The path length of every cell of every tree."""
        nodes = self._trees
        low = np.zeros((len(nodes.tree), shape.shape[1]), np.int64)
        high = shape[nodes.tree]
        own = np.arange(len(nodes.tree))
        parents = np.searchsorted(nodes.tree, np.arange(len(shape)))
        while (parents := parents[nodes.left[parents] != parents]).size:
            left, right, feature = (
                nodes.left[parents],
                nodes.right[parents],
                nodes.feature[parents],
            )
            low[left] = low[right] = low[parents]
            high[left] = high[right] = high[parents]
            border = ranks[parents] + 1
            high[left, feature] = np.minimum(high[left, feature], border)
            low[right, feature] = np.maximum(low[right, feature], border)
            parents = np.concatenate([left, right])
        cells = np.empty(int(self._first[-1]))
        trees = [
            cells[first:last].reshape(sizes)
            for first, last, sizes in zip(
                self._first[:-1].tolist(), self._first[1:].tolist(), shape.tolist(), strict=True
            )
        ]
        leaves = np.flatnonzero(nodes.left == own)
        boxes = np.stack([low[leaves], high[leaves]], axis=2).tolist()
        for tree, weight, box in zip(
            nodes.tree[leaves].tolist(), nodes.weight[leaves].tolist(), boxes, strict=True
        ):
            trees[tree][tuple([slice(*ends) for ends in box])] = weight
        return cells

    def rows_at_borders(self, n: int) -> Rows:
        """Made-up rows, always the same; values lie on thresholds and one float beside them.

        Args:
            n: how many.
        """
        choose = np.random.default_rng(0)
        columns = []
        for thresholds, values in zip(self._thresholds, self._domains, strict=True):
            borders = thresholds.astype(np.float32) if len(thresholds) else np.zeros(1, np.float32)
            if isinstance(values, range):
                beside = choose.choice(borders, n) + choose.integers(0, 2, n)
                columns.append(np.clip(beside, 0, values[-1]).astype(np.float32))
                continue
            if values is not None:
                columns.append(choose.choice(values, n).astype(np.float32))
                continue
            toward = choose.choice(np.array([-np.inf, np.inf], np.float32), n)
            drawn = choose.choice(borders, n)
            columns.append(np.where(choose.random(n) < _ON, drawn, np.nextafter(drawn, toward)))
        return np.ascontiguousarray(np.array(columns, np.float32).T)

    def path_lengths(self, rows: Rows) -> Floats:
        """The sum of each row's path lengths, in the order of the trees: float64 of shape (n,).

        Args:
            rows: float32 of shape (n, n_features), none of them NaN, with values of the domains.
        """
        parts = [
            self._path_lengths(rows[at : at + _ROWS_AT_ONCE])
            for at in range(0, len(rows), _ROWS_AT_ONCE)
        ]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def _path_lengths(self, rows: Rows) -> Floats:
        place: npt.NDArray[np.uint16] | None = None
        for feature, column in enumerate(rows.T):
            if len(self._thresholds[feature]):
                more = self._places[feature].take(self._interval(feature, column), axis=0)
                place = more if place is None else np.add(place, more, out=place)
        if place is None:
            place = np.zeros((len(rows), len(self._first) - 1), np.uint16)
        lengths = self._cells.take(place.T + self._first[:-1, None])
        # Row by row of the transposed matrix, so tree by tree: numpy adds pairwise along the last
        # axis alone.
        sums: Floats = np.add.reduce(lengths, axis=0)
        return sums

    def _interval(self, feature: int, column: Rows) -> npt.NDArray[Any]:
        """Into which interval of a feature each value falls, of shape (n,)."""
        listed = self._intervals[feature]
        if listed is not None:
            return listed.take(np.minimum(column, len(listed) - 1).astype(np.intp))
        # In doubles: thresholds are not rounded, a row's float32 is exact in double.
        return np.searchsorted(self._thresholds[feature], column.astype(np.float64))


def _snapped(thresholds: Floats, values: Floats) -> Floats:
    """Thresholds lowered to the next value of the domain: no value changes its side."""
    at = np.searchsorted(values, thresholds, side="right") - 1
    return np.where(at >= 0, values[np.maximum(at, 0)], thresholds)


def _intervals(thresholds: Floats) -> npt.NDArray[np.uint16] | None:
    """The interval of each whole number up to the first above all thresholds; None if too many."""
    above_all = int(thresholds[-1]) + 1 if len(thresholds) else 0
    if above_all > _MAX_WHOLE:
        return None
    return np.searchsorted(thresholds, np.arange(above_all + 1.0)).astype(np.uint16)


def _places(
    thresholds: Floats, tree: Ints, threshold: Floats, units: Ints, chosen: npt.NDArray[np.bool_]
) -> npt.NDArray[np.uint16]:
    """What each interval of a feature adds to the index of a row's cell, for each tree.

    Args:
        thresholds: of all trees on the feature, ascending, of shape (n,).
        tree: of each branch.
        threshold: of each branch.
        units: what a step along the feature's axis adds, by tree.
        chosen: the branches that compare the feature.

    Returns:
        Of shape (n + 1, n_trees).
    """
    steps = np.zeros((len(thresholds) + 1, len(units)), np.int64)
    trees = tree[chosen]
    steps[np.searchsorted(thresholds, threshold[chosen]) + 1, trees] = units[trees]
    return steps.cumsum(axis=0).astype(np.uint16)
