"""Turns the lines of each program into records: level, message, continuation lines joined."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from samples.generator.collect import Line

# Postgres writes these as lines of their own with a full prefix, after the line they explain.
_POSTGRES_PARTS = frozenset({"DETAIL", "HINT", "QUERY", "CONTEXT", "STATEMENT", "LOCATION"})

_POSTGRES_LEVELS = {
    "LOG": "INFO",
    "INFO": "INFO",
    "NOTICE": "INFO",
    "WARNING": "WARN",
    "ERROR": "ERROR",
    "FATAL": "FATAL",
    "PANIC": "FATAL",
}
_NGINX_LEVELS = {
    "debug": "DEBUG",
    "info": "INFO",
    "notice": "INFO",
    "warn": "WARN",
    "error": "ERROR",
    "crit": "FATAL",
    "alert": "FATAL",
    "emerg": "FATAL",
}
_REDIS_LEVELS = {".": "DEBUG", "-": "DEBUG", "*": "INFO", "#": "WARN"}
_PYTHON_LEVELS = {
    "DEBUG": "DEBUG",
    "INFO": "INFO",
    "WARNING": "WARN",
    "ERROR": "ERROR",
    "CRITICAL": "FATAL",
}
_SYSLOG_LEVELS = ("FATAL", "FATAL", "FATAL", "ERROR", "WARN", "INFO", "INFO", "DEBUG")
_HAPROXY_LEVELS = {"NOTICE": "INFO", "WARNING": "WARN", "ALERT": "FATAL"}

_POSTGRES = re.compile(r"\d{4}-\d\d-\d\d [\d:.]+ UTC \[(\d+)\] ([A-Z]+\d?):  (.*)")
_NGINX = re.compile(r"\d{4}/\d\d/\d\d [\d:]+ \[([a-z]+)\] \d+#\d+: (.*)")
_NGINX_COMMAND = re.compile(r"nginx: \[([a-z]+)\] (.*)")
_REDIS = re.compile(r"\d+:[A-Z] \d\d \w{3} \d{4} [\d:.]+ ([.\-*#]) (.*)")
_PYTHON = re.compile(r"\d{4}-\d\d-\d\d [\d:]+,\d{3} ([A-Z]+) \d+ (.*)")
_HAPROXY = re.compile(r"<(\d+)>(.*)")
_HAPROXY_START = re.compile(r"\[(NOTICE|WARNING|ALERT)\] +\(\d+\) : (.*)")


@dataclass
class Record:
    """One log record, before it is known whether a fault touched it.

    Attributes:
        at: When its first line was read.
        service: The service that wrote it.
        level: One of DEBUG, INFO, WARN, ERROR, FATAL.
        message: The text without the program's own prefix; lines joined by a line feed.
    """

    at: datetime
    service: str
    level: str
    message: str


@dataclass(frozen=True)
class Head:
    """What the prefix of a line says.

    Attributes:
        level: The level, or None when the line goes on with the writer's last record.
        message: The rest of the line.
        writer: Distinguishes writers that share one output, such as Postgres processes.
    """

    level: str | None
    message: str
    writer: str = ""


def _postgres(text: str) -> Head | None:
    match = _POSTGRES.fullmatch(text)
    if match is None:
        return None
    pid, label, message = match.groups()
    if label in _POSTGRES_PARTS:
        return Head(None, f"{label}:  {message}", pid)
    return Head("DEBUG" if label.startswith("DEBUG") else _POSTGRES_LEVELS[label], message, pid)


def _nginx(text: str) -> Head | None:
    match = _NGINX.fullmatch(text) or _NGINX_COMMAND.fullmatch(text)
    # Everything else is the access log, which has no levels.
    return Head(_NGINX_LEVELS[match[1]], match[2]) if match else Head("INFO", text)


def _redis(text: str) -> Head | None:
    match = _REDIS.fullmatch(text)
    return Head(_REDIS_LEVELS[match[1]], match[2]) if match else None


def _python(text: str) -> Head | None:
    match = _PYTHON.fullmatch(text)
    return Head(_PYTHON_LEVELS[match[1]], match[2]) if match else None


def _haproxy(text: str) -> Head | None:
    if match := _HAPROXY.fullmatch(text):
        return Head(_SYSLOG_LEVELS[int(match[1]) & 7], match[2])
    if match := _HAPROXY_START.fullmatch(text):
        return Head(_HAPROXY_LEVELS[match[1]], match[2])
    return Head("INFO", text)


FORMATS: dict[str, Callable[[str], Head | None]] = {
    "postgres": _postgres,
    "nginx": _nginx,
    "redis": _redis,
    "haproxy": _haproxy,
    "orders-api": _python,
    "orders-worker": _python,
}


def records(lines: Iterable[Line]) -> list[Record]:
    """Makes records of lines, in time order.

    A line without a prefix belongs to the record before it in the same output; a Postgres
    DETAIL, HINT, CONTEXT or STATEMENT line belongs to the last record of the same process.
    """
    made: list[Record] = []
    last_of_source: dict[int, Record] = {}
    last_of_writer: dict[tuple[int, str], Record] = {}
    for line in lines:
        head = FORMATS[line.service](line.text)
        if head is None:
            owner, message = last_of_source.get(line.source), line.text
        elif head.level is None:
            owner, message = last_of_writer.get((line.source, head.writer)), head.message
        else:
            owner, message = None, head.message
        if owner is not None:
            owner.message += f"\n{message}"
            continue
        record = Record(line.at, line.service, (head and head.level) or "INFO", message)
        made.append(record)
        last_of_source[line.source] = record
        if head is not None:
            last_of_writer[line.source, head.writer] = record
    return sorted(made, key=lambda record: record.at)
