"""Compares the patterns of two runs, releases or days."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Literal

import msgspec

from trainer.errors import FoundDifferenceError
from trainer.jobs.count_tables import CountTables
from trainer.jobs.data import Data
from trainer.jobs.listener import SILENCE, Listener
from trainer.jobs.patterns import list_patterns, patterns_of_version
from trainer.patterns.comparison import Comparison, compare
from trainer.patterns.pattern import Pattern
from trainer.reading.sources import find_sources
from trainer.store.opening import Models

Failure = Literal["new-error", "more-error", "new", "new-service", "any"]

FAILURES: Final[dict[Failure, Callable[[Comparison], int]]] = {
    "new-error": lambda comparison: (
        comparison.count("new", severe=True) + comparison.count("louder")
    ),
    "more-error": lambda comparison: comparison.count("more", severe=True),
    "new": lambda comparison: comparison.count("new"),
    "new-service": lambda comparison: len(comparison.new_services),
    "any": lambda comparison: len(comparison.changes),
}
"""How many changes there are of each kind that --fail-on may name."""


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """The patterns of a side.

    Attributes:
        name: what the user called it.
        patterns: none twice.
        n_lines: lines in all, those of patterns that are not listed included.
        is_complete: whether all of its patterns are there.
    """

    name: str
    patterns: list[Pattern]
    n_lines: int
    is_complete: bool = True


def side_of(
    name: str,
    read: Callable[[Sequence[str]], Data],
    *,
    counts: bool = False,
    model_dir: Models = "models",
    listener: Listener = SILENCE,
) -> Side:
    """The patterns behind what a user called a side.

    Args:
        name: a version's number, a list of patterns, or data.
        read: finds data, given its name.
        counts: whether it is a count table that an SQL engine made.
        model_dir: the model store, or a registry over it.
        listener: receives the job's progress.

    Raises:
        TrainingError: it cannot be read, or has no patterns.
    """
    if name.isdecimal() and not Path(name).exists():
        listing = patterns_of_version(int(name), model_dir=model_dir)
        return Side(
            name=f"version {name}",
            patterns=listing.patterns,
            n_lines=listing.n_lines,
            is_complete=listing.is_complete,
        )
    if not counts:
        from trainer.patterns.tables import (  # noqa: PLC0415 - loads DuckDB
            add_up,
            is_list,
            read_list,
        )

        sources = find_sources([name])
        if all(is_list(source) for source in sources):
            patterns = add_up(pattern for source in sources for pattern in read_list(source))
            n_lines = sum(pattern.count for pattern in patterns)
            return Side(name=name, patterns=patterns, n_lines=n_lines)
    data = CountTables([name]) if counts else read([name])
    holdings = data.count(listener)
    patterns = list_patterns(holdings)
    return Side(name=name, patterns=patterns, n_lines=int(holdings.patterns.counts.sum()))


def diff(good: Side, bad: Side, listener: Listener = SILENCE) -> Comparison:
    """Compare two sides."""
    for side in (good, bad):
        if not side.is_complete:
            listener.say(
                f"warning: {side.name} keeps its {len(side.patterns):,} most frequent patterns, so "
                f"rare patterns may seem new or gone"
            )
    return compare(good.patterns, bad.patterns, n_good=good.n_lines, n_bad=bad.n_lines)


def check(comparison: Comparison, failures: Sequence[Failure]) -> None:
    """Fail if there are changes of the kinds that --fail-on names.

    Raises:
        FoundDifferenceError: says how much there is of each.
    """
    counts = {name: FAILURES[name](comparison) for name in failures}
    if any(counts.values()):
        named = ", ".join(f"{name} {n:,}" for name, n in counts.items() if n)
        raise FoundDifferenceError(f"found what --fail-on names: {named}")
