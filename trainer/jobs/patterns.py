"""Lists the patterns of data, or those that a published version learned from."""

import msgspec

from inference.model.model import Model
from schemas.bundle.manifest import PATTERNS_FILE
from trainer.errors import InputError, StoreError
from trainer.jobs.data import Data
from trainer.jobs.dataset import Holdings
from trainer.jobs.listener import SILENCE, Listener
from trainer.patterns.lists import KEPT, count_lines, read_kept
from trainer.patterns.pattern import Pattern
from trainer.patterns.summing import flagged_rows
from trainer.store.candidate import load_candidate
from trainer.store.opening import Models, registry_over


class PatternList(msgspec.Struct, frozen=True, kw_only=True):
    """The patterns of data.

    Attributes:
        patterns: the most frequent first.
        n_lines: lines with a message in the data, those of patterns that are not listed included.
        version: the model whose flags they bear; None where none was asked.
        is_complete: whether all patterns of the data are there.
    """

    patterns: list[Pattern]
    n_lines: int
    version: int | None
    is_complete: bool = True


def patterns_in(
    data: Data,
    *,
    model_dir: Models = "models",
    version: int | None = None,
    listener: Listener = SILENCE,
) -> PatternList:
    """The patterns of data.

    Args:
        data: the records; those without a message have no pattern.
        model_dir: the model store, or a registry over it.
        version: the model whose flags the patterns get; None for the current version, if any.
        listener: receives the job's progress.

    Raises:
        InputError: the data cannot be read, or its messages make too many patterns.
        StoreError: there is no such version.
    """
    registry = registry_over(model_dir)
    if version is None and registry.signature() is not None:
        version = registry.current_version()
    # Before the data, which may take long.
    model = None if version is None else load_candidate(registry, version).model
    holdings = data.count(listener)
    return PatternList(
        patterns=list_patterns(holdings, model),
        n_lines=int(holdings.patterns.counts.sum()),
        version=version,
    )


def list_patterns(holdings: Holdings, model: Model | None = None) -> list[Pattern]:
    """All patterns that data holds, the most frequent first, with a model's flags.

    Raises:
        InputError: there are too many of them, or none since no record has a message.
    """
    table = holdings.patterns
    if table.overflowed:
        raise InputError(
            "the messages make more than 200,000 patterns, so they hardly repeat; see that "
            "--message-field is the text alone, without times or names of hosts"
        )
    if holdings.table.n_distinct and not table.n_rows:
        raise InputError(
            "the records have no messages, or do not name their patterns: give raw logs, or count "
            "tables with the column `pattern` from which no other table was taken away"
        )
    return holdings.list_patterns(None if model is None else flagged_rows(table, model))


def patterns_of_version(version: int, *, model_dir: Models = "models") -> PatternList:
    """The patterns of the data that a version was made of, with its flags, as far as it keeps them.

    Lines that were held out of training are among them.

    Args:
        version: its number.
        model_dir: the model store, or a registry over it.

    Raises:
        StoreError: there is no such version, or it keeps no patterns.
        InputError: the file of its patterns cannot be read.
    """
    registry = registry_over(model_dir)
    load_candidate(registry, version)
    path = registry.path(version) / PATTERNS_FILE
    if not path.exists():
        raise StoreError(
            f"version {version} keeps no patterns: those of raw logs are kept by `fit`; list them "
            f"from the data"
        )
    patterns = read_kept(path)
    return PatternList(
        patterns=patterns,
        n_lines=count_lines(patterns),
        version=version,
        is_complete=len(patterns) < KEPT,
    )
