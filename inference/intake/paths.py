"""Paths into JSON objects, and their values as text."""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from inference.intake.field_names import WHOLE_MESSAGE_NAMES, plain_name

MAX_DEPTH: Final = 8
"""How deep objects within objects are read."""

MAX_NAMES_CHARS: Final = 4_096
"""Characters of all names of a record whose shape is remembered."""

BYTE_VALUES: Final = 256

_encode = msgspec.json.Encoder().encode


def shape_key(document: dict[str, Any], depth: int) -> object:
    """The names of an object and of the objects in it: records of the same shape share a key."""
    return tuple(
        [
            (name, shape_key(value, depth - 1)) if type(value) is dict and depth > 1 else name
            for name, value in document.items()
        ]
    )


def names_are_short(document: dict[str, Any]) -> bool:
    """Whether a record's shape may be remembered: a bound against hostile records."""
    return _names_chars(document, MAX_DEPTH) <= MAX_NAMES_CHARS


def _names_chars(document: dict[str, Any], depth: int) -> int:
    return sum(map(len, document)) + sum(
        _names_chars(value, depth - 1)
        for value in document.values()
        if type(value) is dict and depth > 1
    )


def flatten(document: dict[str, Any], depth: int = MAX_DEPTH) -> Iterator[tuple[str, ...]]:
    """The paths of an object's leaves, in their order; lists and deep objects are leaves."""
    for name, value in document.items():
        if isinstance(value, dict) and depth > 1:
            for rest in flatten(value, depth - 1):
                yield (name, *rest)
        else:
            yield (name,)


def whole_messages(document: dict[str, Any]) -> list[str]:
    """The names under which an object is the message."""
    return [
        name
        for name, value in document.items()
        if isinstance(value, dict) and plain_name(name) in WHOLE_MESSAGE_NAMES
    ]


def values_at(document: dict[str, Any], paths: tuple[tuple[str, ...], ...]) -> Iterator[object]:
    """The values at the paths, in their order, without nulls and empty texts."""
    for path in paths:
        value = value_at(document, path)
        if value is not None and value != "":
            yield value


def value_at(document: dict[str, Any], path: tuple[str, ...]) -> object:
    """The value at a path; a single name may itself be a path with dots."""
    if len(path) == 1:
        name = path[0]
        return document[name] if name in document else look_up(document, name)
    value: object = document
    for name in path:
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value


def look_up(document: dict[str, Any], path: str) -> object:
    """The value at a path with dots, None if absent; a key of that very name goes first."""
    if path in document:
        return document[path]
    head, dot, rest = path.partition(".")
    inner = document.get(head)
    return look_up(inner, rest) if dot and isinstance(inner, dict) else None


def text_of(value: object) -> str:
    """A message as text: bytes as journald exports them are decoded, all else is its JSON."""
    if isinstance(value, str):
        return value
    if (
        isinstance(value, list)
        and value
        and all(type(byte) is int and 0 <= byte < BYTE_VALUES for byte in value)
    ):
        return bytes(value).decode("utf-8", "replace")
    return _encode(value).decode()


def texts_in(value: object, depth: int) -> Iterator[str]:
    """The texts in a value, in their order, those of objects and lists within it too."""
    if isinstance(value, str):
        yield value
    elif depth > 0 and isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from texts_in(inner, depth - 1)
