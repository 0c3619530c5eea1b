"""From a table of patterns by record to a list of patterns."""

from collections.abc import Callable, Iterator

import numpy as np

from inference.model.model import Model
from schemas.record.features import Level
from schemas.record.key import Bools, Ints, unpack
from schemas.record.surprisal import rarity
from trainer.counting.pattern_table import PatternTable
from trainer.counting.table import NEVER_SEEN, NO_TIME
from trainer.patterns.pattern import Pattern, by_count, id_digits, moment

_LEVELS = tuple(level.value for level in Level)

Locate = Callable[[int], str]
"""Says in words where a packed place is."""


def flagged_rows(table: PatternTable, model: Model) -> Bools:
    """Which rows a model flags: bool of shape (n,)."""
    distinct, inverse = np.unique(model.distinguished(table.keys), return_inverse=True)
    flagged: Bools = model.judge_keys(distinct).is_anomaly[inverse]
    return flagged


def sum_up(
    table: PatternTable,
    *,
    flagged: Bools | None = None,
    labelled: bool = False,
    locate: Locate | None = None,
) -> list[Pattern]:
    """All patterns of a table, the most frequent first.

    Args:
        table: the rows; not overflowed.
        flagged: bool of shape (n,), the rows that a model flags; None if none was asked.
        labelled: whether the records have labels.
        locate: finds the lines at given places; None if impossible.
    """
    return sorted(_patterns(table, flagged, locate, labelled=labelled), key=by_count)


def _patterns(
    table: PatternTable, flagged: Bools | None, locate: Locate | None, *, labelled: bool
) -> Iterator[Pattern]:
    if not table.n_rows:
        return
    begins = np.ones(table.n_rows, np.bool_)
    begins[1:] = (np.diff(table.services) != 0) | (table.patterns[1:] != table.patterns[:-1])
    starts = np.flatnonzero(begins)
    n = int(table.counts.sum())

    def total(column: Ints) -> Ints:
        return np.add.reduceat(column, starts)

    severity = unpack(table.keys)[1]
    counts = total(table.counts)
    by_level = np.column_stack(
        [total(np.where(severity == number, table.counts, 0)) for number in range(len(_LEVELS))]
    ).tolist()
    n_flagged = [None] * len(starts)
    if flagged is not None:
        n_flagged = total(np.where(flagged, table.counts, 0)).tolist()
    positives = total(table.positives).tolist()
    rarities = rarity(counts, n).tolist()
    first_time = np.minimum.reduceat(table.first_times, starts).tolist()
    last_time = np.maximum.reduceat(table.last_times, starts).tolist()
    first_place = np.minimum.reduceat(table.first_places, starts).tolist()
    last_place = np.maximum.reduceat(table.last_places, starts).tolist()
    patterns, services = table.patterns[starts].tolist(), table.services[starts].tolist()
    for row, count in enumerate(counts.tolist()):
        levels = {name: c for name, c in zip(_LEVELS, by_level[row], strict=True) if c}
        flags = n_flagged[row]
        yield Pattern(
            pattern_id=id_digits(patterns[row]),
            service=table.names[services[row]],
            text=table.texts.get(patterns[row], ""),
            level=list(levels)[-1],
            count=count,
            share=count / n,
            rarity=rarities[row],
            levels=levels,
            is_flagged=None if flags is None else flags > 0,
            n_flagged=flags,
            n_labelled=positives[row] if labelled else None,
            first_seen="" if first_time[row] == NEVER_SEEN else moment(first_time[row]),
            last_seen="" if last_time[row] == NO_TIME else moment(last_time[row]),
            first_place="" if locate is None else locate(first_place[row]),
            last_place="" if locate is None else locate(last_place[row]),
        )
