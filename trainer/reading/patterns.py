"""The meaning of names of files: globs, directories, and names that are skipped."""

import glob
import os
import stat
from pathlib import Path
from typing import Final

from trainer.errors import InputError

_GLOB: Final = frozenset("*?[")
_HIDDEN: Final = frozenset("._")


def find_paths(pattern: str) -> list[str]:
    """The files that a name of this machine means, sorted: itself, matching it, or below it.

    Raises:
        InputError: there are none.
        OSError: it cannot be read.
    """
    try:
        mode = Path(pattern).stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        if not has_glob(pattern):
            raise
        return _regular_files(_match(pattern), f"{pattern}: no file matches")
    if stat.S_ISREG(mode):
        return [pattern]
    if not stat.S_ISDIR(mode):
        raise InputError(f"{pattern}: no regular file; a pipe can be read as - (standard input)")
    return _regular_files(_walk(pattern), f"{pattern}: no file is in this directory")


def _match(pattern: str) -> list[Path]:
    base, rest = split_glob(pattern)
    matched = glob.glob(pattern, recursive=True)  # noqa: PTH207 - Path's takes no absolute pattern
    return [Path(path) for path in matched if not is_hidden(path.removeprefix(base), rest)]


def _walk(directory: str) -> list[Path]:
    found: list[Path] = []
    # A folder without permission to list it is skipped, as files that cannot be read are.
    for folder, folders, names in os.walk(directory):
        folders[:] = [name for name in folders if not is_hidden(name)]
        found += [Path(folder, name) for name in names if not is_hidden(name)]
    return found


def _regular_files(paths: list[Path], complaint: str) -> list[str]:
    # A link to nothing stays: opening it gives the error.
    found = sorted(str(path) for path in paths if path.is_file() or not path.exists())
    if not found:
        raise InputError(f"{complaint} (names that start with . or _ are skipped)")
    return found


def has_glob(pattern: str) -> bool:
    """Whether a pattern has glob characters."""
    return not _GLOB.isdisjoint(pattern)


def split_glob(pattern: str) -> tuple[str, str]:
    """A pattern's folder without glob characters, with its slash, and the rest.

    A pattern without glob characters is all folder.
    """
    if not has_glob(pattern):
        return pattern, ""
    first = min(pattern.index(mark) for mark in _GLOB if mark in pattern)
    cut = pattern.rfind("/", 0, first) + 1
    return pattern[:cut], pattern[cut:]


def is_hidden(below: str, pattern: str = "") -> bool:
    """Whether a file is skipped because it, or a folder it is in, starts with `.` or `_`.

    Such files are marks and metadata of other tools (`_SUCCESS`, `.crc`). A pattern that spells
    out a name with that character takes them.

    Args:
        below: the path behind the folder that was given.
        pattern: the pattern behind that folder; empty for everything below it.
    """
    spelt = {segment[:1] for segment in pattern.split("/")}
    return any(segment[:1] in _HIDDEN - spelt for segment in below.split("/"))


def is_store_url(text: str) -> bool:
    """Whether this is an address with a scheme, known or not, and no path."""
    return "://" in text
