"""Tensors as columns: decoded from JSON or from raw bytes, with as many values as logs.

Raw tensors are little-endian and without padding; a BOOL is one byte, 0 or 1; each element of BYTES
is its length, four bytes, and then itself (binary tensor data extension). Values are counted before
any is made: a body costs what its shape allows, whatever it holds.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final, TypeVar

import msgspec
import numpy as np

from schemas.api.open_inference import Datatype
from schemas.api.validation import field_error

__all__ = ["INTEGERS", "FaultyTensorError", "from_json", "from_raw"]

T = TypeVar("T", bool, int, str)

Column = list[bool] | list[int] | list[str]

INTEGERS: Final = {
    f"{sign}INT{bits}": np.dtype(f"<{'u' if sign else 'i'}{bits // 8}")
    for sign in ("", "U")
    for bits in (8, 16, 32, 64)
}
"""The datatypes that are taken where INT64 is expected, as numpy calls them."""

_LENGTH_BYTES: Final = 4
_STRING: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_BLANKS: Final = b" \t\n\r"


class FaultyTensorError(ValueError):
    """A tensor is not what its shape and its datatype say; says what was expected.

    Attributes:
        place: of the value at fault within the tensor, such as `[3]`; empty for the whole.
    """

    def __init__(self, message: str, place: str = "") -> None:
        super().__init__(message)
        self.place = place


def from_json(data: bytes, datatype: Datatype, count: int) -> Column:
    """A column from a JSON array: flat, or nested as the shape [n, 1] has it.

    Args:
        data: the JSON.
        datatype: BOOL, INT64 or BYTES.
        count: values that there must be.

    Raises:
        FaultyTensorError: it is something else.
    """
    n_values = _count(data, datatype, count)
    if n_values > count:
        raise FaultyTensorError(f"Expected {count} values as the shape says, not more")
    try:
        if datatype == "BYTES":
            column: Column = _values(data, str)
        elif datatype == "BOOL":
            column = _values(data, bool)
        else:
            column = _values(data, int)
    except msgspec.ValidationError as error:
        fault = field_error(error, object, "")
        raise FaultyTensorError(fault.message, fault.path) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FaultyTensorError(str(error)) from error
    if len(column) != count:
        raise FaultyTensorError(f"Expected {count} values as the shape says, not {len(column)}")
    return column


def _count(data: bytes, datatype: Datatype, count: int) -> int:
    """Values in a JSON array; counting strings stops at `count` + 1."""
    if datatype == "BYTES":
        return sum(1 for _ in islice(_STRING.finditer(data), count + 1))
    return data.count(b",") + 1


def _values(data: bytes, kind: type[T]) -> list[T]:
    is_nested = data.lstrip(_BLANKS)[1:].lstrip(_BLANKS)[:1] == b"["
    if not is_nested:
        return msgspec.json.decode(data, type=list[kind], strict=False)  # type: ignore[valid-type]
    # A fixed length is checked as it is decoded, so that many empty arrays end at the first.
    rows = msgspec.json.decode(data, type=list[tuple[kind]], strict=False)  # type: ignore[valid-type]
    return [value for (value,) in rows]


def from_raw(data: bytes, datatype: Datatype, sent_as: str, count: int) -> Column:
    """A column from raw bytes.

    Args:
        data: all bytes of the tensor.
        datatype: BOOL, INT64 or BYTES.
        sent_as: the datatype of the tensor; of INT64, another kind of integers may be sent.
        count: values that there must be.

    Raises:
        FaultyTensorError: they are too few or too many, or no values of the datatype.
    """
    if datatype == "BYTES":
        return [element.decode("utf-8", "replace") for element in _elements(data, count)]
    dtype = INTEGERS[sent_as] if datatype == "INT64" else np.dtype(np.uint8)
    if len(data) != count * dtype.itemsize:
        raise FaultyTensorError(
            f"Expected {count * dtype.itemsize} bytes, {count} values of {dtype.itemsize}, "
            f"not {len(data)}"
        )
    array: np.ndarray[Any, Any] = np.frombuffer(data, dtype)
    if datatype == "BOOL":
        if array.max(initial=0) > 1:
            raise FaultyTensorError("Expected bytes that are 0 or 1")
        array = array.astype(np.bool_)
    column: Column = array.tolist()
    return column


def _elements(data: bytes, count: int) -> Iterator[bytes]:
    at = 0
    for index in range(count):
        begin = at + _LENGTH_BYTES
        at = begin + int.from_bytes(data[begin - _LENGTH_BYTES : begin], "little")
        if max(begin, at) > len(data):
            raise FaultyTensorError(f"ends within element {index} of {count}")
        yield data[begin:at]
    if at != len(data):
        raise FaultyTensorError(f"has {len(data) - at} bytes behind its {count} elements")
