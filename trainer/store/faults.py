"""A store's writing faults, in words for the caller."""

from collections.abc import Sequence

from trainer.errors import NoVersionError, UnwritableStoreError


def no_version(version: int, known: Sequence[int]) -> NoVersionError:
    """The error that a store lacks a version, with the versions it has."""
    return NoVersionError(
        f"there is no version {version}; there is: {', '.join(map(str, known)) or 'none'}"
    )


def unwritable(error: OSError) -> UnwritableStoreError:
    """An error for callers: it does not name the store's place, which settings and logs have."""
    return UnwritableStoreError(
        f"the model store cannot be written: {error.strerror or error}; see MODEL_DIR, the rights "
        f"of this user, and what room is left"
    )
