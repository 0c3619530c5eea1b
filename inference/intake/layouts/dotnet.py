""".NET: the console, Serilog, NLog."""

from typing import Final

from inference.intake.fragments import CLOCK, DATED, MESSAGE
from inference.intake.layout import Layout, named_levels
from inference.intake.layout import example as _e

__all__ = ["DOTNET", "SERILOG"]

_DOTNET: Final = (
    rf"(?:\[?(?P<time>{DATED}|{CLOCK})\]? )?(?P<level>trce|dbug|info|warn|fail|crit): "
    r"(?P<service>[\w.+`$<>-]++)\[\d++\](?: (?P<message>.*))?",
)

DOTNET: Final = Layout(
    name="dotnet",
    title=".NET console",
    patterns=_DOTNET,
    levels=named_levels(trce="DEBUG", dbug="DEBUG"),
    continued=True,
    has_body=True,
    examples=(_e("fail: Shop.Cart[7]", "fail", "Shop.Cart", ""),),
)

_SERILOG: Final = (
    rf"\[?(?P<time>{DATED}|{CLOCK}) \[?(?P<level>VRB|DBG|INF|WRN|ERR|FTL)\] ?"
    rf"(?:\[(?P<service>[A-Za-z][\w.]*+)\] )?{MESSAGE}",
    # NLog: 2024-05-01 10:00:00.1234|INFO|Shop.Cart|message
    rf"(?P<time>{DATED})\|(?:[^|A-Za-z]{{1,40}}+\|)?(?P<level>[A-Za-z]++)\|(?:(?P<service>[\w.+`]++)\|)?{MESSAGE}",
)

SERILOG: Final = Layout(
    name="serilog",
    title="Serilog and NLog files",
    patterns=_SERILOG,
    continued=True,
    examples=(_e("2024-05-01 10:00:00.123 +02:00 [ERR] lost", "ERR", None, "lost"),),
)
