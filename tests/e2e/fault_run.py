"""The fault run of samples/ as counters of twelve days, for rules that look a week back.

A second of the run becomes half an hour, in which its lines come evenly, as many a second as there.
The part before the first fault is repeated until it fills the week before the run.
"""

import gzip
import json
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from tests.e2e.containers import ROOT

STRETCH: Final = 1_800
STEP_S: Final = 60
WEEK_S: Final = 8 * 86_400
SETTLED_S: Final = 10.0
"""Of the run itself: programs that start write what they do not write later."""

Kind = tuple[str, str]


class Fault(msgspec.Struct, frozen=True):
    """A fault of the run.

    Attributes:
        name: what it is called.
        services: those that it concerns.
        start, end: in seconds since 1970, stretched; of the first and behind the last second that
            it was there.
    """

    name: str
    services: frozenset[str]
    start: float
    end: float


class FaultRun(msgspec.Struct, frozen=True):
    """The run, stretched.

    Attributes:
        faults: in the order in which they were provoked.
        start, end: of the run with its faults, in seconds since 1970, whole minutes.
        text: the counters of the week and the run, as OpenMetrics with times.
    """

    faults: list[Fault]
    start: int
    end: int
    text: str


def stretch(end: int) -> FaultRun:
    """The run so that it ends at a time, in seconds since 1970."""
    folder = ROOT / "samples"
    logs = _read(folder / "logs.jsonl.gz")
    provoked = json.loads((folder / "faults.json").read_text())
    began = int(logs[0][0] + SETTLED_S)
    first = int(_seconds(provoked[0]["start"])) - 1
    ordinary = [(int(at) - began, kind) for at, kind in logs if began <= at < first]
    faulty = [(int(at) - first, kind) for at, kind in logs if at >= first]
    start = end - STRETCH * (faulty[-1][0] + 1)
    length = first - began
    repeats = WEEK_S // (length * STRETCH) + 1
    seconds = Counter(
        (at - (repeats - n) * length, kind) for n in range(repeats) for at, kind in ordinary
    )
    seconds.update(faulty)
    faults = [
        Fault(
            fault["name"],
            frozenset(fault["services"]),
            start + (int(_seconds(fault["start"])) - first) * STRETCH,
            start + (int(_seconds(fault["end"])) + 1 - first) * STRETCH,
        )
        for fault in provoked
    ]
    return FaultRun(faults, start, end, _as_text(seconds, start, end))


def _read(path: Path) -> list[tuple[float, Kind]]:
    """When each line was written, and by which service at which level; by time."""
    with gzip.open(path, "rt") as lines:
        records = [json.loads(line) for line in lines]
    return sorted(
        (_seconds(record["timestamp"]), (record["service"], record["level"])) for record in records
    )


def _seconds(time: str) -> float:
    return datetime.fromisoformat(time).timestamp()


def _as_text(seconds: Counter[tuple[int, Kind]], start: int, end: int) -> str:
    """The counters at each minute; all of them begin at zero, as those of a service do.

    Args:
        seconds: how many lines of each kind each second of the run has, counted from its start.
        start: of the run, stretched.
        end: of the run, stretched.
    """
    begin = start + STRETCH * min(second for second, _ in seconds)
    lines = ["# HELP log_anomaly_logs Logs", "# TYPE log_anomaly_logs counter"]
    for kind in sorted({kind for _, kind in seconds}):
        labels = f'job="a",service="{kind[0]}",level="{kind[1]}"'
        count = 0
        for now in range(begin, end + 1, STEP_S):
            lines.append(f"log_anomaly_logs_total{{{labels}}} {count} {now}")
            count += STEP_S * seconds[(now - start) // STRETCH, kind]
    lines.append("# TYPE log_anomaly_build_info gauge")
    lines += [f'log_anomaly_build_info{{job="a"}} 1 {now}' for now in range(begin, end, STEP_S)]
    return "\n".join([*lines, "# EOF", ""])
