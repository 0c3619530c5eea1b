"""The content of a published version."""

from collections.abc import Mapping

import msgspec

from schemas.bundle.manifest import Manifest


class Bundle(msgspec.Struct, frozen=True):
    """A version as read from disk, its files verified against the manifest's hashes.

    Attributes:
        version: its number, for people; another store has the same numbers.
        manifest: what it says of itself.
        files: the content of the files that the manifest lists, by name.
        digest: what identifies it: SHA-256 of its manifest as written; empty if it is in no store.
    """

    version: int
    manifest: Manifest
    files: Mapping[str, bytes]
    digest: str = ""
