"""Names and texts as SQL writes them."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

_PART: Final = re.compile(r'(?:^|(?<=\.))(?:"([^"]++)"(?=\.|$)|([^.]*+))')


def literal(text: str | Path) -> str:
    """A string literal."""
    return "'" + str(text).replace("'", "''") + "'"


def literals(texts: Iterable[str | Path]) -> str:
    """A list of string literals, in DuckDB's words."""
    return f"[{', '.join(map(literal, texts))}]"


def name(text: str) -> str:
    """A column, whatever its name holds."""
    return '"' + text.replace('"', '""') + '"'


def path(names: str) -> str:
    """A column, or a field of a struct where the name has dots, quoted part by part.

    A part whose own name has dots is given in double quotes, as in `attributes."service.name"`.
    """
    parts = (match[1] or match[2] for match in _PART.finditer(names))
    return ".".join(map(name, parts))
