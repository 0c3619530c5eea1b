"""Ruby and its frameworks."""

from typing import Final

from inference.intake.fragments import DATED, MESSAGE
from inference.intake.layout import Layout
from inference.intake.layout import example as _e

__all__ = ["RUBY"]

_RUBY: Final = (
    rf"[DIWEFA], \[(?P<time>{DATED})(?: #\d++)?\] ++(?P<level>[A-Z]++) -- (?P<service>[^:]*+): {MESSAGE}",
)

RUBY: Final = Layout(
    name="ruby",
    title="Ruby's Logger, Rails, Sidekiq",
    patterns=_RUBY,
    further=r"\[[\w-]++\] ",
    continued=True,
    examples=(
        _e(
            "E, [2024-05-01T10:00:01.123456 #7] ERROR -- : [r-1] lost",
            "ERROR",
            "",
            "[r-1] lost",
        ),
    ),
)
