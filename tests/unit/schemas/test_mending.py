"""JSON that programs write and no decoder takes is read as it was meant."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.api.mending import mend_json


@pytest.mark.parametrize(
    ("body", "meant"),
    [
        (b'{"a":NaN,"b":[Infinity,-Infinity]}', {"a": None, "b": [None, None]}),
        (b'{"a":"NaN \\" Infinity","b":NaN}', {"a": 'NaN " Infinity', "b": None}),
        (b'{"a":"x\ty\r\nz"}', {"a": "x y  z"}),
        (b'\xef\xbb\xbf{"a":"x\0\x1b[31my"}', {"a": "xy"}),
        (b'{"a":"caf\xe9 \\ud83d"}', {"a": "caf\ufffd \ufffd"}),
    ],
)
def test_json_is_mended(body: bytes, meant: object) -> None:
    """NaN, blanks and colours in texts, bytes of other encodings, half characters."""
    assert msgspec.json.decode(mend_json(body)) == meant


@given(st.dictionaries(st.text(max_size=9), st.text(max_size=9) | st.sampled_from(["NaN", "a\tb"])))
def test_sound_json_means_the_same(document: dict[str, str]) -> None:
    """Mending a body that needs none changes none of its values."""
    body = msgspec.json.encode(document)
    sound = not any(ord(char) < ord(" ") or char in "\x1b\x9b" for char in "".join(document))
    if sound:
        assert msgspec.json.decode(mend_json(body)) == document


def test_no_body_takes_long() -> None:
    """Escaped quotation marks behind a text without an end are looked at once each."""
    body = b'NaN"' + b'\\"' * 2_000_000
    assert mend_json(body) == body.replace(b"NaN", b"null")
