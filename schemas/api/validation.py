"""Decoding of JSON from outside, with every fault named by its path.

The fast way is msgspec's own decoder, which stops at the first fault. Only when it fails is the
body read again, field by field, to find the others. Nothing is built of values that nobody
asked for: what a body costs is bounded by its type, however it is nested.
"""

import enum
import functools
import itertools
import re
import types
from collections.abc import Iterator
from typing import Annotated, Any, Final, Generic, Literal, TypeVar, Union, get_args, get_origin

import msgspec
from msgspec import UNSET, Raw

from schemas.api.mending import mend_json
from schemas.api.problems import FieldError

T = TypeVar("T")

MAX_FIELD_ERRORS: Final = 100
"""A body can be wrong in a million places; the first hundred are enough."""

MAX_VALUES_LOOKED_AT: Final = 250_000
"""Of a body with more values only the first fault is named: to hold each takes a hundred bytes."""

_MSGSPEC_PATH: Final = re.compile(r"^(?P<message>.*?)(?: - at `\$(?P<path>.*)`)?$", re.DOTALL)
_STEP: Final = re.compile(r"\.\w+|\[[^]]*\]")


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
        """Decode a JSON document.

        What is no character becomes U+FFFD (`schemas.api.mending`).

        Raises:
            MalformedJsonError: not JSON (RFC 8259).
            InvalidBodyError: JSON, but not of this type; names every value at fault.
        """
        try:
            return self._decoder.decode(body)
        except msgspec.ValidationError as error:
            raise InvalidBodyError(faults_of(self._type, body, error)) from error
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return self._decode_mended(mend_json(bytes(body)))

    def _decode_mended(self, body: bytes) -> T:
        try:
            return self._decoder.decode(body)
        except msgspec.ValidationError as error:
            raise InvalidBodyError(faults_of(self._type, body, error)) from error
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise MalformedJsonError(str(error)) from error
        except RecursionError as error:
            raise MalformedJsonError("the values are nested too deep") from error


def faults_of(
    type_: Any, body: bytes | bytearray | memoryview, first: msgspec.ValidationError
) -> list[FieldError]:
    """Every fault of a JSON document against a type, at most `MAX_FIELD_ERRORS`.

    Args:
        type_: what the document was to be.
        body: the document.
        first: the fault at which msgspec stopped. No other fault is named if the document has too
            many values to check, or the text behind the fault is not JSON.
    """
    separators = (b",", b"[", b"{")
    if sum(map(bytes(body).count, separators)) <= MAX_VALUES_LOOKED_AT:
        try:
            faults = list(itertools.islice(_faults(type_, Raw(body), ""), MAX_FIELD_ERRORS))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            faults = []
        if faults:
            return faults
    return [field_error(first, _type_at(type_, str(first)), "")]


def _faults(type_: Any, value: Raw, path: str) -> Iterator[FieldError]:
    """Every fault of `value` against `type_`, innermost first; depth is bounded by the type."""
    try:
        msgspec.json.decode(value, type=type_, strict=False)
    except msgspec.ValidationError as error:
        whole = field_error(error, type_, path)
    else:
        return
    inner = _unwrap(type_)
    kind = bytes(value).lstrip()[:1]
    children: Iterator[FieldError] = iter(())
    if isinstance(inner, type) and issubclass(inner, msgspec.Struct) and kind == b"{":
        children = _struct_faults(inner, value, path)
    elif get_origin(inner) is list and kind == b"[":
        (item_type,) = get_args(inner)
        children = (
            fault
            for index, item in enumerate(msgspec.json.decode(value, type=list[Raw]))
            for fault in _faults(item_type, item, f"{path}[{index}]")
        )
    first = next(children, None)
    yield first or whole
    yield from children


def _struct_faults(struct: type[msgspec.Struct], value: Raw, path: str) -> Iterator[FieldError]:
    fields = msgspec.structs.fields(struct)
    members = msgspec.json.decode(value, type=_members(struct))
    for field in fields:
        where = f"{path}.{field.encode_name}" if path else field.encode_name
        member = getattr(members, field.name)
        if member is not UNSET:
            yield from _faults(field.type, member, where)
        elif field.required:
            yield FieldError(where, "is required")
    if struct.__struct_config__.forbid_unknown_fields:
        known = [field.encode_name for field in fields]
        for key in msgspec.json.decode(value, type=dict[str, Raw]).keys() - set(known):
            where = f"{path}.{key}" if path else key
            yield FieldError(where[:200], f"is not known; known are {', '.join(known)}")


@functools.cache
def _members(struct: type[msgspec.Struct]) -> type[msgspec.Struct]:
    """A struct with the same members, each as its bytes; others are passed over."""
    fields = msgspec.structs.fields(struct)
    return msgspec.defstruct(
        f"{struct.__name__}Members",
        [(field.name, Raw | msgspec.UnsetType, UNSET) for field in fields],
        rename={field.name: field.encode_name for field in fields},
    )


def _type_at(type_: Any, message: str) -> Any:
    """The type of the value that an error of msgspec names, as far as its path can be followed."""
    match = _MSGSPEC_PATH.match(message)
    assert match is not None  # the pattern matches every string
    for step in _STEP.findall(match["path"] or ""):
        inner = _unwrap(type_)
        if step.startswith("[") and get_origin(inner) is list:
            (type_,) = get_args(inner)
        elif isinstance(inner, type) and issubclass(inner, msgspec.Struct):
            types_ = {f".{f.encode_name}": f.type for f in msgspec.structs.fields(inner)}
            type_ = types_.get(step, object)
        else:
            return object
    return type_


def _unwrap(type_: Any) -> Any:
    while get_origin(type_) is Annotated:
        type_ = get_args(type_)[0]
    if get_origin(type_) in {types.UnionType, Union}:
        # A value that may be missing is checked; of other unions the intended member is unknown.
        missing = (types.NoneType, msgspec.UnsetType)
        present = [member for member in get_args(type_) if member not in missing]
        return _unwrap(present[0]) if len(present) == 1 else None
    return type_


def field_error(error: msgspec.ValidationError, type_: Any, path: str) -> FieldError:
    """Say what msgspec found, spelling out what a closed choice allows, and showing what fits.

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
    elif "matching regex" in message and (examples := _examples(type_)):
        message = f"Expected text like {' or '.join(examples)}"
    return FieldError(f"{path}{match['path'] or ''}".lstrip("."), message)


def _examples(type_: Any) -> list[str]:
    """The examples that a type has."""
    if get_origin(type_) is not Annotated:
        return []
    return [str(example) for meta in get_args(type_)[1:] for example in meta.examples or ()]


def _choices(type_: Any) -> Iterator[str]:
    """The values of a closed choice, in words: the members of an enum or a literal."""
    if isinstance(type_, type) and issubclass(type_, enum.Enum):
        yield from (str(member.value) for member in type_)
    elif get_origin(type_) is Literal:
        yield from (f'"{value}"' for value in get_args(type_))
    elif get_origin(type_) is Annotated:
        yield from _choices(get_args(type_)[0])
    elif get_origin(type_) in {types.UnionType, Union}:
        for member in get_args(type_):
            yield from _choices(member)
    elif isinstance(type_, type) and type_ is not msgspec.UnsetType:
        yield f"a {type_.__name__}"
