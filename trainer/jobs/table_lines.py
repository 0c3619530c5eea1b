"""The lines behind count tables, read again from the data that the tables were made of."""

from collections.abc import Mapping, Sequence
from typing import Final

from schemas.record.features import FEATURE_NAMES, LogFeatures
from schemas.record.key import pack_record
from trainer.counting.parts import Part
from trainer.errors import InputError
from trainer.jobs.listener import SILENCE, Listener
from trainer.reading.cutting import cut
from trainer.reading.faults import Faults
from trainer.reading.options import ReadingOptions
from trainer.reading.partitions import Partition
from trainer.reading.planning import plan_sources
from trainer.reading.records import read_records
from trainer.reading.sources import find_sources

EXAMPLE_CHARS: Final = 1_000

CHANGED: Final = "{}: has changed since it was counted"


class TableLines:
    """Finds lines by the places that count tables keep, as far as the data is still there.

    Args:
        parts: of the data, by their number.
        reading: how the data is read; the rest is detected, as when it was counted.
        listener: receives what cannot be read again.
    """

    def __init__(
        self,
        parts: Sequence[Part],
        reading: ReadingOptions = ReadingOptions(),
        listener: Listener = SILENCE,
    ) -> None:
        self.parts = parts
        self._reading = reading
        self._listener = listener
        self._partitions: dict[str, dict[int, Partition]] = {}

    def lines_at(self, wanted: Mapping[int, Mapping[int, int]]) -> dict[int, tuple[str, str]]:
        """Place and text of some records, by key.

        A line is shown only if it still gives the record: data may have changed since.

        Args:
            wanted: by the number of a part, the key of each wanted line.
        """
        found: dict[int, tuple[str, str]] = {}
        problems: list[str] = []
        for number, lines in wanted.items():
            part = self.parts[number]
            if not part.uri:
                continue
            before = len(found)
            try:
                self._find(part, lines, found)
            except InputError as error:
                problems.append(str(error))
                continue
            if len(found) - before < len(lines):
                problems.append(CHANGED.format(part.uri))
        if problems:
            n_wanted = sum(len(lines) for number, lines in wanted.items() if self.parts[number].uri)
            self._listener.say(
                f"{n_wanted - len(found)} of {n_wanted} example lines cannot be read again: "
                f"{problems[0]}"
            )
        return found

    def _find(
        self, part: Part, lines: Mapping[int, int], found: dict[int, tuple[str, str]]
    ) -> None:
        last = max(lines)
        for record in read_records(self._partition(part), Faults()):
            key = lines.get(record.line)
            if key is not None and key in _keys(record.features):
                found[key] = part.describe(record.line), (record.message or "")[:EXAMPLE_CHARS]
            if record.line >= last:
                return

    def _partition(self, part: Part) -> Partition:
        if part.uri not in self._partitions:
            planned = plan_sources(find_sources([part.uri]), self._reading)
            cuts = cut(planned.files)
            self._partitions[part.uri] = {partition.start: partition for partition in cuts}
        try:
            return self._partitions[part.uri][part.start]
        except KeyError as error:
            raise InputError(CHANGED.format(part.uri)) from error


def _keys(features: LogFeatures) -> tuple[int, int]:
    """A record's key, and that of its six features alone."""
    bare = LogFeatures(*(getattr(features, name) for name in FEATURE_NAMES))
    return pack_record(features), pack_record(bare)
