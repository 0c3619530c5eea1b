"""JSON that programs write and no decoder takes: half characters, bytes of other encodings, NULs.

Such a record is read with U+FFFD in the place of what is none, as plain text is, instead of being
refused with all that came along with it.
"""

import re
from typing import Final

from schemas.record.text import CONTROL_SEQUENCE

__all__ = ["mend_json"]

_ESCAPE: Final = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)
"""A pair of surrogates, half a pair, or any other escape."""

_MARK: Final = b"\xef\xbb\xbf"
_BLANKS: Final = bytes.maketrans(b"\t\n\r", b"   ")
"""Within a text they are at fault, and between values a blank is as good."""

_NO_JSON: Final = bytes(set(range(32)) - set(b"\t\n\r"))
"""Control characters, which JSON allows nowhere (RFC 8259, section 7); ESC begins a colour."""

_NO_NUMBER: Final = re.compile(rb'"(?:[^"\\]|\\.)*+"?|(-?(?:NaN|Infinity))\b', re.DOTALL)
"""A text, or what Python's `json` writes for floats that are no numbers."""

_COLOUR: Final = re.compile(CONTROL_SEQUENCE.encode())


def mend_json(body: bytes) -> bytes:
    """The same JSON with U+FFFD for what is no character, without NULs, marks and colours.

    Blanks take the place of tabs, and null that of NaN.
    """
    body = body.removeprefix(_MARK).decode("utf-8", "replace").encode()
    body = _COLOUR.sub(b"", body).translate(_BLANKS, _NO_JSON)
    if b"NaN" in body or b"Infinity" in body:
        body = _NO_NUMBER.sub(lambda match: b"null" if match[1] else match[0], body)
    return _ESCAPE.sub(lambda match: rb"\ufffd" if match[1] else match[0], body)
