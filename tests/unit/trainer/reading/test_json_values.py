"""JSON that is no lines: one array, objects over several lines, one behind the other, events."""

import itertools
import json
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.read_records import read
from trainer.reading.cutting import cut
from trainer.reading.faults import Faults
from trainer.reading.formats.format import Detected
from trainer.reading.options import ReadingOptions
from trainer.reading.records import read_records
from trainer.reading.sniffing import HEAD_BYTES, sniff_source
from trainer.reading.sources import find_sources

ROWS = [
    {"message": f'order {n} }} {{ "x" [', "level": ["INFO", "ERROR"][n % 2], "service": "cart"}
    for n in range(2_000)
]
SYSLOG = [f"<{8 + n % 8}>Oct  7 10:00:00 h1 cart[7]: order {n}\n  more" for n in range(300)]


def detected(path: Path, data: bytes) -> Detected:
    """How a file with these bytes is read."""
    path.write_bytes(data)
    (source,) = find_sources([str(path)])
    return sniff_source(source, ReadingOptions())


@pytest.mark.parametrize(
    "write",
    [
        json.dumps,
        lambda rows: json.dumps(rows, indent=2),
        lambda rows: "[\n" + "".join(json.dumps(row) + ",\n" for row in rows) + "]\n",
        lambda rows: "".join(map(json.dumps, rows)),
        lambda rows: "\n".join(json.dumps(row, indent=4) for row in rows),
        lambda rows: "\0".join(map(json.dumps, rows)) + "\0",
        lambda rows: "\n".join(json.dumps([row]) for row in rows),
        lambda rows: json.dumps([[1764151200 + n, row] for n, row in enumerate(rows)]),
        lambda rows: "\ufeff" + "\n\ufeff".join(json.dumps(row, indent=1) for row in rows),
        lambda rows: "\n".join(map(json.dumps, rows)),
    ],
)
def test_every_way_gives_the_same_records(
    tmp_path: Path, write: Callable[[list[dict[str, Any]]], str]
) -> None:
    """In their order, none bad, as JSON lines give them."""
    path = tmp_path / "x.log"
    data = write(ROWS).encode()
    records, faults = read(path, detected(path, data).plan)
    assert [record.message for record in records] == [row["message"] for row in ROWS]
    assert [record.features.level.name for record in records] == [row["level"] for row in ROWS]
    assert {record.features.service for record in records} == {"cart"}
    assert (faults.n_bad, faults.n_records) == (0, len(ROWS))


def test_values_are_read_by_one_process(tmp_path: Path) -> None:
    """Where one begins, only all before it tells; lines are cut as before."""
    path = tmp_path / "x.json"
    for data, n_parts in ((json.dumps(ROWS), 1), ("\n".join(map(json.dumps, ROWS)), 5)):
        plan = detected(path, data.encode()).plan
        assert len(cut(plan.for_all(find_sources([str(path)])), len(data) // 4)) == n_parts


def test_events_have_their_time(tmp_path: Path) -> None:
    """That of the pair, unless the record says its own."""
    path = tmp_path / "x.json"
    data = json.dumps([[1764151200.5, {"log": "a"}], [1, {"log": "b", "time": "2024-05-01"}]])
    records, _ = read(path, detected(path, data.encode()).plan)
    assert [record.time for record in records] == [1764151200.5, "2024-05-01"]


@pytest.mark.parametrize(
    ("data", "messages", "n_bad"),
    [
        ('[{"message": "a"}, {"message": "b"', ["a"], 1),
        ('[{"message": "a"},', ["a"], 0),
        ('[{"message": "a"}, 17, "text", null, {}, [{"message": "b"}]]', ["a"], 5),
        ('{"message": "a"}{"message": {"message": "b"}', ["a"], 1),
        ('{"message": "a"} {"message": "torn\n{"message": "b"}', ["a", "b"], 1),
        ('{"message": "a"} }}}}\n{"message": "b"}', ["a", "b"], 1),
    ],
)
def test_bad_values_are_counted(tmp_path: Path, data: str, messages: list[str], n_bad: int) -> None:
    """A file that was cut, and values that are no records."""
    path = tmp_path / "x.json"
    records, faults = read(path, detected(path, data.encode()).plan)
    assert ([record.message for record in records], faults.n_bad) == (messages, n_bad)


def test_an_array_is_read_in_constant_memory(tmp_path: Path) -> None:
    """Never more than a few megabytes of it are held."""
    path = tmp_path / "x.json"
    row = json.dumps({**ROWS[0], "more": "x" * 2_000}).encode()
    with path.open("wb") as file:
        file.write(b"[")
        file.writelines(itertools.repeat(row + b",\n", 30_000))
        file.write(row + b"]")
    (source,) = find_sources([str(path)])
    (partition,) = cut(sniff_source(source, ReadingOptions()).plan.for_all([source]))
    faults = Faults()
    tracemalloc.start()
    try:
        n_records = sum(1 for _ in read_records(partition, faults))
        assert tracemalloc.get_traced_memory()[1] < 25_000_000 < path.stat().st_size / 2
    finally:
        tracemalloc.stop()
    assert (n_records, faults.n_bad) == (30_001, 0)


def test_an_object_larger_than_the_usual_beginning_is_read(tmp_path: Path) -> None:
    """One export over several lines, as a store's page of records is."""
    path = tmp_path / "x.json"
    data = json.dumps({"records": [{**row, "more": "x" * 300} for row in ROWS]}, indent=1)
    assert HEAD_BYTES < len(data) < 1_048_576
    records, faults = read(path, detected(path, data.encode()).plan)
    assert (len(records), faults.n_bad) == (len(ROWS), 0)


def test_docker_s_envelopes_are_opened_in_arrays_too(tmp_path: Path) -> None:
    """Stack traces with their record, container by container."""

    def lines() -> Iterator[dict[str, str]]:
        for n in range(50):
            for container in "ab":
                text = f"2024-05-01 10:00:00,123 ERROR [main] shop.Cart - lost {n}\n"
                yield {"log": text, "stream": "stderr", "container_id": container}
            yield {"log": "\tat a.B.c(D.java:1)\n", "stream": "stderr", "container_id": "a"}

    path = tmp_path / "x.json"
    plan = detected(path, json.dumps([*lines()]).encode()).plan
    records, faults = read(path, plan)
    assert plan.envelope == "docker"
    assert (len(records), faults.n_bad, faults.n_continued) == (100, 0, 50)
    assert sum("\tat" in (record.message or "") for record in records) == 50


def test_syslog_with_lengths_is_read(tmp_path: Path) -> None:
    """Whatever lines its messages have; what is none is bad."""
    path = tmp_path / "x.log"
    data = "".join(f"{len(line)} {line}" for line in [*SYSLOG[:9], "<bad", *SYSLOG[9:]])
    plan = detected(path, data.encode()).plan
    assert (plan.framing, plan.layout and plan.layout.name) == ("counted", "syslog")
    records, faults = read(path, plan)
    assert [record.message for record in records][-1] == "order 299\n  more"
    assert {record.features.service for record in records} == {"cart"}
    assert len(records) == len(SYSLOG)
    assert faults.n_bad == 0  # behind a message stands what is none, so it is a part of that


def test_a_record_at_fault_spoils_no_others_of_its_export(tmp_path: Path) -> None:
    """It is counted among all that the export holds."""
    path = tmp_path / "a.json"
    rows = [{"message": "a", "level": "INFO"}, {"level": "INFO"}, {"message": "b"}]
    found = detected(path, json.dumps({"records": rows}).encode())
    records, faults = read(path, found.plan)
    assert [record.message for record in records] == ["a", "b"]
    assert (faults.n_records, faults.n_bad) == (3, 1)
