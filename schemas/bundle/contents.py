"""The content of a published version."""

import msgspec

from schemas.bundle.manifest import Manifest


class Bundle(msgspec.Struct, frozen=True):
    """One version as read from disk, its files verified against the manifest's hashes."""

    version: int
    manifest: Manifest
    files: dict[str, bytes]
