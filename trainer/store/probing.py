"""Finds out early whether a store takes what is published into it."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from inference.store.writing import TEMPORARY
from trainer.store.faults import unwritable

PROBE_BYTES: Final = 65_536
"""The content of the probe; smaller than any version."""


def probe(root: Path, fsync: Callable[[int], None]) -> None:
    """Write to a store, or to the folder that it is to be made in, and leave nothing.

    Args:
        root: of the store.
        fsync: makes what was written to a file descriptor durable.

    Raises:
        UnwritableStoreError: it takes no file of this user, or has no room for a file.
    """
    try:
        nearest = next(path for path in (root, *root.absolute().parents) if path.exists())
        # A file without a name where the system has such: nothing is left of it in any case.
        with tempfile.TemporaryFile(prefix=TEMPORARY, dir=nearest) as file:
            file.write(bytes(PROBE_BYTES))
            file.flush()
            fsync(file.fileno())
    except OSError as error:
        raise unwritable(error) from error
