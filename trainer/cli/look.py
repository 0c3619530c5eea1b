"""`python -m trainer look`: how data is read, for a person to check."""

import argparse
import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from trainer.cli.command import Command, UsageError
from trainer.cli.data_options import DATA_HELP, add_data, dataset
from trainer.cli.terminal import print_wide_table, say
from trainer.jobs.dataset import Dataset
from trainer.jobs.look import FileLook, look, records
from trainer.jobs.unusable import describe_notes

MAX_COUNTED: Final = 10
DEFAULT_LIMIT: Final = 100_000
"""Records of a file that are counted unless a user says how many."""

_DESCRIPTION: Final = f"""\
Show how data is read: for each file its layout, the share of its lines that match, the first
records, levels and services, and the times. Nothing is trained. With --json, an object for each
record on standard output.

{DATA_HELP}"""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_data(parser)
    parser.add_argument("--json", action="store_true", help="a JSON object for each record")
    parser.add_argument(
        "--limit",
        type=int,
        metavar="N",
        help=f"of each file, read so many records (default: {DEFAULT_LIMIT}; with --json all)",
    )


def _run(arguments: argparse.Namespace) -> None:
    if arguments.limit is not None and arguments.limit < 0:
        raise UsageError(f"--limit {arguments.limit}: Expected 0 or more")
    data = dataset(arguments)
    for sentence in data.detected:
        say(sentence)
    if arguments.json:
        _write(data, arguments.limit)
        return
    limit = DEFAULT_LIMIT if arguments.limit is None else arguments.limit
    for seen in look(data, limit):
        _print(seen, limit)


def _write(data: Dataset, limit: int | None) -> None:
    encode = msgspec.json.Encoder().encode
    try:
        for record in records(data, limit):
            sys.stdout.buffer.write(encode(record) + b"\n")
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        # The reader has closed the pipe; Python would complain once more when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _print(seen: FileLook, limit: int) -> None:
    layout = f", layout {seen.layout}" if seen.layout else ""
    more = " (the first records)" if seen.n_records >= limit else ""
    print(f"{seen.file}: {seen.format}{layout}")
    print(
        f"  {seen.n_records:,} records{more} of {seen.n_lines:,} lines, {seen.n_bad:,} bad; "
        f"{seen.matched_share:.1%} of the lines match"
    )
    for sentence in describe_notes(seen.notes):
        print(f"  {sentence}")
    share = seen.notes.n_swallowed / max(seen.n_lines, 1)
    print(f"  {share:.1%} of the lines begin with a time and continue a record")
    for fault in seen.bad[:3]:
        print(f"  line {fault.line}: {fault.problem}")
    print(f"  levels: {_counts(seen.levels)}")
    print(f"  services: {_counts(seen.services)}")
    print(f"  times: {_times(seen)}")
    print()
    columns = {
        "line": [str(record.line) for record in seen.first],
        "level": [record.level for record in seen.first],
        "service": [record.service for record in seen.first],
        "message": [(record.message or "").partition("\n")[0] for record in seen.first],
    }
    print_wide_table(columns, spared=())


def _counts(counts: Mapping[str, int]) -> str:
    shown = [f"{name} {count:,}" for name, count in list(counts.items())[:MAX_COUNTED]]
    more = len(counts) - len(shown)
    return ", ".join([*shown, *([f"and {more:,} more"] if more > 0 else [])]) or "none"


def _times(seen: FileLook) -> str:
    if seen.first_time is None or seen.last_time is None:
        return "none that name a day"
    start, end = (
        datetime.fromtimestamp(time / 1e6, UTC).isoformat(timespec="seconds")
        for time in (seen.first_time, seen.last_time)
    )
    gap = timedelta(microseconds=seen.largest_gap)
    year = f"; {seen.n_yearless:,} name no year, taken as {seen.year}" if seen.n_yearless else ""
    return (
        f"{start} to {end}, in {seen.n_timed:,} records; largest gap {gap}; "
        f"{seen.n_backwards:,} earlier than the record before them{year}"
    )


COMMAND: Final = Command(
    "show how data is read", _add_arguments, _run, _DESCRIPTION, uses_store=False
)
