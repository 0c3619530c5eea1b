"""Count tables in the place of the data that they were made of."""

from collections.abc import Sequence

from schemas.record.key import NO_TRAITS
from trainer.counting.pattern_table import NO_PATTERNS, PatternTable
from trainer.counting.sums import Counted, PartSum
from trainer.jobs.dataset import Holdings
from trainer.jobs.listener import SILENCE, Listener
from trainer.jobs.table_lines import TableLines
from trainer.jobs.unusable import check_bad
from trainer.reading.options import ReadingOptions
from trainer.reading.sources import Source, find_sources, without
from trainer.report.content import BadRecord


def _whole(counted: Counted) -> PatternTable:
    """The patterns, if those of all messages are known; a part of them would say what is untrue."""
    table, patterns = counted.table, counted.patterns
    n_messages = int(table.counts[table.traits != NO_TRAITS].sum())
    known = patterns.overflowed or int(patterns.counts.sum()) == n_messages
    return patterns if known else NO_PATTERNS


class CountTables:
    """Count tables, in the place of the data that they were made of.

    Args:
        paths: of the tables.
        max_bad_fraction: likewise, of the counted records.
        held_out: tables that are no part of it, though `paths` may name them.
        reading: how the data behind them is read, for example lines.
    """

    def __init__(
        self,
        paths: Sequence[str],
        max_bad_fraction: float | None = None,
        held_out: Sequence[Source] = (),
        reading: ReadingOptions = ReadingOptions(),
    ) -> None:
        self._paths = paths
        self._max_bad_fraction = max_bad_fraction
        self._held_out = held_out
        self._reading = reading

    @property
    def sources(self) -> list[Source]:
        """Where the tables are.

        Raises:
            InputError: a path matches nothing, or all are held out.
        """
        return without(find_sources(self._paths), self._held_out)

    def count(self, listener: Listener = SILENCE) -> Holdings:
        """Add the tables up.

        Raises:
            InputError: a table cannot be read, or too many of the counted records cannot be used.
        """
        from trainer.counting.engine import read_table  # noqa: PLC0415 - loads DuckDB
        from trainer.counting.engine_sums import sum_tables  # noqa: PLC0415 - as above

        sources = self.sources
        counted = sum_tables(sources)
        if counted is None:
            total = PartSum()
            for number, source in enumerate(sources):
                total.add(read_table(source, number))
            counted = total.counted()
        bad = [
            BadRecord(f"{sources[place.partition].uri}, row {place.line}", problem)
            for place, problem in counted.bad
        ]
        check_bad(
            counted.n_bad, counted.n_records, bad, self._max_bad_fraction, listener, counted.notes
        )
        detected = ["count tables"]
        return Holdings(
            counted.table,
            [source.uri for source in sources],
            detected,
            counted.n_bad,
            bad,
            patterns=_whole(counted),
            lines=TableLines(counted.parts, self._reading, listener) if counted.parts else None,
        )
