"""Reading small files as the trainer reads them."""

from collections.abc import Iterable
from pathlib import Path

import msgspec

from inference.intake.layouts import LAYOUTS
from trainer.reading.assembling import Record
from trainer.reading.cutting import cut
from trainer.reading.faults import Faults
from trainer.reading.plan import Fields, ReadingPlan
from trainer.reading.records import read_records
from trainer.reading.sources import find_sources

LOGS = ReadingPlan(
    format="jsonl",
    kind="logs",
    fields=Fields(message="message", level="level", service="service"),
)
FEATURES = ReadingPlan(format="jsonl", kind="features")
TEXT = ReadingPlan(format="text", kind="logs", layout=LAYOUTS["python"])


def read(path: Path, plan: ReadingPlan, data: bytes | None = None) -> tuple[list[Record], Faults]:
    """The records of a whole file and its faults; with `data`, written first."""
    if data is not None:
        path.write_bytes(data)
    faults = Faults()
    (partition,) = cut(plan.for_all(find_sources([str(path)])))
    return list(read_records(partition, faults)), faults


def problems(faults: Faults) -> dict[int, str]:
    """What is wrong, by the number of the record."""
    assert faults.n_bad == len(faults.samples)
    return {fault.line: fault.problem for fault in faults.samples}


def lines_of(rows: Iterable[object]) -> bytes:
    """JSON lines."""
    return b"".join(msgspec.json.encode(row) + b"\n" for row in rows)
