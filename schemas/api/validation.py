"""Decoding of JSON from outside, with every fault named by its path.

The fast way is msgspec's own decoder, which stops at the first fault. Only when it fails is the
body walked again, field by field, to find the others.
"""

import enum
import itertools
import re
import types
from collections.abc import Iterator
from typing import Annotated, Any, Final, Generic, Literal, TypeVar, Union, get_args, get_origin

import msgspec

from schemas.api.mending import mend_json
from schemas.api.problems import FieldError

T = TypeVar("T")

MAX_FIELD_ERRORS: Final = 100
"""A body can be wrong in a million places; the first hundred tell the story."""

_MSGSPEC_PATH: Final = re.compile(r"^(?P<message>.*?)(?: - at `\$(?P<path>.*)`)?$", re.DOTALL)


class MalformedJsonError(ValueError):
    """The bytes are not JSON."""


class InvalidBodyError(ValueError):
    """The JSON does not fit the type.

    Attributes:
        errors: every fault found, at most `MAX_FIELD_ERRORS`.
    """

    def __init__(self, errors: list[FieldError]) -> None:
        super().__init__("; ".join(f"{error.path}: {error.message}" for error in errors[:3]))
        self.errors = errors


class BodyDecoder(Generic[T]):
    """Decodes JSON bytes into `type_`, taking numbers and booleans from strings as well.

    Log shippers send 250, "250" and 250.0; all are the integer 250.
    """

    def __init__(self, type_: type[T]) -> None:
        self._type = type_
        self._decoder = msgspec.json.Decoder(type_, strict=False)

    def decode(self, body: bytes | bytearray | memoryview) -> T:
        """Decode one JSON document.

        What is no character becomes U+FFFD (`schemas.api.mending`).

        Raises:
            MalformedJsonError: not JSON (RFC 8259).
            InvalidBodyError: JSON, but not of this type; names every value at fault.
        """
        try:
            return self._decode(body)
        except MalformedJsonError:
            mended = mend_json(bytes(body))
            if mended == body:
                raise
            return self._decode(mended)

    def _decode(self, body: bytes | bytearray | memoryview) -> T:
        try:
            try:
                return self._decoder.decode(body)
            except msgspec.ValidationError as error:
                # Whether the rest is JSON at all is known only when all of it has been read.
                document = msgspec.json.decode(body)
                raise InvalidBodyError(_all_errors(self._type, document, error)) from error
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise MalformedJsonError(str(error)) from error


def _all_errors(type_: Any, document: Any, first: msgspec.ValidationError) -> list[FieldError]:
    return faults_of(type_, document) or [field_error(first, type_, "")]


def faults_of(type_: Any, document: Any) -> list[FieldError]:
    """Every fault of a decoded document against a type, at most `MAX_FIELD_ERRORS`."""
    return list(itertools.islice(_faults(type_, document, ""), MAX_FIELD_ERRORS))


def _faults(type_: Any, value: Any, path: str) -> Iterator[FieldError]:
    """Every fault of `value` against `type_`, innermost first; depth is bounded by the type."""
    found = False
    inner = _unwrap(type_)
    children: Iterator[FieldError] = iter(())
    if isinstance(inner, type) and issubclass(inner, msgspec.Struct) and isinstance(value, dict):
        children = _struct_faults(inner, value, path)
    elif get_origin(inner) is list and isinstance(value, list):
        (item_type,) = get_args(inner)
        children = (
            fault
            for index, item in enumerate(value)
            for fault in _faults(item_type, item, f"{path}[{index}]")
        )
    for fault in children:
        found = True
        yield fault
    if not found:
        try:
            msgspec.convert(value, type_, strict=False)
        except msgspec.ValidationError as error:
            yield field_error(error, type_, path)


def _struct_faults(
    struct: type[msgspec.Struct], value: dict[str, Any], path: str
) -> Iterator[FieldError]:
    fields = msgspec.structs.fields(struct)
    for field in fields:
        where = f"{path}.{field.encode_name}" if path else field.encode_name
        if field.encode_name in value:
            yield from _faults(field.type, value[field.encode_name], where)
        elif field.required:
            yield FieldError(where, "is required")
    if struct.__struct_config__.forbid_unknown_fields:
        known = [field.encode_name for field in fields]
        for key in value.keys() - set(known):
            where = f"{path}.{key}" if path else key
            yield FieldError(where[:200], f"is not known; known are {', '.join(known)}")


def _unwrap(type_: Any) -> Any:
    while get_origin(type_) is Annotated:
        type_ = get_args(type_)[0]
    if get_origin(type_) is types.UnionType:
        # A value that may be missing is looked into; of other unions nobody knows which is meant.
        present = [member for member in get_args(type_) if member is not types.NoneType]
        return _unwrap(present[0]) if len(present) == 1 else None
    return type_


def field_error(error: msgspec.ValidationError, type_: Any, path: str) -> FieldError:
    """Say what msgspec found, spelling out what a closed choice allows.

    Args:
        error: what `msgspec.convert` raised for a value of `type_`.
        type_: the type that was expected.
        path: where the value stands.
    """
    match = _MSGSPEC_PATH.match(str(error))
    assert match is not None  # the pattern matches every string
    message = match["message"]
    if message.startswith("Invalid enum value"):
        message = f"Expected one of {', '.join(_choices(type_))}"
    return FieldError(f"{path}{match['path'] or ''}".lstrip("."), message)


def _choices(type_: Any) -> Iterator[str]:
    """What a closed choice allows, in words: the members of an enum or a literal."""
    if isinstance(type_, type) and issubclass(type_, enum.Enum):
        yield from (str(member.value) for member in type_)
    elif get_origin(type_) is Literal:
        yield from (f'"{value}"' for value in get_args(type_))
    elif get_origin(type_) is Annotated:
        yield from _choices(get_args(type_)[0])
    elif get_origin(type_) in {types.UnionType, Union}:
        for member in get_args(type_):
            yield from _choices(member)
    elif isinstance(type_, type):
        yield f"a {type_.__name__}"
