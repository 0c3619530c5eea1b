"""The rule on unusable records, and notes on doubtful readings."""

from collections.abc import Sequence
from typing import Final

from trainer.errors import InputError
from trainer.jobs.listener import Listener
from trainer.reading.faults import Notes
from trainer.report.content import BadRecord

_BAD_SHOWN: Final = 3
_LEVELS_SHOWN: Final = 5
MAX_BAD_FRACTION: Final = 0.01
"""The share of records that may be unusable before a job stops, if the user gives none."""

FEW_BAD: Final = 5
"""Up to so many stop no job without a given share, unless they are more than half of the records:
1 % of a small file is less than a record."""

NOTHING_NOTED: Final = Notes()


def check_bad(
    n_bad: int,
    n_records: int,
    bad: Sequence[BadRecord],
    max_bad_fraction: float | None,
    listener: Listener,
    notes: Notes = NOTHING_NOTED,
) -> None:
    """The rule on unusable records: a few are named, too large a share of them stops a job.

    Args:
        n_bad: how many cannot be used; those before a file's first record count for nothing.
        n_records: of how many.
        bad: the first of them.
        max_bad_fraction: the share that may be unusable; None is `MAX_BAD_FRACTION`, or `FEW_BAD`
            records where that is more and no more than half of them.
        listener: receives a few of them.
        notes: what else it receives.

    Raises:
        InputError: names the first records.
    """
    shown = [f"{record.place}: {record.problem}" for record in bad[:_BAD_SHOWN]]
    share = MAX_BAD_FRACTION if max_bad_fraction is None else max_bad_fraction
    most = share * n_records
    if max_bad_fraction is None:
        most = max(most, min(FEW_BAD, n_records // 2))
    if n_bad - notes.n_leading > most:
        raise InputError(
            f"{n_bad} of {n_records} records cannot be used, more than the share of "
            f"{share:g} that --max-bad-fraction allows; the first: {'; '.join(shown)}"
        )
    if n_bad:
        listener.say(f"warning: {n_bad:,} of {n_records:,} records cannot be used, as in")
        for line in shown:
            listener.say(f"  {line}")
    for sentence in describe_notes(notes):
        listener.say(sentence)


def describe_notes(notes: Notes) -> list[str]:
    """Notes on doubtful readings, a sentence each."""
    sentences = []
    if notes.n_continued:
        sentences.append(f"{notes.n_continued:,} lines continue the record before them")
    if notes.n_foreign:
        sentences.append(f"{notes.n_foreign:,} records are of another layout than their file")
    if notes.unnamed:
        more = f" and {len(notes.unnamed) - 1} more" if len(notes.unnamed) > 1 else ""
        sentences.append(
            f"warning: {notes.unnamed[0]}{more}: no extractor is named, so the records may have "
            "been made by the rules of another release; count the logs again, by `python -m "
            "trainer count` or by the query that `python -m trainer sql` writes"
        )
    if notes.levels:
        most = sorted(notes.levels.items(), key=lambda item: (-item[1], item[0]))
        named = ", ".join(f"{name} {count:,}" for name, count in most[:_LEVELS_SHOWN])
        sentences.append(
            f"warning: {sum(notes.levels.values()):,} records have an unknown level and got the "
            f"default level ({named}); --level-map says what they mean"
        )
    return sentences
