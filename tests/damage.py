"""Damaged bytes for property tests: what a decoder gets that is nearly right."""

from collections.abc import Sequence

from hypothesis import strategies as st

ODD_PIECES = (
    *(b"", b"\x00", b"\xff", b"\n", b"\r", b'"', b"\\", b",", b"{", b"}", b"[" * 400, b"]", b":"),
    *(b"null", b"NaN", b"1e400", b"-1", b"9" * 30, b"\xef\xbb\xbf", b"\xff\xfe", b"\\ud800"),
)


@st.composite
def damaged(draw: st.DrawFn, seeds: Sequence[bytes]) -> bytes:
    """One of the seeds with up to three pieces replaced, or any bytes at all."""
    data = draw(st.sampled_from([*seeds, b""]))
    if not data:
        return draw(st.binary(max_size=300))
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(data)))
        end = draw(st.integers(start, min(len(data), start + 40)))
        piece = draw(st.sampled_from(ODD_PIECES) | st.binary(max_size=4))
        data = data[:start] + piece + data[end:]
    return data[: draw(st.integers(0, len(data)))] if draw(st.booleans()) else data
