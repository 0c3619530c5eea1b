"""What a new version takes over from the one that is current: the corrections of people."""

import contextlib
from collections.abc import Mapping

import msgspec

from inference.errors import BrokenVersionError, NoModelError
from inference.store.versions import ModelStore
from schemas.bundle.corrections import in_force, utc_now
from schemas.bundle.manifest import MANIFEST_FILE, Manifest


def carry_corrections(store: ModelStore, files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """The files of a new version with the corrections of the current one that hold still.

    To be called under the lock of publishing, or corrections made meanwhile would be lost.

    Args:
        store: where it is to be published.
        files: of the new version by name, the manifest among them.
    """
    with contextlib.suppress(NoModelError, BrokenVersionError):
        current = store.manifest(store.current_version())
        holding = in_force(current.corrections, utc_now())
        if holding:
            manifest = Manifest.from_json(files[MANIFEST_FILE])
            manifest = msgspec.structs.replace(manifest, corrections=holding)
            return {**files, MANIFEST_FILE: manifest.to_json()}
    return files
