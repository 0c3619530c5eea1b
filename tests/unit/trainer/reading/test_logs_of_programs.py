"""Logs as many programs write them: the levels and services that a person reads in them.

`logs_of_programs.txt` holds small files, each behind a line `=== name | what is right`: for each
record its level and its service, `~` for the name of the file, `*` for any; a number before them
where several follow each other, and behind a semicolon how many lines cannot be used.
"""

import re
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from inference.intake.documents import DEFAULT_SERVICE
from inference.intake.raw_bodies import BodyReader
from inference.intake.raw_logs import Tally
from tests.read_records import read
from trainer.reading.assembling import Record
from trainer.reading.faults import Faults
from trainer.reading.naming import service_of_file
from trainer.reading.options import ReadingOptions
from trainer.reading.plan import ReadingPlan
from trainer.reading.sniffing import sniff

FILE: Final = Path(__file__).with_name("logs_of_programs.txt")


class Case(NamedTuple):
    """A small log and what is right."""

    name: str
    right: list[str]
    n_bad: int
    data: bytes


def cases() -> list[Case]:
    """What the file holds."""
    found = []
    for block in re.split(r"(?m)^=== ", FILE.read_text())[1:]:
        head, _, data = block.partition("\n")
        name, _, right = head.partition(" | ")
        right, _, bad = right.partition(";")
        levels = [re.fullmatch(r"(?:(\d+) )?(\w+ \S+)", part.strip()) for part in right.split(",")]
        every = [
            level[2] for level in levels if level is not None for _ in range(int(level[1] or 1))
        ]
        found.append(Case(name, every, int(bad.split()[0]) if bad else 0, data.encode()))
    return found


CASES: Final = cases()
BY_NAME: Final = pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])


def test_the_file_is_understood() -> None:
    """Names occur once, and each log has a record at least."""
    assert len({case.name for case in CASES}) == len(CASES) > 200
    assert all(case.right for case in CASES)


def read_case(folder: Path, case: Case) -> tuple[ReadingPlan, list[Record], Faults]:
    """A case as training reads it."""
    plan = sniff(case.data, case.name, ReadingOptions(), year=2024).plan
    return plan, *read(folder.with_name(case.name), plan, case.data)


@BY_NAME
def test_levels_and_services_are_read(path: Path, case: Case) -> None:
    """Nothing is lost, swallowed, or taken for what it is not."""
    _, records, faults = read_case(path, case)
    own = service_of_file(case.name)
    found = []
    for record, right in zip(records, case.right, strict=False):
        level, service = record.features.level.name, record.features.service
        shown = {"~": "~" if service == own else service, "*": "*"}
        found.append(f"{level} {shown.get(right.partition(' ')[2], service)}")
    assert found == case.right
    assert len(records) == len(case.right)
    assert faults.n_bad == case.n_bad


@BY_NAME
def test_serving_reads_the_same(path: Path, case: Case) -> None:
    """A body of the same bytes gives the same logs; what training leaves out is a log by itself."""
    plan, records, faults = read_case(path, case)
    stand_ins = {service_of_file(case.name), plan.layout and plan.layout.service}
    tally = Tally()
    logs = [
        log for block in BodyReader().read(case.data, "", tally) for log in block.logs
    ]  # fmt: skip
    if faults.n_bad or plan.envelope == "docker" or plan.format == "csv":
        # There lines of no record, each of docker's, and each of a table are logs by themselves.
        assert len(logs) + tally.n_bad >= len(records)
        return
    assert tally.n_bad == 0
    served = [
        (message.rstrip(), level, DEFAULT_SERVICE if service in stand_ins else service)
        for message, level, service in logs
    ]
    trained = [
        (
            (record.message or "").rstrip(),
            record.features.level,
            DEFAULT_SERVICE if record.features.service in stand_ins else record.features.service,
        )
        for record in records
    ]
    assert served == trained
