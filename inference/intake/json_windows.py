"""Windows of a body: where each ends, and the JSON values in it."""

from typing import Final

from inference.intake.json_values import items_of, values_in

__all__ = [
    "WINDOW_BYTES",
    "end_of_items",
    "end_of_lines",
    "items_of_window",
    "items_until",
    "lines_of_window",
    "values_of_window",
]

WINDOW_BYTES: Final = 262_144
"""Bytes that are decoded at once: a bound for the memory that a large body takes."""


def end_of_lines(body: bytes, start: int) -> int:
    """Where the window that begins at `start` ends: behind a line end, or with the body."""
    if len(body) - start <= WINDOW_BYTES:
        return len(body)
    end = body.rfind(b"\n", start, start + WINDOW_BYTES)
    if end < 0:
        end = body.find(b"\n", start + WINDOW_BYTES)
    return end + 1 or len(body)


def end_of_items(body: bytes, start: int) -> int:
    """Where a window that begins at `start` may end, behind an item: a guess; 0 if unknown."""
    if len(body) - start <= WINDOW_BYTES:
        end = body.rfind(b"]", start)
        return end if end > start and not body[end + 1 :].strip() else 0
    return body.rfind(b"},", start, start + WINDOW_BYTES) + 1


def items_until(body: bytes, start: int, stop: int) -> tuple[list[bytes], int]:
    """The items from `start` to the first that ends behind `stop`, and where to go on."""
    items: list[bytes] = []
    for at, value in items_of(body, start):
        if not value:
            break
        items.append(value)
        start = at + len(value)
        if start >= stop:
            break
    return items, start


def lines_of_window(window: bytes) -> list[bytes]:
    """The lines of a window."""
    return window.split(b"\n")


def items_of_window(window: bytes) -> list[bytes]:
    """The items of a window, which begins behind a byte: that of the array, or a comma."""
    return [value for _, value in items_of(window, 1)]


def values_of_window(window: bytes) -> list[bytes]:
    """The values of a window, which follow each other."""
    return [*values_in(window)]
