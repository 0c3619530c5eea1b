"""Middleware, desktops and directories: IBM MQ, Eclipse, SSSD, Wine."""

from typing import Final

from inference.intake.fragments import DATED, MESSAGE
from inference.intake.layout import Layout, named_levels
from inference.intake.layout import example as _e
from schemas.record.features import Level

__all__ = ["ECLIPSE", "IBM_MQ", "SSSD", "WINE"]

IBM_MQ: Final = Layout(
    name="ibm_mq",
    title="IBM MQ, AMQERR01.LOG",
    # time - Process(7.1) User(mqm) Program(amqzxma0); what is known; the message with its letter
    patterns=(
        rf"(?P<time>{DATED}) ++- Process\([\d.]++\) User\([^()]*+\) Program\((?P<service>[^()]*+)\)(?P<message>)",
    ),
    continued=True,
    any_further=True,
    has_body=True,
    body=r"(?P<message>AMQ\d{4}(?P<level>[IWESA])?: .*)",
    remark=r" ++(?:\w++\(.*\) *+)?|-{5,}+(?: \S++ : \d++ -++)?",
    levels=named_levels(s="FATAL", a="INFO"),
    examples=(
        _e(
            "05/01/2024 10:00:00 AM - Process(7.1) User(mqm) Program(amqzxma0)",
            None,
            "amqzxma0",
            "",
        ),
    ),
)

ECLIPSE: Final = Layout(
    name="eclipse",
    title="Eclipse, .metadata/.log",
    # plug-in, severity, code, time; the message is in the next line
    patterns=(
        r"!(?:SUB)?ENTRY (?:\d++ )?(?P<service>[\w.-]++) (?P<level>[01248]) -?\d++ (?P<time>\d{4}-\S++ \S++)(?P<message>)",
    ),
    continued=True,
    any_further=True,
    has_body=True,
    body=r"!MESSAGE (?P<message>.*)",
    remark=r"!SESSION .*|!STACK \d++|(?:eclipse|java)\.[\w.]++=.*|BootLoader constants: .*|(?:Framework|Command-line) arguments: .*",
    levels={
        **dict.fromkeys(("0", "1"), Level.INFO),
        "2": Level.WARN,
        **dict.fromkeys(("4", "8"), Level.ERROR),
    },
    examples=(_e("!ENTRY org.shop.cart 4 0 2024-05-01 10:00:00.123", "4", "org.shop.cart", ""),),
)

SSSD: Final = Layout(
    name="sssd",
    title="SSSD",
    # (time): [part] [function] (mask): message
    patterns=(
        rf"\((?P<time>[^()]++)\): \[(?P<service>\w++)(?:\[[^\[\]]*+\])?\] \[\w++\] \((?P<level>0x[0-9a-f]++)\): {MESSAGE}",
    ),
    continued=True,
    levels={
        "0x0010": Level.FATAL,
        **dict.fromkeys(("0x0020", "0x0040"), Level.ERROR),
        "0x0080": Level.WARN,
        **dict.fromkeys(("0x0100", "0x3f7c0"), Level.INFO),
        **{f"0x{1 << bit:04x}": Level.DEBUG for bit in range(9, 18)},
    },
    examples=(
        _e("(2024-05-01 10:00:00): [be[shop]] [open] (0x0020): no", "0x0020", "be", "no"),
        _e("(2024-05-01 10:00:00): [nss] [open] (0x0400): on", "0x0400", "nss", "on"),
    ),
)

WINE: Final = Layout(
    name="wine",
    title="Wine",
    # thread:level:channel:function message
    patterns=(
        rf"(?:\d++\.\d++:)?(?:[0-9a-f]{{4}}:)?[0-9a-f]{{4}}:(?P<level>err|fixme|warn|trace):(?P<service>\w++):{MESSAGE}",
    ),
    continued=True,
    levels=named_levels(fixme="INFO"),
    examples=(_e("0024:err:module:load no cart.dll", "err", "module", "load no cart.dll"),),
)
