"""Layouts of plain-text logs, as data, and the parser that reads a line by one of them.

A layout is a tuple of regular expressions, tried in order. No pattern here backtracks over more
than one run of characters: what repeats is possessive, or cannot match what follows it, so that the
time for a line grows with its length alone.
"""

import re
import warnings
from typing import Final

import msgspec

from schemas.record.features import LEVEL_SYNONYMS, Level
from trainer.reading.plan import Layout

GROUPS: Final = ("message", "level", "service")
"""The named groups that a pattern may have."""

SYSLOG_LEVELS: Final[dict[str, Level]] = {
    str(number): level
    for number, level in enumerate(
        [Level.FATAL] * 3 + [Level.ERROR, Level.WARN] + [Level.INFO] * 2 + [Level.DEBUG]
    )
}
"""The severities 0 (emergency) to 7 (debug) of syslog (RFC 5424, section 6.2.1)."""

_N_PRIORITIES: Final = 192  # 24 facilities of 8 severities

_MESSAGE: Final = "(?P<message>.*)"
_LEVEL: Final = "(?P<level>{})(?![A-Za-z])".format(
    "|".join(sorted({*Level.__members__, *LEVEL_SYNONYMS}, key=len, reverse=True))
)
_CLOCK: Final = r"\d\d:\d\d:\d\d(?:[.,:]\d{1,9}+)?+(?: ?(?:Z|UTC|GMT|[+-]\d\d:?\d\d))?+"
_DATE: Final = r"(?:\d{4}[-/.]\d\d[-/.]\d\d|\d\d[-/. ](?:\d\d|[A-Z][a-z]{2})[-/. ]\d{2,4})"
_TIME: Final = rf"\[?(?:(?:{_DATE}[ T])?{_CLOCK}|\d{{6}} \d{{6}}(?: \d++)?)\]?"
_BRACKETED: Final = r"\[(?>[^\[\]]++|\[[^\[\]]*+\])*+\]"
"""A thread or a context; `[QuorumPeer[myid=1]]` has brackets within."""
_NAME: Final = r"[A-Za-z_][\w.$/-]*+"
_LOGGER: Final = rf"(?P<service>{_NAME}(?:\[[\w./]*+\][\w.$/-]*+)*+)(?::\d++|\([^()]*+\))?"
"""A logger's name, with `.[Catalina]` within as Tomcat has it, and perhaps a line number."""
_SEPARATOR: Final = r" *+(?:\[[^\[\]]*+\] *+)?[-:](?: ++|$)"
_ENDED: Final = rf"{_LOGGER}{_SEPARATOR}{_MESSAGE}"
_BARE: Final = (
    rf"{_TIME} ++(?:- )?(?:{_BRACKETED} )?\[?{_LEVEL}\]?(?: *+[-:])?(?: ++|$){_MESSAGE}",
)
"""A time, a level and a message, and nobody says who wrote it."""

_AT_CLASS: Final = r"\[(?:[^@]*:)?(?P<service>[\w.$]++)@\d++\]"

_LOG4J: Final = (
    # [2023-01-01 00:00:00,000] INFO message (kafka.server.KafkaServer)
    rf"(?=\[){_TIME} {_LEVEL} {_MESSAGE} \((?P<service>\w++(?:\.[\w$]++)++)\)",
    # 17/06/09 20:10:40 INFO executor.Exec: message; 2015-10-18 18:01:47,978 INFO [main] a.b.X: ...
    rf"{_TIME} ++\[?{_LEVEL}\]? *+(?:{_BRACKETED} ++)?{_ENDED}",
    # 12:34:56.789 [main] INFO  com.foo.Bar - message
    rf"{_TIME} {_BRACKETED} ++{_LEVEL} *+(?:{_BRACKETED} ++)?{_ENDED}",
    # 2023-01-01 00:00:00.000  INFO 1 --- [main] c.f.Bar : message
    rf"{_TIME} ++{_LEVEL} (?:{_BRACKETED} )?\d++ --- (?:{_BRACKETED} )++{_ENDED}",
    # 2015-07-29 17:41:41,536 - INFO  [thread:Class@123] - message
    rf"{_TIME}(?: {_BRACKETED})? - {_LEVEL} *+{_AT_CLASS} -(?: |$){_MESSAGE}",
    # [2023-01-01T00:00:00,000][INFO ][o.e.n.Node     ] message
    rf"{_TIME}\[{_LEVEL} *+\]\[(?P<service>[^\[\] ]++) *+\] ?{_MESSAGE}",
    # 2023-01-01 00:00:00,000 INFO  [org.jboss.as] (MSC service thread 1-1) message
    rf"{_TIME} {_LEVEL} *+\[(?P<service>[\w.$]++)\] \([^()]*+\) {_MESSAGE}",
    # INFO  [main] 2023-01-01 00:00:00,000 Bar.java:123 - message; INFO [2023-...] com.foo.Bar: ...
    rf"{_LEVEL} *+(?:{_BRACKETED} (?=[\[\d]))?{_TIME} (?:{_BRACKETED} ++)?{_ENDED}",
    *_BARE,
)

_LOGURU_LEVEL: Final = _LEVEL.replace("<level>", "<level>SUCCESS|")
_PYTHON: Final = (
    # LEVEL:logger:message
    rf"{_LEVEL}:(?P<service>[^\s:]++):{_MESSAGE}",
    # 2024-01-02 03:04:05,678 - name - LEVEL - message
    rf"{_TIME} - (?P<service>\S++) - {_LEVEL} -(?: |$){_MESSAGE}",
    # [2024-01-02 03:04:05,678] LEVEL in module: message
    rf"{_TIME} {_LEVEL} in (?P<service>[^\s:]++):(?: |$){_MESSAGE}",
    # 2024-01-02 03:04:05,678 LEVEL name: message, with the process before or behind the level
    rf"{_TIME} (?:\d++ )?\[?{_LEVEL}\]? *+(?:\d++ )?\[?{_LOGGER}\]?(?:: | - |:$){_MESSAGE}",
    # 2024-01-02 03:04:05.678 123 LEVEL name [request] message
    rf"{_TIME} \d++ {_LEVEL} {_LOGGER} {_BRACKETED}(?: |$){_MESSAGE}",
    # 2024-01-02 03:04:05.678 | LEVEL    | module:function:12 - message
    rf"{_TIME} \| {_LOGURU_LEVEL} *+\| (?P<service>[\w.<>]++):[\w<>]++:\d++ -(?: |$){_MESSAGE}",
    # [2024-01-02 03:04:05 +0000] [123] [LEVEL] message
    rf"{_TIME} \[\d++\] \[{_LEVEL}\](?: |$){_MESSAGE}",
    # [2024-01-02 03:04:05,678: LEVEL/MainProcess] message
    rf"{_TIME}: {_LEVEL}/[^\[\]]++\](?: |$){_MESSAGE}",
    # a level, a colon, blanks, the message
    rf"{_LEVEL}:(?: ++|$){_MESSAGE}",
    *_BARE,
)

_PRIORITY: Final = r"<(?P<level>\d{1,3})>"
_BSD_TIME: Final = r"[A-Z][a-z]{2} [ \d]\d (?:\d{4} )?\d\d:\d\d:\d\d(?:\.\d{1,9}+)?+"
_ISO_TIME: Final = rf"\d{{4}}-\d\d-\d\dT{_CLOCK}"
_HOST: Final = rf"(?!{_LEVEL.replace('?P<level>', '?:')} )[^ ]++"
"""No level: it would be another layout's line."""
_TAG: Final = r"(?P<service>[^\s:\[]++)(?:\[[^\]]*+\])?(?: \([^()]*+\))?:(?: |$)"
_APP: Final = r"(?:-(?= )|(?P<service>[^ ]++))"
_DATA: Final = r'(?:-|(?:\[(?>[^\]\\"]++|"(?>[^"\\]++|\\.)*+")*+\])++)(?: \ufeff?|$)'
"""Structured data, in whose quoted values a backslash escapes."""

_SYSLOG: Final = (
    # RFC 5424: <34>1 2003-10-11T22:14:15.003Z host app procid msgid [sd] message
    rf"{_PRIORITY}\d{{1,2}} (?:-|{_ISO_TIME}) [^ ]++ {_APP} [^ ]++ [^ ]++ {_DATA}{_MESSAGE}",
    # RFC 3164: Jan  2 03:04:05 host prog[123]: message
    rf"(?:{_PRIORITY})?(?:{_BSD_TIME}|{_ISO_TIME}) {_HOST} {_TAG}{_MESSAGE}",
    # the same without a program
    rf"(?:{_PRIORITY})?{_BSD_TIME} {_HOST} {_MESSAGE}",
)

_NGINX_LEVEL: Final = r"\[(?P<level>emerg|alert|crit|error|warn|notice|info|debug)\]"

_NGINX: Final = (
    rf"\d{{4}}/\d\d/\d\d \d\d:\d\d:\d\d {_NGINX_LEVEL} \d++#\d++: {_MESSAGE}",
    rf"nginx: {_NGINX_LEVEL} {_MESSAGE}",
)

LAYOUTS: Final[dict[str, Layout]] = {
    layout.name: layout
    for layout in (
        Layout(name="log4j", patterns=_LOG4J, continued=True),
        Layout(name="python", patterns=_PYTHON, levels={"success": Level.INFO}, continued=True),
        Layout(
            name="syslog",
            patterns=_SYSLOG,
            levels={str(n): SYSLOG_LEVELS[str(n % 8)] for n in range(_N_PRIORITIES)},
        ),
        Layout(name="nginx", patterns=_NGINX, service="nginx"),
    )
}
"""The layouts with a name, in the order in which they are preferred."""


class Parsed(msgspec.Struct, frozen=True, gc=False):
    """What a line says, as it says it; level and service are None where it does not."""

    message: str
    level: str | None
    service: str | None


class LineParser:
    """Reads lines of one layout.

    The patterns are always tried in the layout's order. To begin with the one that matched last
    would be faster, and would make a record depend on where its file was cut.
    """

    def __init__(self, layout: Layout) -> None:
        self._attempts = []
        for text in layout.patterns:
            pattern = re.compile(text)
            message, level, service = (pattern.groupindex.get(name, 0) for name in GROUPS)
            self._attempts.append((pattern.fullmatch, message, level, service))

    def parse(self, line: str) -> Parsed | None:
        """Read a line without its line end; None if it is not of the layout."""
        for fullmatch, message, level, service in self._attempts:
            match = fullmatch(line)
            if match is not None:
                return Parsed(
                    match[message] or "",
                    match[level] if level else None,
                    match[service] if service else None,
                )
        return None


def custom_layout(pattern: str, *, continued: bool) -> Layout:
    """A layout from a user's regular expression for a whole line.

    Args:
        pattern: in Python's syntax, with the named group `message` and perhaps `level` and
            `service`; other groups have no names.
        continued: whether a line that does not match belongs to the record before it.

    Raises:
        ValueError: it is no regular expression, lacks `message`, or has a group of another name.
    """
    try:
        with warnings.catch_warnings():
            # Sets such as [[a] will change their meaning; every process would warn of them.
            warnings.simplefilter("error", FutureWarning)
            groups = re.compile(pattern).groupindex
    except (re.error, OverflowError, RecursionError, FutureWarning) as error:
        place = getattr(error, "pos", None)
        where = "" if place is None else f" at position {place}"
        problem = getattr(error, "msg", str(error))
        raise ValueError(f"no regular expression{where}: {problem}") from error
    unknown = ", ".join(name for name in groups if name not in GROUPS)
    if unknown:
        raise ValueError(
            f"has the named groups {unknown}; expected only {', '.join(GROUPS)}, "
            f"other groups without names as in (?:...)"
        )
    if "message" not in groups:
        raise ValueError("has no group for the message; write (?P<message>...) around it")
    return Layout(name="pattern", patterns=(pattern,), continued=continued)
