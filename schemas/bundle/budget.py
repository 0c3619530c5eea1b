"""How many alerts a day people are willing to read."""

from typing import Annotated, Final

import msgspec
from msgspec import Meta

MAX_ALERTS_PER_DAY: Final = 1_000_000_000
MAX_LINES_PER_DAY: Final = 1_000_000_000_000_000

AlertsPerDay = Annotated[
    int,
    Meta(
        ge=1,
        le=MAX_ALERTS_PER_DAY,
        description="Flagged lines a day that somebody is willing to read; the contamination "
        "follows from it.",
    ),
]


class AlertBudget(msgspec.Struct, frozen=True):
    """Alerts a day, of so many lines a day.

    Attributes:
        alerts_per_day: flagged lines that somebody is willing to read.
        lines_per_day: lines that will come; None until it is learned from the times of records.
    """

    alerts_per_day: AlertsPerDay
    lines_per_day: Annotated[float, Meta(gt=0, le=MAX_LINES_PER_DAY)] | None = None

    @property
    def share(self) -> float:
        """The share of the lines that the alerts are, to six digits: the contamination."""
        assert self.lines_per_day is not None
        return float(f"{self.alerts_per_day / self.lines_per_day:.6g}")
