"""Erlang and what runs on its machine: RabbitMQ."""

from typing import Final

from inference.intake.fragments import DATED, MESSAGE
from inference.intake.layout import Layout, named_levels
from inference.intake.layout import example as _e

__all__ = ["ERLANG", "RABBITMQ"]

_RABBITMQ: Final = (rf"(?P<time>{DATED}) \[(?P<level>[a-z]++)\] <[\d.]++> {MESSAGE}",)

RABBITMQ: Final = Layout(
    name="rabbitmq",
    title="RabbitMQ",
    patterns=_RABBITMQ,
    service="rabbitmq",
    continued=True,
    examples=(_e("2024-05-01 10:00:00.123 [error] <0.7.0> closed", "error", None, "closed"),),
)

_ERLANG: Final = (
    r"=(?P<level>INFO|WARNING|ERROR|CRASH|SUPERVISOR|PROGRESS) REPORT==== (?P<time>\S++(?: \S++)?) ===(?P<message>)",
)

ERLANG: Final = Layout(
    name="erlang",
    title="Erlang's reports, RabbitMQ before 3.7",
    patterns=_ERLANG,
    levels=named_levels(crash="ERROR", supervisor="ERROR", progress="INFO"),
    continued=True,
    any_further=True,
    has_body=True,
    examples=(_e("=CRASH REPORT==== 1-May-2024::10:00:02 ===", "CRASH", None, ""),),
)
