"""People's corrections, which a new version takes over from the current version."""

from collections.abc import Mapping

import msgspec

from inference.errors import BrokenVersionError, NoModelError
from inference.store.versions import ModelStore
from schemas.bundle.corrections import Correction, in_force, utc_now
from schemas.bundle.manifest import MANIFEST_FILE, Manifest


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
