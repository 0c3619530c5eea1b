"""People's corrections: which of them a version takes over, and which hold no longer with it."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from inference.errors import BrokenVersionError, NoModelError
from inference.store.versions import CURRENT_FILE, ModelStore
from schemas.bundle.corrections import Correction, in_force, utc_now
from schemas.bundle.manifest import MANIFEST_FILE, PATTERNS_FILE, REPORT_FILE, Manifest
from trainer.store.history import Change
from trainer.store.proving import loaded

_MAX_NAMED: Final = 5
_MAX_TEXT: Final = 80


def carry_corrections(store: ModelStore, files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """The files of a new version with the corrections of the current version that still hold.

    Must be called under the lock of publishing, or corrections made meanwhile would be lost.

    Args:
        store: where it is to be published.
        files: of the new version by name, the manifest among them.
    """
    holding = corrections_to_carry(store)
    if not holding:
        return files
    manifest = Manifest.from_json(files[MANIFEST_FILE])
    manifest = msgspec.structs.replace(manifest, corrections=holding)
    return {**files, MANIFEST_FILE: manifest.to_json()}


def corrections_to_carry(store: ModelStore) -> list[Correction]:
    """The corrections of the current version that still hold; none without such a version."""
    try:
        current = store.manifest(store.current_version())
    except (NoModelError, BrokenVersionError):
        return []
    return in_force(current.corrections, utc_now())


def with_current_corrections(store: ModelStore, version: int) -> Mapping[str, bytes] | None:
    """The files of a version with the corrections of the current version that hold still.

    To be called under the lock of publishing.

    Args:
        store: where the version is.
        version: its number.

    Returns:
        The files by name; None if the version has these corrections, or there is no current
        version to take them from.

    Raises:
        NoVersionError: there is no such version.
        UnfitVersionError: it does not load.
    """
    try:
        current = store.manifest(store.current_version())
    except (NoModelError, BrokenVersionError):
        return None
    return with_corrections(store, version, current.corrections)


def with_corrections(
    store: ModelStore, version: int, corrections: Sequence[Correction]
) -> Mapping[str, bytes] | None:
    """The files of a version with those of some corrections that hold; None if it has these.

    Raises:
        NoVersionError: there is no such version.
        UnfitVersionError: it does not load.
    """
    bundle = loaded(store, version, CURRENT_FILE)
    now = utc_now()
    holding = in_force(corrections, now)
    if holding == in_force(bundle.manifest.corrections, now):
        return None
    manifest = msgspec.structs.replace(bundle.manifest, corrections=holding)
    return {**bundle.files, MANIFEST_FILE: manifest.to_json()}


def is_same_model(store: ModelStore, version: int | None, other: int | None) -> bool:
    """Whether two versions are the same, or differ by corrections alone; None is no version."""
    if version == other:
        return True
    if version is None or other is None:
        return False
    try:
        return store.manifest(version).files == store.manifest(other).files
    except (NoModelError, BrokenVersionError):
        return False


def no_longer_holding(store: ModelStore, change: Change) -> list[str]:
    """What held before a change of the current version and does not now: a sentence, or none."""
    if change.replaced is None:
        return []
    try:
        before, after = (store.manifest(n).corrections for n in (change.replaced, change.version))
    except (NoModelError, BrokenVersionError):
        return []
    known = {(correction.alike, correction.verdict) for correction in after}
    lost = [
        correction
        for correction in in_force(before, utc_now())
        if (correction.alike, correction.verdict) not in known
    ]
    if not lost:
        return []
    named = "; ".join(map(_named, lost[:_MAX_NAMED]))
    if lost[_MAX_NAMED:]:
        named += f"; and {len(lost) - _MAX_NAMED} more"
    what, them = ("correction", "it") if len(lost) == 1 else ("corrections", "them")
    sentence = (
        f"{len(lost)} {what} of version {change.replaced} {'does' if len(lost) == 1 else 'do'} not "
        f"hold in version {change.version} ({named}): `python -m trainer activate {change.version} "
        f"--corrections-of {change.replaced}` makes {them} hold"
    )
    return [sentence]


def _named(correction: Correction) -> str:
    what = correction.text[:_MAX_TEXT] or correction.pattern_id or "logs without a message"
    return f"{correction.verdict}, {correction.service}: {what}"


def is_just(store: ModelStore, known: int, version: int, files: Mapping[str, bytes]) -> bool:
    """Whether a version is there already that is just what another would be with corrections.

    Args:
        store: where both are.
        known: the version that may be it.
        version: the other.
        files: of the other, with corrections.
    """
    try:
        there = store.manifest(known)
    except (NoModelError, BrokenVersionError):
        return False
    is_same = there == Manifest.from_json(files[MANIFEST_FILE])
    return is_same and read_beside(store, known) == read_beside(store, version)


def read_beside(store: ModelStore, version: int) -> dict[str, bytes]:
    """What lies beside a version for people, by file name."""
    paths = [store.path(version) / name for name in (REPORT_FILE, PATTERNS_FILE)]
    return {path.name: path.read_bytes() for path in paths if path.is_file()}
