"""The versions that have served, in the file HISTORY: a number a line, the last serves.

It is written after CURRENT, which alone decides what serves. After a crash, the worst case is a
rollback to the highest number below the current version.
"""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final

import msgspec

from inference.store.files import read_bounded

HISTORY_FILE: Final = "HISTORY"

MAX_STEPS: Final = 100
"""How many steps are kept; older steps are forgotten."""

_MAX_BYTES: Final = 65_536


class Change(msgspec.Struct, frozen=True):
    """A change of the current version.

    Attributes:
        version: the number of the new current version.
        replaced: the number of the version before; None if none was current.
    """

    version: int
    replaced: int | None


def read_history(root: Path) -> list[int]:
    """The numbers in a store's HISTORY, oldest first; other text is skipped."""
    try:
        words = read_bounded(root / HISTORY_FILE, _MAX_BYTES).split()
    except OSError:  # there is none, or something else in its place
        return []
    return [int(word) for word in words if word.isdigit() and len(word) < 10]  # noqa: PLR2004 - as versions


def history_bytes(history: Sequence[int]) -> bytes:
    """The content of HISTORY."""
    return b"".join(b"%d\n" % version for version in history[-MAX_STEPS:])


def steps_before(history: Sequence[int], current: int, versions: Collection[int]) -> list[int]:
    """The versions that served before the current version and are still there, oldest first.

    Args:
        history: the numbers in HISTORY.
        current: what CURRENT names, which HISTORY may not know yet.
        versions: the numbers that are in the store.
    """
    last = max((at for at, version in enumerate(history) if version == current), default=None)
    steps = [version for version in history[:last] if version in versions and version != current]
    below = max((version for version in versions if version < current), default=None)
    return steps or ([] if below is None else [below])
