"""Labels the records with the faults and writes the sample files."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from samples.generator.packing import pack
from samples.generator.parse import Record
from samples.generator.stage import Window

LEVELS = ("DEBUG", "INFO", "WARN", "ERROR", "FATAL")

# nginx tells at its start which kernel it runs on, which is the machine's own affair.
_LEFT_OUT = ("nginx", "OS: ")


def stamp(moment: datetime) -> str:
    """Formats a moment in RFC 3339, UTC, with microseconds."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def label(record: Record, windows: Sequence[Window]) -> str | None:
    """Names the fault whose window and services the record falls into."""
    for window in windows:
        if window.start <= record.at < window.end and record.service in window.fault.services:
            return window.fault.name
    return None


def rows(records: Iterable[Record], windows: Sequence[Window]) -> list[dict[str, Any]]:
    """Makes the objects of the sample file."""
    service, beginning = _LEFT_OUT
    return [
        {
            "timestamp": stamp(record.at),
            "level": record.level,
            "service": record.service,
            "message": record.message,
            "fault": label(record, windows),
        }
        for record in records
        if not (record.service == service and record.message.startswith(beginning))
    ]


def write(folder: Path, made: Sequence[dict[str, Any]], windows: Sequence[Window]) -> None:
    """Writes logs.jsonl.gz and faults.json.

    The compressed file holds neither a time nor a name, so its bytes depend on the rows only.
    """
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in made)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "logs.jsonl.gz").write_bytes(pack(text.encode()))
    faults = [
        {
            "name": window.fault.name,
            "services": list(window.fault.services),
            "start": stamp(window.start),
            "end": stamp(window.end),
            "what": window.fault.what,
        }
        for window in windows
    ]
    (folder / "faults.json").write_text(json.dumps(faults, indent=2) + "\n")


def silent(made: Sequence[dict[str, Any]], windows: Sequence[Window]) -> list[str]:
    """Names the faults that left no line of level WARN or above: they did not take place."""
    heard = {row["fault"] for row in made if row["level"] in LEVELS[2:]}
    return [window.fault.name for window in windows if window.fault.name not in heard]


def _line(name: str, numbers: Iterable[int]) -> str:
    return f"| {name} | {' | '.join(str(number) for number in numbers)} |"


def summary(made: Sequence[dict[str, Any]], windows: Sequence[Window]) -> str:
    """Counts the rows, as two Markdown tables."""
    cells = Counter((row["service"], row["level"]) for row in made)
    lines = [f"| service | {' | '.join(LEVELS)} | all | labelled |"]
    lines.append("| --- |" + " ---: |" * (len(LEVELS) + 2))
    for service in sorted({row["service"] for row in made}):
        counts = [cells[service, level] for level in LEVELS]
        faulty = sum(row["service"] == service and row["fault"] is not None for row in made)
        lines.append(_line(service, (*counts, sum(counts), faulty)))
    totals = [sum(cells[key] for key in cells if key[1] == level) for level in LEVELS]
    faulty = sum(row["fault"] is not None for row in made)
    lines += [_line("all", (*totals, len(made), faulty)), ""]
    per_fault = Counter(row["fault"] for row in made)
    grave = Counter(row["fault"] for row in made if row["level"] in LEVELS[2:])
    lines += ["| fault | services | seconds | lines | of them WARN or above | what was done |"]
    lines += ["| --- | --- | ---: | ---: | ---: | --- |"]
    for window in windows:
        services = ", ".join(window.fault.services)
        seconds = (window.end - window.start).total_seconds()
        name, what = window.fault.name, window.fault.what
        numbers = f"{per_fault[name]} | {grave[name]}"
        lines.append(f"| {name} | {services} | {seconds:.1f} | {numbers} | {what} |")
    return "\n".join(lines)
