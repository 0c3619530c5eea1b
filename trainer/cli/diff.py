"""`python -m trainer diff`: what is new in other logs."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from trainer.cli.command import Command, UsageError
from trainer.cli.data_options import add_reading, dataset_of
from trainer.cli.patterns import SEEN_CHARS
from trainer.cli.store import open_models
from trainer.cli.terminal import Terminal, print_wide_table, write_out
from trainer.jobs.diff import FAILURES, Side, check, diff, side_of
from trainer.patterns.comparison import Change, Comparison
from trainer.store.files import write_atomically

DEFAULT_LIMIT: Final = 60
"""Changes of a table unless a user says how many."""

_DESCRIPTION: Final = """\
Compare the patterns of two runs, two releases or two days: what is new, gone, more or less
frequent, and what of it to read first. GOOD and BAD are data as `fit` reads it (a glob in quotes is
one of them), numbers of versions, lists that `patterns --json` or `--parquet` or the query of
`sql --kind patterns` made, or with --counts tables for training. Counts are exact; more and less is
what a test and a factor of two say (see docs/patterns.md).
"""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("good", metavar="GOOD", help="data, a version or a list of patterns")
    parser.add_argument("bad", metavar="BAD", help="the other, held against it")
    parser.add_argument("--json", action="store_true", help="one JSON object for each change")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write a page as well")
    parser.add_argument(
        "--limit",
        type=int,
        default=DEFAULT_LIMIT,
        metavar="N",
        help="rows of the table (default: %(default)s)",
    )
    parser.add_argument(
        "--fail-on",
        action="append",
        default=[],
        choices=tuple(FAILURES),
        help="end with code 8 if there is any; repeatable",
    )
    parser.add_argument(
        "--counts", action="store_true", help="GOOD and BAD are count tables for training"
    )
    add_reading(parser)


def _run(arguments: argparse.Namespace) -> None:
    if arguments.limit < 0:
        raise UsageError(f"--limit {arguments.limit}: Expected 0 or more")
    terminal, models = Terminal(), open_models(arguments)
    good, bad = (
        side_of(
            name,
            lambda data: dataset_of(arguments, data),
            counts=arguments.counts,
            model_dir=models,
            listener=terminal,
        )
        for name in (arguments.good, arguments.bad)
    )
    found = diff(good, bad, terminal)
    if arguments.html:
        from trainer.report.diff_page import render_diff  # noqa: PLC0415 - loads jinja2

        write_atomically(arguments.html, render_diff(found, good.name, bad.name))
    if arguments.json:
        encode = msgspec.json.Encoder().encode
        write_out(b"".join(encode(change) + b"\n" for change in found.changes))
    else:
        _print(found, good, bad, found.changes[: arguments.limit])
    check(found, arguments.fail_on)


def _print(found: Comparison, good: Side, bad: Side, shown: Sequence[Change]) -> None:
    if shown:
        print_wide_table(_columns(shown), spared=("share x", "G2", "first seen"))
    for sentence in sentences(found, good, bad):
        print(sentence)
    if len(shown) < len(found.changes):
        print(f"{len(shown):,} of {len(found.changes):,} changes shown")


def _columns(shown: Sequence[Change]) -> dict[str, list[str]]:
    return {
        "rank": [str(rank) for rank in range(1, len(shown) + 1)],
        "change": [one.kind for one in shown],
        "level": [one.level for one in shown],
        "service": [one.service for one in shown],
        "good": [f"{one.good:,}" for one in shown],
        "bad": [f"{one.bad:,}" for one in shown],
        "share x": ["" if not one.ratio else f"{one.ratio:.2f}" for one in shown],
        "G2": [f"{one.g2:.1f}" for one in shown],
        "first seen": [
            one.first_seen[:SEEN_CHARS] or one.first_place.rpartition("/")[2] for one in shown
        ],
        "pattern": [one.pattern_id for one in shown],
        "text": [one.text for one in shown],
    }


def sentences(found: Comparison, good: Side, bad: Side) -> list[str]:
    """What was found, in words."""
    kinds = [
        f"{found.count('new'):,} new ({found.count('new', severe=True):,} at ERROR or FATAL)",
        f"{found.count('louder'):,} now at ERROR or FATAL too",
        f"{found.count('more'):,} more frequent",
        f"{found.count('less'):,} less frequent",
        f"{found.count('gone'):,} gone",
    ]
    sides = (
        f"{found.n_good:,} lines of {found.good_patterns:,} patterns in {good.name}, "
        f"{found.n_bad:,} lines of {found.bad_patterns:,} patterns in {bad.name}"
    )
    s = "" if len(found.changes) == 1 else "s"
    said = [sides, f"{len(found.changes):,} pattern{s} to read: {', '.join(kinds)}"]
    for what, names in (
        ("new services", found.new_services),
        ("services gone", found.gone_services),
        ("new levels", found.new_levels),
        ("levels gone", found.gone_levels),
    ):
        if names:
            said.append(f"{what}: {', '.join(names)}")
    return said


COMMAND: Final = Command(
    "compare two runs, releases or days, pattern by pattern", _add_arguments, _run, _DESCRIPTION
)
