"""The content of a published version."""

from collections.abc import Mapping

import msgspec

from schemas.bundle.manifest import Manifest


class Bundle(msgspec.Struct, frozen=True):
    """One version as read from disk, its files verified against the manifest's hashes."""

    version: int
    manifest: Manifest
    files: Mapping[str, bytes]
