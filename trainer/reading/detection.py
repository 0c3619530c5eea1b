"""How data is to be read, told from the beginning of its first file and from what a user gave."""

import re
from collections.abc import Callable, Collection, Sequence
from typing import Any, Final

import msgspec

from schemas.record.features import Level
from trainer.errors import InputError
from trainer.reading.fields import MESSAGE_NAMES, find_fields, find_numbers, flatten_names, guess
from trainer.reading.fields import quote as q
from trainer.reading.given import Given
from trainer.reading.layout_choice import choose_layout
from trainer.reading.naming import service_of_file
from trainer.reading.paths import look_up
from trainer.reading.plan import Format, ReadingPlan
from trainer.reading.tables import MAX_SAMPLE_ROWS, find_delimiter, read_rows

__all__ = ["Detected", "Given", "detect_parquet", "detect_plan"]

_PARQUET: Final = "PAR1"
_PARQUET_PLAN: Final = ReadingPlan(format="parquet", kind="logs")
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
_COMPRESSION: Final = re.compile(r"[.](?:gz|gzip|zst|zstd)$", re.IGNORECASE)
_TABLE: Final = re.compile(r"[.][ct]sv$", re.IGNORECASE)
_JSON_ARRAY: Final = re.compile(r"\s*\[\s*(?:\{|\]\s*$)")


class Detected(msgspec.Struct, frozen=True):
    """How data is to be read, and a sentence for people on each thing that was detected."""

    plan: ReadingPlan
    said: list[str]


class _Sample(msgspec.Struct, frozen=True):
    """The beginning of a file, decoded, and what is known of the file."""

    text: str
    name: str
    given: Given

    def lines(self) -> list[str]:
        """The first whole lines that are not blank; a part of a line only if there is no other."""
        lines = self.text.split("\n")
        whole = lines[:-1] if any(line.strip() for line in lines[:-1]) else lines
        return [line.rstrip("\r") for line in whole if line.strip()][:MAX_SAMPLE_ROWS]


def detect_plan(head: bytes, name: str, given: Given) -> Detected:
    """Decide how to read data.

    The columns of Parquet are not in its beginning: for it the plan names the format alone, and
    `detect_parquet` makes the rest.

    Args:
        head: the first bytes of a file, decompressed; may end within a line.
        name: the file's name or address.
        given: what the user said; it goes before anything detected.

    Raises:
        InputError: it cannot be told how to read it; says what was tried and what to give. Or what
            was given does not go together.
    """
    if head.startswith(_UTF16):
        raise InputError(
            f"{name} is UTF-16; convert it to UTF-8, as with: iconv -f UTF-16 -t UTF-8"
        )
    sample = _Sample(head.decode("utf-8-sig", "replace"), name, given)
    if not sample.text.strip():
        raise InputError(f"{name} is empty")
    format_ = given.format or _detect_format(sample)
    given.check(format_)
    try:
        return _DETECTORS[format_](sample)
    except InputError as error:
        raise InputError(f"{name}: {error}") from error


def detect_parquet(columns: Sequence[str], given: Given) -> Detected:
    """Decide how to read Parquet.

    Args:
        columns: their names; paths with dots for the fields of structs.
        given: what the user said.

    Raises:
        InputError: the columns hold neither raw logs nor features.
    """
    given.check("parquet")
    return _plan_records(_PARQUET_PLAN, ["format: Parquet"], columns, "", given)


def _detect_format(sample: _Sample) -> Format:
    given, text = sample.given, sample.text.lstrip()
    if text.startswith(_PARQUET):
        return "parquet"
    if given.layout is not None or given.pattern is not None:
        return "text"
    if given.delimiter is not None or _TABLE.search(_COMPRESSION.sub("", sample.name)):
        return "csv"
    if text.startswith("{") or _JSON_ARRAY.match(text):
        return "jsonl"
    return "csv" if find_delimiter(text, given.fields, min_columns=2) else "text"


def _detect_jsonl(sample: _Sample) -> Detected:
    if _JSON_ARRAY.match(sample.text):
        raise InputError("one JSON array; write one object a line, as with: jq -c '.[]'")
    documents = [one for one in map(_decode, sample.lines()) if one is not None]
    if not documents:
        raise InputError(
            "none of the first lines is a JSON object; if objects span several lines, write one "
            "a line, as with: jq -c ."
        )
    names = dict.fromkeys(name for document in documents for name in flatten_names(document))
    detected = _plan_records(
        ReadingPlan(format="jsonl", kind="logs"),
        [f"format: JSON lines (first {len(documents)} records)"],
        names,
        sample.name,
        sample.given,
    )
    level = detected.plan.fields.level
    return _with_numbers(detected, [level and look_up(one, level) for one in documents])


def _decode(line: str) -> dict[str, Any] | None:
    try:
        document = msgspec.json.decode(line)
    except (msgspec.DecodeError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _detect_parquet(sample: _Sample) -> Detected:
    if not sample.text.startswith(_PARQUET):
        raise InputError(f"no Parquet file, since it does not begin with {_PARQUET}")
    return Detected(_PARQUET_PLAN, ["format: Parquet"])


def _detect_csv(sample: _Sample) -> Detected:
    delimiter = sample.given.separator or find_delimiter(sample.text, sample.given.fields) or ","
    header, *rows = read_rows(sample.text, delimiter) or [[]]
    doubled = sorted({name for name in header if header.count(name) > 1})
    if doubled:
        raise InputError(f"the header names several columns {', '.join(map(q, doubled[:3]))}")
    detected = _plan_records(
        ReadingPlan(format="csv", kind="logs", delimiter=delimiter),
        [f"format: CSV, columns separated by {delimiter!r} (first {len(rows)} rows)"],
        header,
        sample.name,
        sample.given,
    )
    level = detected.plan.fields.level
    values = [
        row[header.index(level)] if level else None for row in rows if len(row) == len(header)
    ]
    return _with_numbers(detected, values)


def _detect_text(sample: _Sample) -> Detected:
    given, lines = sample.given, sample.lines()
    choice = choose_layout(lines, given.layout, given.pattern, continued=given.multiline)
    layout, parsed = choice.layout, choice.parsed
    level, service = given.default_level or Level.INFO, _service_said(sample.name, given)
    said = [
        "format: plain text",
        f"layout: {layout.name} ({len(parsed)} of {choice.n_counted} lines match)",
        "records: raw logs",
        f"level: from the lines ({level.value} where they have none)"
        if any(one.level for one in parsed)
        else f"level: not in the lines, taken as {level.value}",
        f"service: from the lines ({q(layout.service or service)} where they have none)"
        if any(one.service for one in parsed)
        else f"service: not in the lines, taken as {q(layout.service or service)}",
    ]
    plan = ReadingPlan(
        format="text",
        kind="logs",
        layout=layout,
        default_level=level,
        default_service=given.default_service,
    )
    return Detected(plan, said)


def _plan_records(
    plan: ReadingPlan, said: list[str], names: Collection[str], name: str, given: Given
) -> Detected:
    """Complete a plan for records with named fields."""
    fields = find_fields(names, given.fields)
    level, service = given.default_level or Level.INFO, _service_said(name, given)
    plan = msgspec.structs.replace(
        plan, fields=fields, default_level=level, default_service=given.default_service
    )
    label = [f"label: field {q(fields.label)}"] if fields.label else []
    if fields.message is None:
        message = guess(names, MESSAGE_NAMES)
        more = "" if message is None else f" (--message-field {message} reads raw logs instead)"
        plan = msgspec.structs.replace(plan, kind="features")
        return Detected(plan, [*said, f"records: the six features{more}", *label])
    return Detected(
        plan,
        [
            *said,
            "records: raw logs",
            f"message: field {q(fields.message)}",
            f"level: field {q(fields.level)} ({level.value} where it is missing)"
            if fields.level
            else f"level: not in the records, taken as {level.value}",
            f"service: field {q(fields.service)} ({q(service)} where it is missing)"
            if fields.service
            else f"service: not in the records, taken as {q(service)}",
            *label,
        ],
    )


def _with_numbers(detected: Detected, values: Sequence[object]) -> Detected:
    """Take numbers for levels where the level field holds nothing else."""
    found = find_numbers(values) if detected.plan.kind == "logs" else None
    if found is None:
        return detected
    logger, levels = found
    return Detected(
        msgspec.structs.replace(detected.plan, levels=levels),
        [*detected.said, f"levels: numbers as {logger} writes them"],
    )


def _service_said(name: str, given: Given) -> str:
    """What stands in for a service that a record does not name: given, or its file's name."""
    return given.default_service or service_of_file(name)


_DETECTORS: Final[dict[Format, Callable[[_Sample], Detected]]] = {
    "jsonl": _detect_jsonl,
    "csv": _detect_csv,
    "parquet": _detect_parquet,
    "text": _detect_text,
}
