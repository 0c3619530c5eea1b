"""Counts data into a table that adds up: days that make a window, and the window less a day."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np

from schemas.record.key import Ints
from trainer.counting.parts import Part
from trainer.counting.pattern_table import NO_PATTERNS, PatternTable
from trainer.counting.table import CountTable
from trainer.errors import InputError
from trainer.jobs.data import Data
from trainer.jobs.listener import SILENCE, Listener
from trainer.store.files import replacing


class Counts(msgspec.Struct, frozen=True):
    """The counted records of data.

    Attributes:
        table: its records.
        patterns: those of its records with messages.
        n_bad: records that cannot be used.
        parts: what the places of its records mean; empty where that is unknown.
    """

    table: CountTable
    patterns: PatternTable
    n_bad: int
    parts: Sequence[Part] = ()


def count(data: Data, less: Data | None = None, listener: Listener = SILENCE) -> Counts:
    """Count data.

    Args:
        data: logs, or tables that were made of some.
        less: what to take away of it: each of its records must be in `data` as often at least.
        listener: receives the job's progress.

    Raises:
        InputError: something cannot be read, or `less` holds what `data` does not.
    """
    holdings = data.count(listener)
    if less is None:
        return Counts(holdings.table, holdings.patterns, holdings.n_bad, holdings.parts)
    taken = less.count(listener)
    table = subtracted(holdings.table, taken.table)
    # Which pattern's count goes down is known only where both sides know all of them.
    return Counts(table, NO_PATTERNS, holdings.n_bad)


def subtracted(table: CountTable, less: CountTable) -> CountTable:
    """A table without the records of another; when records were seen stays as it was.

    Raises:
        InputError: the other has a record that this table has not, or has it more often.
    """
    at = np.searchsorted(table.keys, less.keys)
    held = at < table.n_distinct
    held[held] = table.keys[at[held]] == less.keys[held]
    if not held.all() or (table.counts[at[held]] < less.counts[held]).any():
        raise InputError(
            "what is to be taken away holds records that the rest does not hold as often; take "
            "away only what was counted into it"
        )
    counts = table.counts.copy()
    counts[at] -= less.counts
    positives = None
    if table.positives is not None:
        positives = table.positives.copy()
        if less.positives is not None:
            positives[at] -= less.positives
        positives = np.clip(positives, 0, counts)
    left = counts > 0

    def rows(column: Ints | None) -> Ints | None:
        return None if column is None else column[left]

    return CountTable(
        keys=table.keys[left],
        counts=counts[left],
        positives=rows(positives),
        first_seen=rows(table.first_seen),
        last_seen=rows(table.last_seen),
        services=table.services,
    )


def write_counts(counts: Counts, out: str | Path) -> None:
    """Write counts as Parquet; the file appears when it is whole.

    Raises:
        OutputError: the place cannot be written.
    """
    from trainer.counting.table_file import write_table  # noqa: PLC0415 - loads DuckDB

    with replacing(Path(out)) as temporary:
        write_table(counts.table, counts.patterns, temporary, counts.parts)
