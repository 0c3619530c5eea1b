"""The table of formats: all that reading, counting and the commands know of a format."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from inference.intake.documents import RawRecord
from schemas.record.features import Level
from trainer.counting.run import Executor, Locator, count_partitions
from trainer.reading.assembling import Assembler, Record
from trainer.reading.cutting import cut
from trainer.reading.faults import Faults
from trainer.reading.formats.format import Detected, Format
from trainer.reading.formats.table import FORMATS
from trainer.reading.options import ReadingOptions
from trainer.reading.partitions import Partition, Place
from trainer.reading.plan import ReadingPlan
from trainer.reading.sniffing import sniff_source
from trainer.reading.sources import find_sources, open_source


def test_a_format_goes_by_its_name() -> None:
    """And what it is implied by is an option of its own."""
    for name, format_ in FORMATS.items():
        assert format_.name == name
        assert format_.implied_by <= format_.options


def _read_bangs(
    partition: Partition, plan: ReadingPlan, faults: Faults, assemble: Assembler
) -> Iterator[Record]:
    assert plan.format == "bangs"
    with open_source(partition.source) as stream:
        for message in stream.read().decode().split("!")[1:]:
            faults.n_records += 1
            yield assemble(faults.n_records, RawRecord(message, Level.ERROR))


BANGS = Format(
    name="bangs",
    title="bangs",
    options=frozenset(),
    sniff=lambda sample: sample.text.startswith("!"),
    plan=lambda _: Detected(ReadingPlan(format="bangs", kind="logs"), ["format: bangs"]),
    read=_read_bangs,
)


def test_a_new_format_is_one_entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sniffed, cut, counted and located with nothing but a line in the table."""
    text = FORMATS["text"]
    monkeypatch.delitem(FORMATS, "text")
    monkeypatch.setitem(FORMATS, "bangs", BANGS)
    monkeypatch.setitem(FORMATS, "text", text)  # asked last, since it takes everything
    path = tmp_path / "shop.bang"
    path.write_text("!one!two!two")
    sources = find_sources([str(path)])
    plan = sniff_source(sources[0], ReadingOptions()).plan
    executor = Executor(processes=1)
    parts = cut(plan.for_all(sources), executor.partition_bytes)
    counted = count_partitions(parts, executor, lambda *_: None)
    assert (counted.table.n_samples, counted.table.n_distinct) == (3, 2)
    assert counted.table.places is not None
    first = Place.unpack(int(counted.table.places.min()))
    assert Locator(parts, counted.records)(first) == f"{path}, record 1"
