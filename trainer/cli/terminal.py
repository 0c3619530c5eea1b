"""The terminal: notes and progress on standard error, results on standard output."""

import os
import shutil
import sys
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Final

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.table import Table

from trainer.counting.run import Advance
from trainer.report.formats import visible

PLAIN_EVERY_S: Final = 5.0
"""Between two lines of progress where there is no terminal."""

PLAIN_WIDTH: Final = 200
"""Of a wide table where there is no terminal."""

_WIDE: Final = 150
"""A narrower terminal does without some columns."""

_LEAST_ROOM: Final = 30
"""Characters of the last column, however narrow the terminal is."""


def say(text: str) -> None:
    """Print for a person on standard error: programs read standard output."""
    print(text, file=sys.stderr, flush=True)


class Terminal:
    """A listener that shows a person how a job goes."""

    def say(self, text: str) -> None:
        """A sentence on standard error."""
        say(text)

    def progress(self, what: str, total_bytes: int) -> AbstractContextManager[Advance]:
        """Progress of work on data: a bar on a terminal, else plain lines."""
        return progress(what, total_bytes)


@contextmanager
def progress(what: str, total_bytes: int) -> Iterator[Advance]:
    """Progress of work on data: a bar with rate and time left on a terminal, else plain lines."""
    if sys.stderr.isatty():
        with _bar(what, total_bytes) as advance:
            yield advance
        return
    started = last_line = time.monotonic()
    done_bytes = done_records = 0

    def advance_plainly(n_bytes: int, n_records: int) -> None:
        nonlocal last_line, done_bytes, done_records
        done_bytes += n_bytes
        done_records += n_records
        now = time.monotonic()
        if now - last_line >= PLAIN_EVERY_S:
            last_line = now
            share = f"{done_bytes / total_bytes:.0%}, " if total_bytes else ""
            rate = done_records / (now - started)
            left = (total_bytes - done_bytes) / max(done_bytes, 1) * (now - started)
            rest = f", {left:,.0f} s left" if total_bytes else ""
            say(f"{what}: {share}{done_records:,} records, {rate:,.0f} a second{rest}")

    yield advance_plainly


@contextmanager
def _bar(what: str, total_bytes: int) -> Iterator[Advance]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TextColumn("{task.fields[records]:,} records"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total_bytes or None, records=0)
        records = 0

        def advance(n_bytes: int, n_records: int) -> None:
            nonlocal records
            records += n_records
            bar.update(task, advance=n_bytes, records=records)

        yield advance


def print_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table on standard output; all columns but the first are numbers."""
    table = Table(box=None, pad_edge=False)
    for index, heading in enumerate(headings):
        table.add_column(heading, justify="right" if index else "left")
    for row in rows:
        table.add_row(*row)
    Console(width=None if sys.stdout.isatty() else 120, highlight=False).print(table)


def print_wide_table(columns: Mapping[str, Sequence[str]], spared: Collection[str]) -> None:
    """A table on standard output, a line for each row; the last column gets the room that is left.

    Args:
        columns: the texts of each by its heading; figures stand at the right.
        spared: columns that a narrow terminal does without.
    """
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else PLAIN_WIDTH
    kept = (
        dict(columns)
        if width >= _WIDE
        else {name: texts for name, texts in columns.items() if name not in spared}
    )
    lines = [[str(visible(text)) for text in (name, *texts)] for name, texts in kept.items()]
    widths = [max(map(len, column)) for column in lines[:-1]]
    room = max(width - sum(widths) - 2 * len(widths), _LEAST_ROOM)
    for number, row in enumerate(zip(*lines, strict=True)):
        cells = [
            text.rjust(size) if number and _is_figure(text) else text.ljust(size)
            for text, size in zip(row[:-1], widths, strict=True)
        ]
        last = row[-1] if len(row[-1]) <= room else row[-1][: room - 1] + "\N{HORIZONTAL ELLIPSIS}"
        print("  ".join([*cells, last]).rstrip())


def _is_figure(text: str) -> bool:
    return text[:1].isdecimal() and text.rstrip("%").replace(",", "").replace(".", "").isdecimal()


def write_out(data: bytes) -> None:
    """Bytes on standard output."""
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        # The reader has closed the pipe; Python would complain once more when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
