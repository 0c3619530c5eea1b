"""Lines of plain text: read by a layout, or known to begin or to continue a record."""

import re
import warnings
from collections.abc import Callable
from functools import lru_cache
from typing import Final

import msgspec

from inference.intake.fragments import BARE_LEVEL, BSD_TIME, CLOCK, DATED, LEVEL
from inference.intake.layout import Layout
from inference.intake.layouts import LAYOUTS

__all__ = [
    "FURTHER_LEVELS",
    "GROUPS",
    "LineParser",
    "Parsed",
    "begins_record",
    "begins_with_time",
    "compiled",
    "continues_record",
    "custom_layout",
    "parser_of",
    "read_foreign",
]

GROUPS: Final = ("message", "level", "service", "time")
"""The named groups that a pattern may have."""

MAX_COMPILED: Final = 1_024
"""More than all layouts have; a bound against headings of W3C that name ever other fields."""

MAX_FURTHER: Final = 1_024
"""Characters of a line that say whether it continues a record."""

_CUT: Final = "\0"
"""What no pattern of further lines takes, and so ends none."""

_SECOND: Final = "level2"
"""A second place for the level, in our own patterns."""


class Parsed(msgspec.Struct, frozen=True, gc=False):
    """The parts of a line as they are written; None for a part that is absent."""

    message: str
    level: str | None
    service: str | None
    time: str | None = None


@lru_cache(maxsize=MAX_COMPILED)
def compiled(pattern: str) -> re.Pattern[str]:
    """A regular expression; those of all layouts take half a second, so they are kept."""
    return re.compile(pattern)


class LineParser:
    """Reads lines of a layout.

    The patterns are always tried in the layout's order. To begin with the pattern that matched last
    would be faster, and would make a record depend on where its file was cut.
    """

    def __init__(self, layout: Layout) -> None:
        self._attempts = []
        for text in layout.patterns:
            pattern = compiled(text)
            numbers = [pattern.groupindex.get(name, 0) for name in GROUPS]
            second = pattern.groupindex.get(_SECOND, 0)
            self._attempts.append((pattern.fullmatch, numbers, second, all(numbers) and not second))

    def parse(self, line: str) -> Parsed | None:
        """Read a line without its line end; None if it is not of the layout."""
        for fullmatch, numbers, second, has_all in self._attempts:
            match = fullmatch(line)
            if match is not None:
                if has_all:  # as most patterns have: a single call for all parts
                    message, level, service, time = match.group(*numbers)
                else:
                    message, level, service, time = (
                        match[number] if number else None for number in numbers
                    )
                    if level is None and second:
                        level = match[second]
                return Parsed(message or "", level, service, time)
        return None


def parser_of(layout: Layout) -> Callable[[str], Parsed | None]:
    """Reads lines of a layout, those with a level by a finer layout that tells more parts apart."""
    parse_plainly = LineParser(layout).parse
    if not layout.finer:
        return parse_plainly
    finer = [LineParser(LAYOUTS[name]).parse for name in layout.finer]

    def parse(text: str) -> Parsed | None:
        parsed = parse_plainly(text)
        if parsed is None or parsed.level is None or parsed.service:
            return parsed
        found = (parse_finely(text) for parse_finely in finer)
        return next(
            (
                fine
                for fine in found
                if fine is not None and fine.level and len(fine.message) < len(parsed.message)
            ),
            parsed,
        )

    return parse


_TIME_FIRST: Final = re.compile(
    rf"[\[<(]?(?:{DATED}|{BSD_TIME}|\d\d:\d\d:\d\d(?:[.,]\d++)?|\d{{4}}-\d\d-\d\d|{CLOCK})(?![\w.])"
)
_RECORD_FIRST: Final = re.compile(
    rf"[\[<(]?(?:{DATED}|{BSD_TIME}|(?:\d\d[-/]\d\d )?\d\d:\d\d:\d\d)|\{{|<\d{{1,3}}>"
    rf"|[\[(<]?{LEVEL.replace('?P<level>', '?:')}\]?(?: *+[-:|\]\[)]|  | \[| \d|$)"
    r"|[IWEFD]\d{4} \d\d:\d\d:\d\d"
    r"|[\da-fA-F.:]{3,45}+ \S+ \S+ \[\d\d?/[A-Z][a-z]{2}/\d{4}:"  # an access log
    r"|\[pid: \d++\|app: "  # uWSGI's
    r"|(?:time|ts|level|lvl)=\S"  # logfmt
    rf"|{BARE_LEVEL.replace('?P<level>', '?:')} \S"
)
_CONTINUES: Final = re.compile(
    r"\s|$|\"?[)}\]]"  # indentation, nothing, what closes
    # Java and what runs on its machine, JavaScript, .NET
    r"|at |\.\.\. \d|Caused by: |Suppressed: |Wrapped by: |Exception in thread |---> |--- End "
    # Python
    r'|Traceback |During handling of |The above exception |File "|\^+$|~+\^*$'
    # PHP, Ruby
    r"|#\d+ |Stack [Tt]race:|- \S+:\d+$|  thrown in |\[(?:stacktrace|previous exception)\]"
    r"|from \S+:\d+:in "
    # Perl, VMware, Dropwizard
    r"|-->? |!(?: (?:at |\.\.\. \d|Caused by: |Suppressed: |(?:[\w$]+\.)+[\w$]+(?:: |$))|$)"
    # Go, Rust, C++
    r"|goroutine \d+ \[|created by |panic: |stack backtrace:|\d+: 0x|note: |thread '|called `"
    r"|\d{1,3}\. [^@]{1,400}@ 0x|\*\*\* (?:Check failure stack trace|Aborted at|SIG[A-Z]+ )"
    # .NET: what log4net says of an exception; the banner of Ignite
    r"|(?:Exception|Message|Source|Nested Exception|NAME|CODE|MESSAGE): |>>> "
    # Erlang and Elixir: reasons, states, what a crash report says of a process
    r"|\*\* |Last message(?: \(|:)|State: |Function: |(?:Start|Initial) Call: |(?:Client|Pid:) #PID"
    r"|(?:Server|Request): |Restart: :|Type: :|Shutdown: (?:\d|:)|(?:Queue|Postponed): \["
    # a file and a line; what Java says of a circle; XML
    r"|[\w./<>-]+\.[a-z]{1,3}:\d+:|\[CIRCULAR REFERENCE|</?[A-Za-z][\w:.-]*[ />]|<\?xml"
    r"|[\w./*()-]+\([^()]*\)$|[a-z][\w-]*(?:[./][\w*()~-]+)*\.[\w*()\[\].-]+$"
    r"|/\*{3,}|\*{3,}/|(?:STARTUP|SHUTDOWN)_MSG:"  # Hadoop's banner
    r"|(?:DETAIL|HINT|CONTEXT|STATEMENT|QUERY|LOCATION):  |LINE \d+: |Process \d+ waits "
    # a query that a database was asked
    r"|(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH) |(?:begin|commit|rollback) \["
    # a class and what it says; the query behind a database's error
    r"|(?:Uncaught )?Error: "
    r"|[\w.$\\]+(?:Error|Exception|Throwable|Warning|Exit|Interrupt|Failure)\b|[a-z_]\w*(?:[.$\\]\w+)+(?::|$)"
)
FURTHER_LEVELS: Final = frozenset(
    {"STATEMENT", "DETAIL", "HINT", "CONTEXT", "QUERY", "LOCATION"}
    | {"ANWEISUNG", "TIPP", "ZUSAMMENHANG", "ANFRAGE", "ORT"}
    | {"INSTRUCTION", "DÉTAIL", "ASTUCE", "CONTEXTE"}
    | {"SENTENCIA", "DETALLE", "SUGERENCIA", "CONTEXTO", "COMANDO"}
)
"""Words in the place of PostgreSQL's levels, in lines that belong to the record before them."""


def begins_with_time(line: str) -> bool:
    """Whether a line begins with a time."""
    return _TIME_FIRST.match(line) is not None


def begins_record(line: str) -> bool:
    """Whether a line begins as records do, with a time, a level or `{`: it continues nothing."""
    return _RECORD_FIRST.match(line) is not None


def continues_record(line: str) -> bool:
    """Whether a line is known to continue the record before it, as those of stack traces do.

    Of a longer line than `MAX_FURTHER` the beginning counts, and its end is no end. Else each of
    some fifty layouts would search a line of a megabyte for its last bracket.
    """
    if len(line) > MAX_FURTHER:
        line = line[:MAX_FURTHER] + _CUT
    return _CONTINUES.match(line) is not None and not begins_record(line)


_FOREIGN: Final = (
    "klog", "nginx", "apache", "access", "logfmt", "log4j", "syslog", "general", "dated",
)  # fmt: skip
_parsers: dict[str, LineParser] = {}


def _parser(name: str) -> LineParser:
    parser = _parsers.get(name)
    if parser is None:
        parser = _parsers[name] = LineParser(LAYOUTS[name])
    return parser


def read_foreign(line: str) -> tuple[Layout, Parsed] | None:
    """Read a line that begins as a record does and is not of its file's layout."""
    if not begins_record(line):
        return None
    for name in _FOREIGN:
        parsed = _parser(name).parse(line)
        if parsed is not None:
            return LAYOUTS[name], parsed
    return None


def custom_layout(pattern: str, *, continued: bool) -> Layout:
    """A layout from a user's regular expression for a whole line.

    Args:
        pattern: in Python's syntax, with the named group `message` and perhaps `level`, `service`
            and `time`; other groups have no names. A level written as `<(?P<level>...)>` is a
            priority of syslog.
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
    levels = LAYOUTS["syslog"].levels if "<(?P<level>" in pattern else {}
    return Layout(
        name="pattern",
        patterns=(pattern,),
        levels=levels,
        continued=continued,
        any_further=continued,
    )
