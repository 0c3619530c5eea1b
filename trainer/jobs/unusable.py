"""What becomes of records that cannot be used, and of what a person may want to check."""

from collections.abc import Sequence
from typing import Final

from trainer.errors import InputError
from trainer.jobs.listener import Listener
from trainer.reading.faults import Notes
from trainer.report.content import BadRecord

_BAD_SHOWN: Final = 3
_LEVELS_SHOWN: Final = 5
NOTHING_NOTED: Final = Notes()


def check_bad(
    n_bad: int,
    n_records: int,
    bad: Sequence[BadRecord],
    max_bad_fraction: float,
    listener: Listener,
    notes: Notes = NOTHING_NOTED,
) -> None:
    """The one rule on unusable records: a few are named, too large a share of them stops a job.

    Raises:
        InputError: names the first ones.
    """
    shown = [f"{record.place}: {record.problem}" for record in bad[:_BAD_SHOWN]]
    if n_bad - notes.n_leading > max_bad_fraction * n_records:
        raise InputError(
            f"{n_bad} of {n_records} records cannot be used, more than the share of "
            f"{max_bad_fraction:g} that --max-bad-fraction allows; the first: {'; '.join(shown)}"
        )
    if n_bad:
        listener.say(f"warning: {n_bad:,} of {n_records:,} records cannot be used, as in")
        for line in shown:
            listener.say(f"  {line}")
    for sentence in describe_notes(notes):
        listener.say(sentence)


def describe_notes(notes: Notes) -> list[str]:
    """What a person may want to check, a sentence each."""
    said = []
    if notes.n_continued:
        said.append(f"{notes.n_continued:,} lines continue the record before them")
    if notes.n_foreign:
        said.append(f"{notes.n_foreign:,} records are of another layout than their file")
    if notes.levels:
        most = sorted(notes.levels.items(), key=lambda item: (-item[1], item[0]))
        named = ", ".join(f"{name} {count:,}" for name, count in most[:_LEVELS_SHOWN])
        said.append(
            f"warning: {sum(notes.levels.values()):,} records have an unknown level and got the "
            f"default one ({named}); --level-map says what they mean"
        )
    return said
