"""The patterns that a model finds worst, and how what it flags is spread over time."""

from typing import Final

import msgspec
import numpy as np

from schemas.record.features import Level
from schemas.record.key import Bools, Ints, unpack
from schemas.record.templates import pattern_id, template_of
from trainer.counting.pattern_table import PatternTable
from trainer.counting.table import NEVER_SEEN, NO_TIME, CountTable
from trainer.judging.judged import Judged, Top, flags_of_rows
from trainer.patterns.pattern import id_digits, moment
from trainer.report.content import FoundPattern, SeenPattern, Timeline, TopRecord

TOP_PATTERNS: Final = 20

_LEVELS: Final = tuple(level.value for level in Level)


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """The worst patterns of a table, the worst first, each by its worst row.

    Attributes:
        patterns: the whole table.
        shown: int64 of shape (k,), for each of these patterns its worst row.
        first_rows, end_rows: int64 of shape (k,), where its rows begin and end.
        starts: int64 of shape (n_patterns,), where the rows of each pattern begin.
        flagged: bool of shape (n,), the rows that are flagged.
        n_patterns: of the whole table.
        n_flagged: patterns of which any row is flagged.
        top: the worst rows as records, in the same order.
        labelled: whether the records have labels.
    """

    patterns: PatternTable
    shown: Ints
    first_rows: Ints
    end_rows: Ints
    starts: Ints
    flagged: Bools
    n_patterns: int
    n_flagged: int
    top: Top
    labelled: bool

    @property
    def places(self) -> list[int]:
        """Where the first lines of the worst rows stand, packed."""
        places: list[int] = self.patterns.first_places[self.shown].tolist()
        return places


def find_patterns(patterns: PatternTable, table: CountTable, judged: Judged) -> Found | None:
    """The `TOP_PATTERNS` patterns with the lowest decisions; None where there are none.

    Args:
        patterns: of the table's records.
        table: the records.
        judged: what a model says of them.
    """
    if not patterns.n_rows:
        return None
    at = np.searchsorted(table.keys, patterns.keys)
    judgements = judged.judgements.take(at)
    begins = np.ones(patterns.n_rows, np.bool_)
    begins[1:] = np.diff(patterns.services) != 0
    begins[1:] |= patterns.patterns[1:] != patterns.patterns[:-1]
    starts = np.flatnonzero(begins)
    ends = np.append(starts[1:], patterns.n_rows)
    number = np.cumsum(begins) - 1
    # By pattern, then by decision: the first of each pattern is its worst row.
    order = np.lexsort((judgements.decisions, number))
    worst = order[starts]
    flagged = flags_of_rows(patterns, table, judged)
    chosen = np.argsort(judgements.decisions[worst], kind="stable")[:TOP_PATTERNS]
    shown = worst[chosen]
    rows = msgspec.structs.replace(
        table,
        keys=patterns.keys[shown],
        counts=patterns.counts[shown],
        positives=None if table.positives is None else patterns.positives[shown],
        places=patterns.first_places[shown],
    )
    return Found(
        patterns=patterns,
        shown=shown,
        first_rows=starts[chosen],
        end_rows=ends[chosen],
        starts=starts,
        flagged=flagged,
        n_patterns=len(starts),
        n_flagged=int(np.logical_or.reduceat(flagged, starts).sum()),
        top=Top(rows, judgements.take(shown)),
        labelled=table.positives is not None,
    )


def describe_found(found: Found, records: list[TopRecord]) -> list[FoundPattern]:
    """The patterns as a report shows them.

    Args:
        found: the patterns.
        records: their worst rows, in the same order.
    """
    patterns = found.patterns
    spread, n = patterns.spread, patterns.n_rows
    described = []
    for first, end, record in zip(
        found.first_rows.tolist(), found.end_rows.tolist(), records, strict=True
    ):
        labelled = int(patterns.positives[first:end].sum()) if found.labelled else None
        seen = describe_rows(found, first, end)
        if not seen.text and pattern_id(record.example) == int(patterns.patterns[first]):
            # Count tables have no texts: the example has it, unless it was cut.
            seen = msgspec.structs.replace(seen, text=template_of(record.example))
        described.append(
            FoundPattern(
                **msgspec.structs.asdict(seen),
                n_labelled=labelled,
                spark=[] if spread is None else spread.total(_between(first, end, n)).tolist(),
                record=record,
            )
        )
    return described


def describe_rows(found: Found, first: int, end: int) -> SeenPattern:
    """The pattern of the rows from the first to before the end, as a report shows it."""
    patterns, rows = found.patterns, slice(first, end)
    counts = patterns.counts[rows]
    pattern = int(patterns.patterns[first])
    first_time = int(patterns.first_times[rows].min())
    last_time = int(patterns.last_times[rows].max())
    return SeenPattern(
        pattern_id=id_digits(pattern),
        service=patterns.names[int(patterns.services[first])],
        text=patterns.texts.get(pattern, ""),
        level=_LEVELS[int(unpack(patterns.keys[rows])[1].max())],
        n_rows=int(counts.sum()),
        n_flagged=int(counts[found.flagged[rows]].sum()),
        first_seen="" if first_time == NEVER_SEEN else moment(first_time),
        last_seen="" if last_time == NO_TIME else moment(last_time),
    )


def timeline_of(found: Found) -> Timeline | None:
    """How many lines there are over time, and how many of them are flagged; None without times."""
    spread = found.patterns.spread
    if spread is None or not len(spread.cells):
        return None
    n_rows = spread.total().tolist()
    n_flagged = spread.total(found.flagged).tolist()
    width = 1 << spread.bits
    return Timeline(
        start=moment(spread.first * width),
        end=moment((spread.first + len(n_rows)) * width),
        slot_seconds=width / 1e6,
        n_rows=n_rows,
        n_flagged=n_flagged,
    )


def _between(first: int, end: int, n: int) -> Bools:
    """Rows from the first to before the end of n."""
    numbers = np.arange(n)
    chosen: Bools = (numbers >= first) & (numbers < end)
    return chosen
