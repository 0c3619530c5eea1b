"""What is found in the bytes of a body is what Python's own `bytes` finds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.intake.scanning import count_byte, first_line

pieces = st.lists(st.sampled_from([b"a", b"\n", b"\r\n", b"{", b"\xc3\xa9"]), max_size=20)


@given(pieces.map(b"".join))
def test_the_first_line_is_that_of_a_split(text: bytes) -> None:
    """From wherever it begins."""
    for start in range(len(text) + 1):
        assert first_line(text, start) == text[start:].split(b"\n")[0]


@pytest.mark.parametrize("times", [1, 10_000])
@given(part=pieces.map(b"".join))
def test_bytes_are_counted_in_texts_of_any_length(times: int, part: bytes) -> None:
    """Short texts and long texts are counted in different ways."""
    text = part * times
    for byte in (b"\n", b"{", b"z"):
        assert count_byte(text, byte) == text.count(byte)
