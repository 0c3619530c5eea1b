"""What a store's writers complain of, in words for whoever asked."""

from collections.abc import Sequence

from trainer.errors import NoVersionError, UnwritableStoreError


def no_version(version: int, known: Sequence[int]) -> NoVersionError:
    """That a store lacks a version, and which it has."""
    return NoVersionError(
        f"there is no version {version}; there is: {', '.join(map(str, known)) or 'none'}"
    )


def unwritable(error: OSError) -> UnwritableStoreError:
    """For whoever asked, who may be anybody: where the store is stands in settings and logs."""
    return UnwritableStoreError(
        f"the model store cannot be written: {error.strerror or error}; see MODEL_DIR, the rights "
        f"of this user, and what room is left"
    )
