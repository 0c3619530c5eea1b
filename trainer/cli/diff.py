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
data too), numbers of versions, lists that `patterns --json` or `--parquet` or the query of
`sql --kind patterns` made, or with --counts tables for training. Counts are exact; more and less is
what a test and a factor of two say (see docs/patterns.md).
"""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("good", metavar="GOOD", help="data, a version or a list of patterns")
    parser.add_argument("bad", metavar="BAD", help="the other side, compared with GOOD")
    parser.add_argument("--json", action="store_true", help="a JSON object for each change")
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
    comparison = diff(good, bad, terminal)
    if arguments.html:
        from trainer.report.diff_page import render_diff  # noqa: PLC0415 - loads jinja2

        write_atomically(arguments.html, render_diff(comparison, good.name, bad.name))
    if arguments.json:
        encode = msgspec.json.Encoder().encode
        write_out(b"".join(encode(change) + b"\n" for change in comparison.changes))
    else:
        _print(comparison, good, bad, comparison.changes[: arguments.limit])
    check(comparison, arguments.fail_on)


def _print(comparison: Comparison, good: Side, bad: Side, shown: Sequence[Change]) -> None:
    if shown:
        print_wide_table(_columns(shown), spared=("share x", "G2", "first seen"))
    for sentence in sentences(comparison, good, bad):
        print(sentence)
    if len(shown) < len(comparison.changes):
        print(f"{len(shown):,} of {len(comparison.changes):,} changes shown")


def _columns(shown: Sequence[Change]) -> dict[str, list[str]]:
    return {
        "rank": [str(rank) for rank in range(1, len(shown) + 1)],
        "change": [change.kind for change in shown],
        "level": [change.level for change in shown],
        "service": [change.service for change in shown],
        "good": [f"{change.good:,}" for change in shown],
        "bad": [f"{change.bad:,}" for change in shown],
        "share x": ["" if not change.ratio else f"{change.ratio:.2f}" for change in shown],
        "G2": [f"{change.g2:.1f}" for change in shown],
        "first seen": [
            change.first_seen[:SEEN_CHARS] or change.first_place.rpartition("/")[2]
            for change in shown
        ],
        "pattern": [change.pattern_id for change in shown],
        "text": [change.text for change in shown],
    }


def sentences(comparison: Comparison, good: Side, bad: Side) -> list[str]:
    """The comparison in sentences."""
    n_severe = comparison.count("new", severe=True)
    kinds = [
        f"{comparison.count('new'):,} new ({n_severe:,} at ERROR or FATAL)",
        f"{comparison.count('louder'):,} now at ERROR or FATAL too",
        f"{comparison.count('more'):,} more frequent",
        f"{comparison.count('less'):,} less frequent",
        f"{comparison.count('gone'):,} gone",
    ]
    sides = (
        f"{comparison.n_good:,} lines of {comparison.good_patterns:,} patterns in {good.name}, "
        f"{comparison.n_bad:,} lines of {comparison.bad_patterns:,} patterns in {bad.name}"
    )
    s = "" if len(comparison.changes) == 1 else "s"
    lines = [sides, f"{len(comparison.changes):,} pattern{s} to read: {', '.join(kinds)}"]
    for what, names in (
        ("new services", comparison.new_services),
        ("services gone", comparison.gone_services),
        ("new levels", comparison.new_levels),
        ("levels gone", comparison.gone_levels),
    ):
        if names:
            lines.append(f"{what}: {', '.join(names)}")
    return lines


COMMAND: Final = Command(
    "compare two runs, releases or days, pattern by pattern", _add_arguments, _run, _DESCRIPTION
)
