"""A reader's report beside the records: unusable records, and doubtful readings."""

from typing import Final

import msgspec

MAX_SAMPLES: Final = 10
"""Bad records that are described one by one."""

MAX_LEVELS: Final = 100
"""Unknown levels that are counted by name."""


class BadLine(msgspec.Struct, frozen=True):
    """A record that cannot be used: its number in the partition, and why."""

    line: int
    problem: str


class Notes(msgspec.Struct, frozen=True):
    """Doubtful readings, which a person may want to check.

    Attributes:
        n_continued: lines that continue the record before them.
        n_leading: bad lines before the first record of a file, as banners are.
        n_foreign: records that are not of their file's layout.
        n_swallowed: lines that begin with a time and continue a record nevertheless.
        levels: unknown levels and how often each occurred; such records have the default level.
        unnamed: count tables that do not name the extractor that made their records.
    """

    n_continued: int = 0
    n_leading: int = 0
    n_foreign: int = 0
    n_swallowed: int = 0
    levels: dict[str, int] = {}
    unnamed: tuple[str, ...] = ()

    def __add__(self, other: "Notes") -> "Notes":
        """Both together."""
        levels = dict(self.levels)
        for name, count in other.levels.items():
            if name in levels or len(levels) < MAX_LEVELS:
                levels[name] = levels.get(name, 0) + count
        return Notes(
            self.n_continued + other.n_continued,
            self.n_leading + other.n_leading,
            self.n_foreign + other.n_foreign,
            self.n_swallowed + other.n_swallowed,
            levels,
            self.unnamed + other.unnamed,
        )


class Faults:
    """Counts bad records and keeps the first few, and how many records there were at all."""

    def __init__(self) -> None:
        self.n_records = 0
        self.n_bad = 0
        self.n_continued = 0
        self.n_leading = 0
        self.n_foreign = 0
        self.n_swallowed = 0
        self.samples: list[BadLine] = []
        self.levels: dict[str, int] = {}

    def add(self, line: int, problem: str) -> None:
        """Note a record that cannot be used."""
        self.n_bad += 1
        if len(self.samples) < MAX_SAMPLES:
            self.samples.append(BadLine(line, problem))

    def add_level(self, name: str) -> None:
        """Note a name that is no level."""
        if name in self.levels or len(self.levels) < MAX_LEVELS:
            self.levels[name] = self.levels.get(name, 0) + 1

    @property
    def notes(self) -> Notes:
        """The report without the bad records."""
        return Notes(
            self.n_continued, self.n_leading, self.n_foreign, self.n_swallowed, dict(self.levels)
        )
