"""Jobs that were timed as whole processes."""

from statistics import median

import msgspec


class JobRun(msgspec.Struct, frozen=True):
    """One round of a job as a whole process.

    Attributes:
        seconds: from its start to its end.
        largest_bytes: highest resident memory of any one of its processes.
        all_bytes: highest resident memory of all its processes together.
    """

    seconds: float
    largest_bytes: int
    all_bytes: int


class Job(msgspec.Struct, frozen=True):
    """All rounds of one job.

    Attributes:
        target: whose job.
        what: what it does.
        rows: on how many rows or lines.
        runs: the rounds, in order.
        void: why the figures count for nothing; empty if they count.
    """

    target: str
    what: str
    rows: int
    runs: list[JobRun]
    void: str = ""

    @property
    def median_s(self) -> float | None:
        """The median time; None if void."""
        return None if self.void else median(run.seconds for run in self.runs)

    @property
    def rate(self) -> float | None:
        """Rows or lines a second; None if void."""
        return None if self.median_s is None else self.rows / self.median_s

    @property
    def peak_bytes(self) -> int | None:
        """The most memory of all its processes in any round; None if void."""
        return None if self.void else max(run.all_bytes for run in self.runs)
