"""Names and texts as SQL writes them."""

from collections.abc import Iterable
from pathlib import Path


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
    """A column, or a field of a struct where the name has dots, quoted part by part."""
    return ".".join(map(name, names.split(".")))
