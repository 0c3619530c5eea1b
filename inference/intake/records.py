"""The reader of raw records, for training and for serving: objects and lines alike.

A record may hold another: JSON in docker's `log`, a whole line in the message that syslog or
CloudWatch passes on. The inner record then gives the parts, and the outer record those it lacks.
"""

import re
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from inference.intake.cleaning import clean_text
from inference.intake.documents import DocumentReader, Named, RawRecord, bare_service
from inference.intake.fragments import BARE_LEVEL
from inference.intake.layout import Layout
from inference.intake.layouts import LAYOUTS
from inference.intake.levels import LevelNames
from inference.intake.lines import LineParser, Parsed, begins_record
from inference.intake.xml_events import MalformedXmlError, decode_event
from inference.intake.xml_values import begins_event
from schemas.record.features import Level

__all__ = ["RecordReader", "UnusableRecordError", "read_pairs"]

MAX_WITHIN: Final = 3
"""Records within records that are opened."""

MAX_WITHIN_CHARS: Final = 65_536
"""A longer message is not searched for JSON: the objects would be many times as large."""

_LIKELY: Final = ("log4j", "python", "klog", "general")
"""Layouts of lines that others pass on, in the order in which they are tried."""

_PREFIX: Final = re.compile(
    # perhaps behind a part of the program: lmtp(7): Error: no; [7:0] info: up; (ann@h1) [INFO] up,
    # or behind a place in a source: cart.c:7:5: error: no; cart.cs(7,5): error CS1: no
    r"(?P<part>(?:[a-z][\w-]*+(?:\([^()]*+\))?(?:<[^<>]*+>)*+:|\[\d[\d:]*+\]|\([^()]*+\)"
    r"|(?:[A-Z]:)?[^\s:()]++(?:(?::\d++){1,2}:|\(\d++(?:,\d++)*+\) ?:)(?= (?:error|warning|fatal))"
    r") )??"
    r"(?:##)?(?:[\[(<] *+)?(?P<level>(?i:trace|debug|info|notice|warn|warning|(?:fatal )?error|err"
    r"|fatal|critical|crit|alert|emerg|panic|severe))(?:[\])>]?(?::|[\])>]:?| -)[ \t]++"
    r"|\](?=[^\s\[])|\|[^\[\]]*+\][ \t]++|\[[A-Z]\d++\]:[ \t]++|[ \t](?=[A-Z]{1,4}\d++:))"
    r"(?:\[\d{10}\.\d++\] )?(?P<message>.*)"
    rf"|{BARE_LEVEL.replace('<level>', '<level2>')}[ \t]++(?P<rest>.*)",
    re.DOTALL,
)
_STATUS: Final = re.compile(
    # "GET / HTTP/1.1" 502; HAProxy: backend/server 0/0/1/2/3 502 512 ... "GET /"
    r'"(?:[A-Z]{3,9}|-) [^"]*" ([1-5]\d\d) '
    r'|\] \S+ \S+/\S+ [-\d/]+ ([1-5]\d\d) [+\d]+ .*"'
)
_PAIR: Final = re.compile(
    # from the first letter of a run on, each of which is read once
    r"(?<![\w.@/-])(?:(?![A-Za-z_@])[\w.@/-])*+([A-Za-z_@][\w.@/-]*+)="
    r'(?:(?:"((?:[^"\\]|\\.)*+)"|([^\s"]*+))(?:\s++|$)'
    # a long value with a quotation mark behind it is none, wherever in it a name is looked for
    r'|[^\s"]{256,}+)'
)
_LEVEL_PAIR: Final = re.compile(r"(?:^|\s)(?:level|lvl|severity|at|pri)=")
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)

_TAGGED: Final = re.compile(r'(?P<tag>[\w.$/:\[\]-]{1,100})[ \t]++(?=\{")')
"""A tag or a program's name before JSON, as in files of Fluentd."""

_EVENT_CHARS: Final = 32
"""Of a text, what shows that it begins as an event in XML."""

_COOKIE: Final = "@cee:"
"""The mark before JSON in syslog's messages."""

_decode = msgspec.json.Decoder().decode


class UnusableRecordError(ValueError):
    """A record cannot be used; says which field and what was expected."""


class RecordReader:
    """Reads raw records.

    Attributes:
        documents: reads what is structured.

    Args:
        names: what names of levels mean.
        named: fields that go before the usual fields.
        scale: what numbers of levels mean, whatever their field; None lets each record decide.
        open_scale: what numbers mean whose scale the record leaves open; None leaves it open.
        within: the layout that lines within messages most likely have; None if unknown.
    """

    def __init__(
        self,
        names: LevelNames,
        named: Named | None = None,
        *,
        scale: str | None = None,
        open_scale: str | None = None,
        within: Layout | None = None,
    ) -> None:
        self._names = names
        self.documents = DocumentReader(names, named, scale=scale, open_scale=open_scale)
        self._within = within
        self._made: list[tuple[Layout, LineParser]] = []

    def of_document(self, document: dict[str, Any]) -> RawRecord | None:
        """The parts of an object; None if it has no message."""
        record = self.documents.read(document)
        if record is None:
            return None
        if "log" in document and record.message.endswith("\n"):
            # Docker keeps the line end that the program wrote.
            record = replace(record, message=record.message.rstrip("\r\n"))
        return self.opened(record)

    def of_line(self, parsed: Parsed, layout: Layout) -> RawRecord:
        """The parts of a line that was read by a layout."""
        level, unknown = self.level_of(parsed.level, layout)
        if layout.pairs:
            pairs = self._of_pairs(parsed.message)
            return pairs if pairs.level or not level else replace(pairs, level=level, unknown=None)
        record = RawRecord(parsed.message, level, parsed.service or None, parsed.time, unknown)
        return record if level is not None or parsed.level else self.opened(record)

    def level_of(self, written: str | None, layout: Layout) -> tuple[Level | None, str | None]:
        """The level in a line of a layout, and what was written there if it is no level."""
        if not written:
            return None, None
        level = layout.levels.get(written.lower()) or self._names.read(written)
        return (level, None) if isinstance(level, Level) or level is None else (None, written)

    def opened(self, record: RawRecord, depth: int = MAX_WITHIN) -> RawRecord:
        """A record completed by the record within its message."""
        text = record.message
        if text.startswith(_COOKIE):
            text = text[len(_COOKIE) :].lstrip()
            record = replace(record, message=text)
        if depth > 0 and len(text) <= MAX_WITHIN_CHARS and _is_document(text):
            return self._of_within(record, depth)
        if record.level is None and record.unknown is None:
            return self._of_tagged(record, depth) or self._of_text(record)
        return record

    def _of_tagged(self, record: RawRecord, depth: int) -> RawRecord | None:
        """A record that stands behind a tag, if it has a level of its own."""
        text = record.message
        if depth <= 0 or not text.endswith("}") or len(text) > MAX_WITHIN_CHARS:
            return None
        tagged = _TAGGED.match(text)
        if tagged is None:
            return None
        around = replace(
            record,
            message=text[tagged.end() :],
            service=record.service or bare_service(tagged["tag"]) or None,
        )
        within = self._of_within(around, depth)
        return within if within.level is not None else None

    def _of_within(self, record: RawRecord, depth: int) -> RawRecord:
        text = record.message
        try:
            document = _decode(text) if text[0] == "{" else decode_event(text.encode())
        except (msgspec.DecodeError, UnicodeError, RecursionError, MalformedXmlError):
            return record
        within = self.documents.read(document) if isinstance(document, dict) else None
        if within is None:
            return record
        return self.opened(_merged(within, record), depth - 1)

    def _of_text(self, record: RawRecord) -> RawRecord:
        line, end, rest = record.message.partition("\n")
        if begins_record(line):
            for layout, parser in self._parsers():
                parsed = parser.parse(line)
                if parsed is not None:
                    level, _ = self.level_of(parsed.level, layout)
                    if level is not None:
                        message = parsed.message + end + rest
                        within = RawRecord(message, level, parsed.service or None, parsed.time)
                        return _merged(within, record)
        prefix = _PREFIX.fullmatch(record.message)
        if prefix is not None:
            level, _ = self.level_of(prefix["level"] or prefix["level2"], LAYOUTS["general"])
            text = prefix["rest"] if prefix["message"] is None else prefix["message"]
            message = (prefix["part"] or "") + text
            return replace(record, message=message, level=level)
        status = _STATUS.search(line)
        if status is not None:
            level = LAYOUTS["access"].levels[status[1] or status[2]]
            return replace(record, level=level)
        if _LEVEL_PAIR.search(line):
            within = self._of_pairs(record.message)
            if within.level is not None:
                # The program is a better answer than a part of it.
                return _merged(replace(within, service=record.service or within.service), record)
        return record

    def _parsers(self) -> list[tuple[Layout, LineParser]]:
        # Made when the first line is met: compiling takes a tenth of a second.
        if not self._made:
            likely = ([] if self._within is None else [self._within]) + [
                LAYOUTS[name] for name in _LIKELY
            ]
            self._made = [(layout, LineParser(layout)) for layout in likely]
        return self._made

    def _of_pairs(self, text: str) -> RawRecord:
        """The parts of pairs; pairs without a message are the message themselves."""
        pairs = _with_moment(read_pairs(text))
        record = self.documents.read(pairs) or self.documents.read({**pairs, "message": text})
        return record or RawRecord(text)


def _is_document(text: str) -> bool:
    """Whether a text may be an object in JSON, or an event in XML."""
    if text.startswith("{"):
        return text.rstrip().endswith("}")
    return text.startswith("<") and begins_event(text[:_EVENT_CHARS].encode("utf-8", "replace"))


def _merged(within: RawRecord, around: RawRecord) -> RawRecord:
    """The inner record, completed by what only the outer record says."""
    return RawRecord(
        within.message,
        within.level or around.level,
        within.service or around.service,
        around.time if within.time is None else within.time,
        None if within.level or around.level else within.unknown or around.unknown,
        within.is_open,
    )


def read_pairs(text: str) -> dict[str, Any]:
    """The pairs `name=value` of a text, values without their quotes; the first of a name counts."""
    pairs: dict[str, Any] = {}
    for match in _PAIR.finditer(clean_text(text)):
        name, quoted, plain = match.groups()
        if quoted is not None:
            plain = _ESCAPED.sub(_unescape, quoted)
        if plain is not None:
            pairs.setdefault(name, plain)
    return pairs


def _with_moment(pairs: dict[str, Any]) -> dict[str, Any]:
    """Pairs whose time has its day, where `date` and `time` are two, as firewalls write."""
    day, clock = pairs.get("date"), pairs.get("time")
    if day is None or clock is None or not clock.startswith(tuple("012")) or "-" in clock:
        return pairs
    return {**pairs, "time": f"{day} {clock}"}


def _unescape(match: re.Match[str]) -> str:
    return {"n": "\n", "t": "\t", "r": "\r"}.get(match[1], match[1])
