"""From what a user gave to a count table, with everything told on the way."""

import argparse
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from trainer.cli.parsing import executor, given
from trainer.cli.terminal import progress, say
from trainer.counting.engine import read_counts
from trainer.counting.run import Executor, Locator, count_sources
from trainer.counting.sums import Counted, Sum
from trainer.counting.table import CountTable
from trainer.errors import InputError
from trainer.reading.faults import Faults
from trainer.reading.partitions import Place
from trainer.reading.plan import ReadingPlan
from trainer.reading.records import read_records
from trainer.reading.sniffing import sniff_source
from trainer.reading.sources import Source, find_sources
from trainer.report.content import BadRecord

EXAMPLE_CHARS: Final = 1_000


class Data(msgspec.Struct, frozen=True):
    """Data that was found, and how it is read.

    Attributes:
        sources: where it is.
        plan: how it is read.
        said: what was detected, a sentence each.
        executor: what works on it.
    """

    sources: list[Source]
    plan: ReadingPlan
    said: list[str]
    executor: Executor

    @property
    def size_bytes(self) -> int:
        """As stored; 0 if nobody knows."""
        return sum(source.size_bytes or 0 for source in self.sources)


class Loaded(msgspec.Struct, frozen=True):
    """Counted data.

    Attributes:
        table: the usable records.
        sources: what was read, for people.
        said: what was detected, a sentence each.
        n_bad: records that could not be used.
        bad: some of these.
        data: where it came from; None for tables that an SQL engine made.
        records: records per partition.
    """

    table: CountTable
    sources: list[str]
    said: list[str]
    n_bad: int
    bad: list[BadRecord]
    data: Data | None = None
    records: Mapping[int, int] = {}


def find_data(arguments: argparse.Namespace) -> Data:
    """Find the data and decide how to read it; says what was detected.

    Raises:
        InputError: there is none, or it cannot be told how to read it.
        SettingsError: an option is out of range.
    """
    said_by_user, work = given(arguments), executor(arguments)
    sources = find_sources(arguments.data)
    first = next((source for source in sources if source.size_bytes != 0), sources[0])
    detected = sniff_source(first, said_by_user)
    for sentence in detected.said:
        say(sentence)
    return Data(sources, detected.plan, detected.said, work)


def load(arguments: argparse.Namespace) -> Loaded:
    """Count all of the data, or read the count tables given.

    Raises:
        InputError, SettingsError: see `find_data`; or too many records cannot be used.
    """
    counts: Sequence[str] = getattr(arguments, "counts", [])
    if bool(counts) == bool(arguments.data):
        raise InputError("give either DATA or --counts FILE")
    if counts:
        return _load_counts(counts, arguments.max_bad_fraction)
    data = find_data(arguments)
    with progress("reading", data.size_bytes) as advance:
        counted = count_sources(
            data.sources, data.plan, data.executor, advance, arguments.max_bad_fraction
        )
    locate = Locator(data.sources, data.plan, data.executor, counted.records)
    bad = [BadRecord(locate(place), problem) for place, problem in counted.bad]
    _say_bad(counted, bad)
    names = [source.uri for source in data.sources]
    return Loaded(counted.table, names, data.said, counted.n_bad, bad, data, counted.records)


def _load_counts(paths: Sequence[str], max_bad_fraction: float) -> Loaded:
    sources = find_sources(paths)
    total = Sum()
    for number, source in enumerate(sources):
        total.add(read_counts(source, number))
    counted = total.counted()
    bad = [
        BadRecord(f"{sources[one.partition].uri}, row {one.line}", why) for one, why in counted.bad
    ]
    if counted.n_bad > max_bad_fraction * counted.n_records:
        raise InputError(
            f"{counted.n_bad} of {counted.n_records} counted records cannot be used; the first: "
            f"{bad[0].place}: {bad[0].problem}"
        )
    _say_bad(counted, bad)
    said = ["a count table that was made elsewhere"]
    return Loaded(counted.table, list(paths), said, counted.n_bad, bad)


def _say_bad(counted: Counted, bad: Sequence[BadRecord]) -> None:
    if counted.n_bad:
        say(f"warning: {counted.n_bad:,} of {counted.n_records:,} records cannot be used, as in")
        for one in bad[:3]:
            say(f"  {one.place}: {one.problem}")


def find_examples(loaded: Loaded, top: CountTable) -> dict[int, tuple[str, str]]:
    """For each record, where the first line stands that gave it, and the line, cut.

    Lines are read again, since keeping one for every distinct record would not be constant in
    memory. Standard input cannot be.
    """
    data = loaded.data
    if data is None or top.places is None or data.plan.kind != "logs":
        return {}
    locate = Locator(data.sources, data.plan, data.executor, loaded.records)
    wanted: dict[int, dict[int, int]] = {}
    for key, packed in zip(top.keys.tolist(), top.places.tolist(), strict=True):
        place = Place.unpack(packed)
        if locate.partition(place).source.uri != "-":
            wanted.setdefault(place.partition, {})[place.line] = key
    examples = {}
    for number, lines in wanted.items():
        partition = locate.partition(Place(number, 0))
        left = len(lines)
        for record in read_records(partition, data.plan, Faults()):
            if record.line in lines:
                place = Place(number, record.line)
                text = (record.message or "")[:EXAMPLE_CHARS]
                examples[lines[record.line]] = (locate(place), text)
                left -= 1
                if left == 0:
                    break
    return examples
