"""A plan for each file: how it is read, or that it is no log and skipped."""

import os
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final

import msgspec

from trainer.errors import InputError, NoLayoutError
from trainer.reading.formats.format import Detected
from trainer.reading.options import ReadingOptions
from trainer.reading.plan import PlannedSource
from trainer.reading.sniffing import sniff_source
from trainer.reading.sources import STANDARD_INPUT, Source

MAX_SNIFFED: Final = 1_000
"""Files that are sniffed one by one; of more, those whose names differ in digits count as alike."""

MAX_PASSED_SHOWN: Final = 5

NO_LAYOUT: Final = (
    "WARNING: no layout fits; each line is a record by itself, with a level only where the line "
    "begins with a level. Check with: python -m trainer look"
)

_DIGITS: Final = re.compile(r"[0-9]+")


class PassedOver(msgspec.Struct, frozen=True):
    """A file that is not read, and why."""

    uri: str
    problem: str


class Planned(msgspec.Struct, frozen=True):
    """Files and their plans.

    Attributes:
        files: files to read, each with its plan.
        notes: a sentence for people on each thing that was detected.
        passed: files that are no logs.
    """

    files: list[PlannedSource]
    notes: list[str]
    passed: list[PassedOver]


def plan_sources(sources: Sequence[Source], options: ReadingOptions) -> Planned:
    """Decide for each source how it is read.

    A file that a user spelt out must be readable, and is read as any text where nothing better
    fits; others, found in folders or by globs, are passed over where they are empty, no logs, or
    may not be read.

    Raises:
        InputError: a file that was spelt out cannot be read, or no file can be.
    """
    files: list[PlannedSource] = []
    passed: list[PassedOver] = []
    known: dict[str, Detected | InputError] = {}
    groups: dict[tuple[str, ...], list[str]] = {}
    for source in sources:
        found = _plan(source, options, known, _stem if len(sources) > MAX_SNIFFED else str)
        if isinstance(found, Detected):
            files.append(PlannedSource(source, found.plan))
            groups.setdefault(tuple(found.notes), []).append(source.uri)
        elif (source.named and len(sources) == 1) or (source.named and source.size_bytes != 0):
            raise found
        else:
            passed.append(PassedOver(source.uri, str(found).removeprefix(source.uri).lstrip(": ")))
    if not files:
        raise InputError(
            f"none of {len(sources)} files can be read as logs: "
            + "; ".join(
                f"{skipped.uri}: {skipped.problem}" for skipped in passed[:MAX_PASSED_SHOWN]
            )
        )
    return Planned(files, [*_say_groups(groups), *_say_passed(passed)], passed)


def _plan(
    source: Source,
    options: ReadingOptions,
    known: dict[str, Detected | InputError],
    stem: Callable[[str], str],
) -> Detected | InputError:
    if source.problem:
        return InputError(source.problem)
    key = stem(source.uri)
    found = known.get(key)
    if found is None:
        try:
            found = _look_into(source, options)
        except InputError as error:
            found = error
        if source.size_bytes != 0:
            known[key] = found
    return found


def _look_into(source: Source, options: ReadingOptions) -> Detected:
    year = _year_of(source)
    try:
        return sniff_source(source, options, year)
    except NoLayoutError:
        if not source.named:
            raise
        as_text = msgspec.structs.replace(options, layout="text")
        found = sniff_source(source, as_text, year)
        return Detected(found.plan, [*found.notes, NO_LAYOUT])


def _stem(uri: str) -> str:
    return _DIGITS.sub("#", uri)


def _year_of(source: Source) -> int:
    """The year of times that name none: that of the file's last change, or today's."""
    if source.member is not None:
        return datetime.fromtimestamp(source.member.changed, UTC).year
    try:
        changed = os.stat(source.uri).st_mtime if source.uri != STANDARD_INPUT else None  # noqa: PTH116 - an address is no path
    except (OSError, ValueError):
        changed = None
    moment = datetime.now(UTC) if changed is None else datetime.fromtimestamp(changed, UTC)
    return moment.year


def _say_groups(groups: dict[tuple[str, ...], list[str]]) -> list[str]:
    if len(groups) == 1:
        return list(next(iter(groups)))
    notes: list[str] = []
    for sentences, uris in groups.items():
        more = f" and {len(uris) - 1} more" if len(uris) > 1 else ""
        notes.append(f"{uris[0]}{more}:")
        notes += [f"  {sentence}" for sentence in sentences]
    return notes


def _say_passed(passed: Sequence[PassedOver]) -> list[str]:
    if not passed:
        return []
    shown = [f"  {skipped.uri}: {skipped.problem}" for skipped in passed[:MAX_PASSED_SHOWN]]
    more = len(passed) - len(shown)
    return [
        f"passed over {len(passed)} file{'s' if len(passed) > 1 else ''}:",
        *shown,
        *([f"  and {more} more"] if more else []),
    ]
