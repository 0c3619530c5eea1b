"""Writes docs/formats.md from the data that reading follows: `python -m scripts.formats`."""

from pathlib import Path
from typing import Final

from inference.intake.field_names import (
    LEVEL_NAMES,
    MESSAGE_NAMES,
    TIME_NAMES,
)
from inference.intake.layouts import LAYOUTS
from inference.intake.trace_names import TRACE_NAMES
from inference.intake.writer_names import SERVICE_NAMES
from schemas.record.features import Level
from schemas.record.levels import LEVEL_SYNONYMS, SCALES
from trainer.reading.formats.table import FORMATS

PAGE: Final = Path(__file__).parents[1] / "docs" / "formats.md"

_HEAD: Final = """\
# Formats

Made by `python -m scripts.formats` from the data that reading follows; a test compares it.

`python -m trainer fit` finds out by itself how each file is written, and says so. A name of
a format is for `--format`, one of a layout for `--layout`, one of a scale for `--levels`.
"""

_FRAMING: Final = [
    "JSON may be an object a line, an array, objects over several lines, objects or arrays behind",
    "each other, with commas, NULs or nothing between them; an event of Fluentd or Fluent",
    "Bit, `[time, record]`, is a record as well. Plain text may be syslog with the length before",
    "each message (RFC 6587). Events in XML may stand one a line, over several lines or in an",
    "export: those of Windows, whose text is the rendered message or else the data with their",
    "names, and those of Log4j, Logback, log4net, NLog and java.util.logging. Files that are no",
    "lines are read by one process each, in constant memory whatever their size.",
    "`POST /api/v1/logs` takes the same, but for Parquet and CSV.",
    "",
]


def page() -> str:
    """The text of docs/formats.md."""
    return "\n".join([_HEAD, *_formats(), *_layouts(), *_fields(), *_levels()])


def _formats() -> list[str]:
    rows = [f"| `{format_.name}` | {format_.title} |" for format_ in FORMATS.values()]
    return ["## Formats of files", "", "| name | format |", "| --- | --- |", *rows, "", *_FRAMING]


def _layouts() -> list[str]:
    rows = [
        f"| `{layout.name}` | {_escaped(layout.title)} | {_code(layout.examples[0].line)} |"
        for layout in LAYOUTS.values()
    ]
    return [
        "## Layouts of plain text",
        "",
        "The layout that reads most of a file's first lines is taken. W3C extended",
        "logs, as of IIS, name their columns themselves, as Exchange's do with commas and Zeek's",
        "with tabs; a file may have several such headings. Months and levels may be in English,",
        "German, French, Spanish, Portuguese, Italian, Dutch and Swedish. Lines may be in an",
        "envelope of Kubernetes",
        "(CRI), docker (json-file) or docker-compose; parts of lines are joined, and stack traces",
        "with their record, stream by stream of each container. Lines of other layouts may stand",
        "between; they are read by their own. Where no layout fits, a file in a folder is passed",
        "over with a note, and a file that was named is read as `text`, with a warning: build",
        "output, sentences.",
        "",
        "| name | written by | example |",
        "| --- | --- | --- |",
        *rows,
        "",
    ]


def _fields() -> list[str]:
    parts = {
        "message": MESSAGE_NAMES,
        "level": LEVEL_NAMES,
        "service": SERVICE_NAMES,
        "time": TIME_NAMES,
        "what a failure left": TRACE_NAMES,
    }
    rows = [f"| {part} | {' '.join(map(_code, names))} |" for part, names in parts.items()]
    return [
        "## Fields of structured records",
        "",
        "In any case, with `_` and `-` or without, the best first; a dot leads into an object.",
        "",
        "| part | names |",
        "| --- | --- |",
        *rows,
        "",
        "A level or service may also stand in an object beside (`context`, `meta`, `extra`,",
        "`tags`, `labels` ...), what a failure left also in objects within these. Where no field",
        "may hold a level, `type`, `kind` or `tags` do if their word means nothing else.",
        "",
        "OTLP's JSON, Loki's, CloudWatch's, Elasticsearch's and Azure's exports are taken apart,",
        "and so is what New Relic's shippers send.",
        "",
    ]


def _level(name: str) -> str:
    return _code(name) if " " in name else name


def _levels() -> list[str]:
    names: dict[str, list[str]] = {level.name: [level.name] for level in Level}
    for synonym, level in LEVEL_SYNONYMS.items():
        names[level].append(synonym)
    rows = [f"| {level} | {' '.join(map(_level, found))} |" for level, found in names.items()]
    scales = [f"| `{name}` | {_scale(scale)} |" for name, scale in SCALES.items()]
    return [
        "## Levels",
        "",
        "| level | names, in any case and decorated as in `[error]:` or `ERROR+2` |",
        "| --- | --- |",
        *rows,
        "",
        "| scale | numbers |",
        "| --- | --- |",
        *scales,
        "",
    ]


def _scale(scale: dict[int, str]) -> str:
    by_level: dict[str, list[str]] = {}
    for number in sorted(scale):
        by_level.setdefault(scale[number], []).append(str(number))
    return ", ".join(f"{level} {' '.join(numbers)}" for level, numbers in by_level.items())


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("\t", " ")


def _code(text: str) -> str:
    return f"`{_escaped(text)}`"


if __name__ == "__main__":
    PAGE.write_text(page())
