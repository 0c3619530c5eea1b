"""Raw logs to try extractors on, and what the Python extractor makes of them.

Every engine that counts logs must do the same, for each message.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from inference.intake.cleaning import clean_text
from schemas.record.extraction import extract_features
from schemas.record.features import Level
from schemas.record.keywords import find_flags
from schemas.record.levels import LEVEL_SYNONYMS
from schemas.record.templates import pattern_id

KEYWORD_CASES: Final = Path(__file__).parent / "unit" / "schemas" / "keyword_cases.json"

HOSTILE: dict[str, Callable[[int], str]] = {
    "timeout": lambda n: "timeout " * n,
    "settings": lambda n: "timeout=1 timeout is 1" * n,
    "digits": lambda n: "timeout=" + "1" * n,
    "class": lambda n: "A" * n + "Exception",
    "classes": lambda n: "AError_" * n,
    "underscores": lambda n: "A_" * n + "_TIMEOUT",
    "no": lambda n: "no " * n + "exception",
    "not": lambda n: "no the read " * n + "error",
    "dots": lambda n: "exception" + "." * n,
    "frames": lambda n: "at a.b.c(" * n,
    "frame": lambda n: "at " + "a." * n + ".java:",
    "quotes": lambda n: 'file "' * n + '.py", line',
    "connections": lambda n: "connection to a b c was was was was " * n,
    "connection": lambda n: "connection to " + "x" * n,
    "numbers": lambda n: "1 " + "a " * n + "exceptions x",
    "blanks": lambda n: " \n" * n + "1 exceptions" + " \n" * n + "x",
    "hosts": lambda n: "host node is is " * n + "reachable",
    "links": lambda n: "link to to is was " * n,
    "cannot": lambda n: "failed to get the the the the " * n + "connect",
    "unicode": lambda n: "é timeout" * n,
    "columns": lambda n: "id  name  errors  " * n,
    "cells": lambda n: "| a | b | timeout " * n,
    "fields": lambda n: "id,name,timeout," * n,
    "classes listed": lambda n: "loading a.b.c.d." * n + "Exception",
    "paths": lambda n: "GET /" + "error" * n,
    "files": lambda n: "a-b.c_d" * n + "errors.py",
    "script frames": lambda n: "at a (b.js:1:" * n,
    "peers": lambda n: "server node broker a b " * n + "is down",
    "communication": lambda n: "communication with a b c " * n + "lost",
    "closed": lambda n: "server closed the the " * n + "connection",
    "codes": lambda n: "\x1b[3" * n + "\x1b[31mtimeout\x1b[0m",
}
"""Texts that begin what a rule looks for again and again, as long as one wants."""

_WAKING: Final = "zero connect socket error... exception timeout panic "
"""Wakes the rules up, whatever their triggers are."""

_TEXTS: Final = (
    "",
    " ",
    "\n",
    "\r\n\t ",
    "naïve café ☕ timed out",
    "错误timeout错误 注文exceptionです",
    "so\u212adown: bro\u212aen pipe",
    "\u0130stanbul \u0131ss\u0131z ERROR",
    "\x1cException\x1f 7\x85 8\xa09\u2028 end",
    "\U0001f600" * 399 + "a1",
    "\U0001f600" * 400 + "1",
    "é" * 1_992 + " timeout and more",
    "é" * 1_993 + " timeout and more",
    "x" * 1_990 + " exceptional",
    "it's a \"quote\" 'inside' \\ and \\n, \\\\b, \\' and $1 \\1 %s {}",
    "can't connect: \\tat com.shop.Cart.add(Cart.java:57)",
    "connection\nrefused",
    "first line\r\nCaused by: second\r",
    " 17 float alignment exceptions\n",
    " 17 float alignment exceptions\n\n",
    "17 exceptions\nthen",
    "errors=0\ntimeout=30\n",
    "  leading 1\tand\vtrailing \f 2 ",
    "a  b   c\n\n d \n e",
    "x" * 300 + " " + "9" * 300,
    "null",
    "a\x00b \x00 timeout\x00",
    "\x1b[1;31mconnection\x1b[0m \x1b]0;title\x07refused\x1b]0;t\x1b\\ \x1bM\x1b[999",
    "\ufefftime\ufeffout \x1b[" + "1;" * 40 + "mpanic\x1b[ q\x1b",
)


class RawLog(NamedTuple):
    """A log as it is given to an engine."""

    message: str | None
    level: str | None
    service: str | None


class Extracted(NamedTuple):
    """What an engine must make of a log, in the order of the columns of its table."""

    message_length: int | None
    level: str | None
    service: str | None
    has_exception: bool | None
    has_timeout: bool | None
    has_connection_error: bool | None
    pattern: str | None
    has_failure: bool | None


def extract_raw(message: str, level: str, service: str) -> Extracted:
    """What reader and extractor make of a log, as a row of an engine's table."""
    message = clean_text(message)
    features = extract_features(message, Level(level), service)
    return Extracted(
        features.message_length,
        features.level.name,
        features.service,
        features.has_exception,
        features.has_timeout,
        features.has_connection_error,
        f"{pattern_id(message):016x}",
        find_flags(message).has_failure,
    )


def tricky_messages() -> list[str]:
    """The examples of all keyword rules, hostile texts, and what encodings and quotes break."""
    cases = [case["message"] for case in json.loads(KEYWORD_CASES.read_bytes())]
    hostile = [_WAKING + make(150) for make in HOSTILE.values()]
    return [*cases, *(case.upper() for case in cases), *hostile, *_TEXTS]


def level_spellings() -> list[str]:
    """Every name of a level and every synonym, in mixed case and with blanks around."""
    names = [*Level.__members__, *LEVEL_SYNONYMS]
    return [
        spelt
        for name in names
        for spelt in (name, name.lower(), name.title(), f" {name}\n", f"\t{name.lower()}\r\n")
    ]


def number_logs(messages: list[str]) -> list[RawLog]:
    """Logs of these messages, each of a service of its own, so that a table distinguishes them."""
    levels = level_spellings()
    return [
        RawLog(message, levels[number % len(levels)], f"service-{number}")
        for number, message in enumerate(messages)
    ]
