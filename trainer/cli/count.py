"""`python -m trainer count`: count tables that add up, made, merged, subtracted and listed."""

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from schemas.record.features import Level
from schemas.record.key import unpack
from trainer.cli.command import Command, UsageError, Work
from trainer.cli.data_options import DATA_HELP, add_counts, add_data, required_data
from trainer.cli.terminal import Terminal
from trainer.counting.table import CountTable
from trainer.jobs.count import count, write_counts
from trainer.jobs.count_tables import CountTables

_DESCRIPTION: Final = f"""\
Count data into a table of its distinct records, a small file that holds all that training needs of
it. Tables add up: `count --counts DAY1 --counts DAY2 --out BOTH`, and `fit --counts` trains on a
sum, with the same model as of the data. --minus takes a table away again, the day of an incident,
say. Without --out, what is counted is shown.

{DATA_HELP}"""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_data(parser, required=False)
    add_counts(parser)
    parser.add_argument(
        "--minus",
        action="append",
        default=[],
        metavar="FILE",
        help="a count table to take away; repeatable",
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="the table to write (.parquet)")


def _run(arguments: argparse.Namespace) -> Work:
    if arguments.out is not None and arguments.out.suffix != ".parquet":
        raise UsageError(f"--out {arguments.out}: Expected a name that ends in .parquet")
    less = CountTables(arguments.minus) if arguments.minus else None
    counted = count(required_data(arguments), less, Terminal())
    for name, value in _facts(counted.table):
        print(f"{name:<10}{value}")
    if arguments.out is not None:
        write_counts(counted, arguments.out)
        print(f"{'table':<10}{arguments.out}, {arguments.out.stat().st_size:,} bytes")
    return Work(counted.table.n_samples)


def _facts(table: CountTable) -> list[tuple[str, str]]:
    """The main figures of a table."""
    level = unpack(table.keys)[1]
    levels = [
        (known.value, int(table.counts[level == number].sum()))
        for number, known in enumerate(Level)
    ]
    facts = [
        ("rows", f"{table.n_samples:,}, {table.n_distinct:,} distinct"),
        ("levels", ", ".join(f"{name} {n:,}" for name, n in levels if n)),
        ("services", f"{len(table.services):,}"),
    ]
    if table.positives is not None:
        facts.append(("labelled", f"{int(table.positives.sum()):,}"))
    if table.has_times and table.first_seen is not None and table.last_seen is not None:
        first, last = table.first_seen, table.last_seen
        if table.n_distinct:
            facts.append(("seen", f"{_day(int(first.min()))} to {_day(int(last.max()))} UTC"))
    return facts


def _day(moment_us: int) -> str:
    return f"{datetime.fromtimestamp(moment_us / 1e6, UTC):%Y-%m-%d %H:%M}"


COMMAND: Final = Command(
    "count data into a table that adds up",
    _add_arguments,
    _run,
    _DESCRIPTION,
    uses_store=False,
    is_job=True,
)
