"""Quantiles of values with counts, without repeating anything."""

from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from schemas.record.key import Ints

Floats = npt.NDArray[np.float64]

NOISE: Final = 1e-7
"""How far two computations of the same score may differ: another graph, another processor.

onnxruntime rounds a sum of path lengths to float32, which moves a score by up to 3e-8.
"""

MARGIN: Final = 1e-6
"""How far above its value an edge lies at most."""

THOUSANDTHS: Final = np.arange(1, 1_001) / 1_000


def weighted_percentile(values: Floats, counts: Ints, percentage: float) -> float:
    """`np.percentile(np.repeat(values, counts), percentage)`, equal to it to the last bit.

    Linear interpolation between the two nearest ranks, the default of numpy.

    Args:
        values: array of shape (n,).
        counts: how often each value occurs, shape (n,), each at least 1.
        percentage: in [0, 100].
    """
    order = np.argsort(values)
    last_rank = np.cumsum(counts[order]) - 1
    rank = (last_rank[-1]) * np.true_divide(percentage, 100.0)
    below = np.floor(rank)
    low = values[order[np.searchsorted(last_rank, below)]]
    high = values[order[np.searchsorted(last_rank, min(below + 1, last_rank[-1]))]]
    # numpy interpolates from the nearer end (numpy.lib._function_base_impl._lerp); anything else
    # differs in the last bit.
    fraction = rank - below
    step = high - low
    if fraction >= 0.5:  # noqa: PLR2004
        return float(high - step * (1 - fraction))
    return float(low + step * fraction)


Parts = list[tuple[Floats, Ints]]
"""Values and how often each occurs, both of shape (n,), part by part."""


def summed(values: Floats, counts: Ints) -> tuple[Floats, Ints]:
    """Each value once, ascending, and how often it occurs: far fewer where records share values."""
    order = np.argsort(values)
    ascending = values[order]
    rows = np.cumsum(counts[order])
    ends = np.append(np.flatnonzero(ascending[1:] != ascending[:-1]), len(ascending) - 1)
    return ascending[ends], np.diff(rows[ends], prepend=0)


class Steps(msgspec.Struct, frozen=True):
    """The distinct values that records have, ascending, each with an edge above it.

    A value that is computed again may differ by `NOISE`, so no value is ever compared with a value
    for equality. It is compared with edges: an edge lies above its value and below the next value,
    half-way or `MARGIN` above, whichever is nearer. Values that are nearer to each other than
    `NOISE` share an edge.

    Attributes:
        edges: float64 of shape (n,), ascending.
        counts: int64 of shape (n,), the records with that value.
    """

    edges: Floats
    counts: Ints

    @classmethod
    def of(cls, values: Floats, counts: Ints) -> "Steps":
        """The steps of values, each float64 of shape (n,), that occur `counts` times."""
        return cls.of_parts([(values, counts)])

    @classmethod
    def of_parts(cls, parts: Parts) -> "Steps":
        """The steps of all parts together, which are taken out of the list.

        No more copies of millions of values are held than needed.
        """
        values = np.concatenate([values for values, _ in parts])
        counts = np.concatenate([counts for _, counts in parts])
        parts.clear()
        order = np.argsort(values)
        ascending = values[order]
        del values
        rows = counts[order]
        del counts, order
        np.cumsum(rows, out=rows)
        gaps = np.diff(ascending)
        ends = np.append(np.flatnonzero(gaps > NOISE), len(ascending) - 1)
        edges = np.append(gaps[ends[:-1]] / 2, MARGIN)
        del gaps
        np.minimum(edges, MARGIN, out=edges)
        edges += ascending[ends]
        del ascending
        return cls(edges, np.diff(rows[ends], prepend=0))

    def at_least(self, shares: Floats) -> Floats:
        """For each share, the lowest edge that at least that share of the records lie below.

        Args:
            shares: in (0, 1].
        """
        rows = np.cumsum(self.counts)
        edges: Floats = self.edges[np.searchsorted(rows, _rows(shares, rows[-1]))]
        return edges

    def reached_by(self, shares: Floats) -> Floats:
        """For each share, the edge of the highest value that at least that share has or exceeds.

        Args:
            shares: in (0, 1].
        """
        rows = np.cumsum(self.counts[::-1])
        edges: Floats = self.edges[::-1][np.searchsorted(rows, _rows(shares, rows[-1]))]
        return edges


def _rows(shares: Floats, n_rows: int) -> Floats:
    """How many rows a share is at least; half a row in 2**53 cannot be meant."""
    rows: Floats = np.ceil(np.round(shares * n_rows, 6))
    return rows


def rows_above(edges: Floats, values: Floats, counts: Ints) -> Ints:
    """For each edge, how many records have a value above it: int64 of the shape of `edges`."""
    order = np.argsort(values)
    rows = np.concatenate([[0], np.cumsum(counts[order])])
    above: Ints = rows[-1] - rows[np.searchsorted(values[order], edges, side="right")]
    return above


def share_below(edges: Floats, values: Floats) -> Floats:
    """The share of the records with a lower value, by the edges of their thousandths."""
    return np.searchsorted(edges, values, side="left") / len(edges)


def named_quantiles(thousandths: Floats) -> dict[str, float]:
    """Some of the thousandths, by name, for people who read a manifest."""
    shares = ("0.001", "0.01", "0.05", "0.25", "0.5", "0.75", "0.9", "0.95", "0.99", "0.999", "1.0")
    return {share: float(thousandths[round(1_000 * float(share)) - 1]) for share in shares}
