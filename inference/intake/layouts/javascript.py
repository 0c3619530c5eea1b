"""JavaScript: winston, npm, NestJS, bunyan, pino."""

from typing import Final

from inference.intake.fragments import DATED, LEVEL, MESSAGE, TIME
from inference.intake.layout import Layout, named_levels
from inference.intake.layout import example as _e

__all__ = ["BUNYAN", "NEST", "NPM", "WINSTON"]

_WINSTON: Final = (
    rf"(?P<time>{DATED}) \[(?P<service>[\w.-]++)\] (?P<level>[a-z]++): {MESSAGE}",
    rf"\[?(?P<time>{DATED})\]? (?P<level>error|warn|info|http|verbose|debug|silly): {MESSAGE}",
    rf"(?P<level>error|warn|info|http|verbose|debug|silly): {MESSAGE}",
    # Verdaccio
    rf" ?(?P<level>fatal|error|warn|info|http|debug|trace) --- {MESSAGE}",
    # Next.js
    rf"(?P<level>error|warn|info) ++- {MESSAGE}",
    # ioBroker: time  - level: adapter.0 (7) message
    rf"(?P<time>{DATED}) ++- (?P<level>error|warn|info|debug|silly): (?P<service>[\w-]++\.\w[\w-]*+):? (?:\(\d++\) )?{MESSAGE}",
    # Zigbee2MQTT:level time: message
    rf"(?P<service>Zigbee2MQTT):(?P<level>error|warn|warning|info|debug) ++(?P<time>{DATED}): {MESSAGE}",
    rf"npm (?P<level>ERR!|WARN|notice|info|http|verb|sill) {MESSAGE}",
)

WINSTON: Final = Layout(
    name="winston",
    title="winston, npm",
    patterns=_WINSTON,
    continued=True,
    examples=(
        _e("2024-05-01T10:00:00.123Z [cart] warn: slow", "warn", "cart", "slow"),
        _e("2024-05-01T10:00:00.123Z error: lost", "error", None, "lost"),
    ),
)

_NPM_DEBUG: Final = (
    r"\d++ (?P<level>silly|verbose|info|http|timing|notice|warn|error) (?P<message>.*)",
)

NPM: Final = Layout(
    name="npm",
    title="npm, debug.log",
    patterns=_NPM_DEBUG,
    service="npm",
    levels=named_levels(timing="DEBUG"),
    examples=(_e("7 error code E404", "error", None, "code E404"),),
)

_NEST: Final = (
    rf"\[[^\]]++\] \d++  - (?P<time>{DATED}) ++(?P<level>[A-Z]++) (?:\[(?P<service>[^\]]++)\] )?{MESSAGE}",
)

NEST: Final = Layout(
    name="nest",
    title="NestJS",
    patterns=_NEST,
    continued=True,
    examples=(
        _e(
            "[Nest] 7  - 05/01/2024, 10:00:00 AM   ERROR [Carts] lost",
            "ERROR",
            "Carts",
            "lost",
        ),
    ),
)

_BUNYAN: Final = (
    # [time]  INFO: name/7 on host: message; [time] INFO (name/7 on host): message
    rf"{TIME} ++{LEVEL}: (?P<service>[\w.-]++)/\d++ on [^:]++: {MESSAGE}",
    rf"{TIME} ++{LEVEL} \((?P<service>[A-Za-z][\w.-]*+)(?:/\d++)?(?: on [^()]++)?\): {MESSAGE}",
    rf"{TIME} ++{LEVEL} \(\d++(?: on [^()]++)?\): {MESSAGE}",
)

BUNYAN: Final = Layout(
    name="bunyan",
    title="bunyan and pino on a terminal",
    patterns=_BUNYAN,
    continued=True,
    examples=(
        _e("[2024-05-01T10:00:00.123Z] ERROR: cart/7 on h1: lost", "ERROR", "cart", "lost"),
        _e("[10:00:00.123] ERROR (cart/7): lost", "ERROR", "cart", "lost"),
        _e("[10:00:00.123] INFO (7): up", "INFO", None, "up"),
    ),
)
