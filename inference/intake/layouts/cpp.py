"""C++: spdlog, Envoy."""

from typing import Final

from inference.intake.fragments import DATED, MESSAGE
from inference.intake.layout import Layout
from inference.intake.layout import example as _e

__all__ = ["SPDLOG"]

_SPDLOG: Final = (
    # [time][process][level][logger] [source] message, as Envoy; [time] [level] message
    rf"\[(?P<time>{DATED})\](?:\[\d++\])? ?\[(?P<level>[a-z]++)\](?:\[(?P<service>[\w.-]++)\])? "
    rf"(?:\[[\w./-]++:\d++\] )?{MESSAGE}",
)

SPDLOG: Final = Layout(
    name="spdlog",
    title="spdlog, Envoy",
    patterns=_SPDLOG,
    continued=True,
    examples=(
        _e(
            "[2024-05-01 10:00:00.123][7][warning][upstream] [a/b.cc:7] lost",
            "warning",
            "upstream",
            "lost",
        ),
    ),
)
