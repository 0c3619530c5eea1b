"""What a failure left behind in fields of its own: found, and put behind the message."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final

from inference.intake.cleaning import clean_text
from inference.intake.field_names import plain_name
from inference.intake.paths import MAX_DEPTH, texts_in, value_at
from inference.intake.trace_names import is_wrapper, may_hold_trace

__all__ = ["trace_paths", "with_traces"]

MAX_TRACE_TEXTS: Final = 50
MAX_TEXTS_LOOKED_AT: Final = 100
"""Texts of traces that are put behind a message, and that are looked for in it: each search takes
as long as the message is."""

MAX_WRAPPERS: Final = 3
"""Objects within each other in which traces are looked for."""

_NOTHING: Final = frozenset({"", "null", "none", "nil", "<nil>", "undefined", "false", "-", "n/a"})
"""What loggers write, in lower case, where there was no failure."""


def trace_paths(document: dict[str, Any]) -> list[tuple[str, ...]]:
    """Where traces may stand in a record, the best first, each an object or a text."""
    found = sorted(_found(document, (), MAX_WRAPPERS), key=lambda rank_path: rank_path[0])
    return [path for _, path in found]


def _found(
    document: dict[str, Any], path: tuple[str, ...], depth: int
) -> Iterator[tuple[int, tuple[str, ...]]]:
    wrapper = plain_name(path[-1]) if path else ""
    for name, value in document.items():
        plain = plain_name(name)
        rank = may_hold_trace(plain, wrapper)
        if rank is None:
            # A single name may have a dot: context.exception.
            head, dot, rest = plain.partition(".")
            rank = may_hold_trace(rest, head) if dot and is_wrapper(head) else None
        if rank is not None:
            yield rank, (*path, name)
        elif depth > 1 and isinstance(value, dict) and is_wrapper(plain):
            yield from _found(value, (*path, name), depth - 1)


def with_traces(document: dict[str, Any], paths: Iterable[tuple[str, ...]], message: str) -> str:
    """A message, and behind it the texts of traces that it does not hold already."""
    parts = [message]
    texts = (text for path in paths for text in texts_in(value_at(document, path), MAX_DEPTH))
    for text in islice(texts, MAX_TEXTS_LOOKED_AT):
        clean = clean_text(text).strip()
        if clean.lower() in _NOTHING or any(clean in part for part in parts):
            continue
        parts.append(clean)
        if len(parts) > MAX_TRACE_TEXTS:
            break
    return "\n".join(parts)
