"""Records that cannot be used: counted, and the first few kept with what is wrong."""

from typing import Final

import msgspec

MAX_SAMPLES: Final = 10
"""Bad records that are told of in detail."""


class BadLine(msgspec.Struct, frozen=True):
    """A record that cannot be used: its number in the partition, and why."""

    line: int
    problem: str


class Faults:
    """Counts bad records and keeps the first few, and how many records there were at all."""

    def __init__(self) -> None:
        self.n_records = 0
        self.n_bad = 0
        self.samples: list[BadLine] = []

    def add(self, line: int, problem: str) -> None:
        """Note a record that cannot be used."""
        self.n_bad += 1
        if len(self.samples) < MAX_SAMPLES:
            self.samples.append(BadLine(line, problem))
