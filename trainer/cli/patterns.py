"""`python -m trainer patterns`: what data repeats, service by template."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from trainer.cli.command import Command, UsageError
from trainer.cli.data_options import DATA_HELP, add_counts, add_data, required_data
from trainer.cli.fit_options import add_version
from trainer.cli.store import open_models
from trainer.cli.terminal import Terminal, print_wide_table, write_out
from trainer.jobs.patterns import PatternList, patterns_in, patterns_of_version
from trainer.patterns.lists import to_lines, write_parquet
from trainer.patterns.pattern import Pattern
from trainer.store.files import replacing

DEFAULT_LIMIT: Final = 40
"""Patterns of a table unless a user says how many."""

SEEN_CHARS: Final = len("2026-11-26T18:30:00")

_DESCRIPTION: Final = f"""\
List the patterns of data: what a service writes by a template, whatever the numbers in it. With
--version N and no DATA, those of the data that version N was made of. Patterns that the current
model, or version N, flags are marked. With --json, an object for each pattern on standard output.

{DATA_HELP}"""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_data(parser, required=False)
    add_counts(parser)
    add_version(parser)
    parser.add_argument("--json", action="store_true", help="a JSON object for each pattern")
    parser.add_argument("--parquet", type=Path, metavar="FILE", help="write a Parquet file")
    parser.add_argument("--flagged", action="store_true", help="only patterns with a flagged line")
    parser.add_argument(
        "--limit",
        type=int,
        metavar="N",
        help=f"the N most frequent (default: {DEFAULT_LIMIT}; with --json and --parquet all)",
    )


def _run(arguments: argparse.Namespace) -> None:
    if arguments.limit is not None and arguments.limit < 0:
        raise UsageError(f"--limit {arguments.limit}: Expected 0 or more")
    if arguments.json and arguments.parquet:
        raise UsageError("give either --json or --parquet FILE, not both")
    listing = _find(arguments)
    if arguments.flagged and listing.version is None:
        raise UsageError("--flagged: no model has been published that could flag anything")
    patterns = [
        pattern for pattern in listing.patterns if pattern.is_flagged or not arguments.flagged
    ]
    shown = patterns[: arguments.limit] if arguments.limit is not None else patterns
    if arguments.json:
        write_out(to_lines(shown))
    elif arguments.parquet:
        with replacing(arguments.parquet) as temporary:
            write_parquet(shown, temporary)
        print(f"{len(shown):,} patterns written to {arguments.parquet}")
    else:
        limit = DEFAULT_LIMIT if arguments.limit is None else arguments.limit
        _print(listing, patterns, patterns[:limit])


def _find(arguments: argparse.Namespace) -> PatternList:
    models = open_models(arguments)
    if arguments.version is not None and not arguments.data and not arguments.counts:
        return patterns_of_version(arguments.version, model_dir=models)
    return patterns_in(
        required_data(arguments),
        model_dir=models,
        version=arguments.version,
        listener=Terminal(),
    )


def _print(listing: PatternList, patterns: Sequence[Pattern], shown: Sequence[Pattern]) -> None:
    columns: dict[str, list[str]] = {
        "count": [f"{pattern.count:,}" for pattern in shown],
        "share": [f"{pattern.share:.2%}" for pattern in shown],
        "rarity": [f"{pattern.rarity:.2f}" for pattern in shown],
        "level": [pattern.level for pattern in shown],
        "service": [pattern.service for pattern in shown],
        "first seen": [seen(pattern.first_seen, pattern.first_place) for pattern in shown],
        "last seen": [seen(pattern.last_seen, pattern.last_place) for pattern in shown],
    }
    if listing.version is not None:
        columns["flagged"] = [
            f"{pattern.n_flagged:,}" if pattern.n_flagged else "" for pattern in shown
        ]
    columns["pattern"] = [pattern.pattern_id for pattern in shown]
    columns["text"] = [pattern.text for pattern in shown]
    print_wide_table(columns, spared=("share", "rarity", "first seen", "last seen"))
    print(_sum(listing, patterns, shown))


def seen(time: str, place: str) -> str:
    """When, or else where, in few characters."""
    return time[:SEEN_CHARS] or place.rpartition("/")[2]


def _sum(listing: PatternList, patterns: Sequence[Pattern], shown: Sequence[Pattern]) -> str:
    flagged = sum(1 for pattern in listing.patterns if pattern.is_flagged)
    n_flagged = sum(pattern.n_flagged or 0 for pattern in listing.patterns)
    by = (
        ""
        if listing.version is None
        else (f"; version {listing.version} flags {n_flagged:,} lines of {flagged:,} patterns")
    )
    more = "" if listing.is_complete else ", the most frequent,"
    left = "" if len(shown) == len(patterns) else f" ({len(shown):,} shown)"
    return f"{len(listing.patterns):,} patterns{more} of {listing.n_lines:,} lines{left}{by}"


COMMAND: Final = Command("list what data repeats", _add_arguments, _run, _DESCRIPTION)
