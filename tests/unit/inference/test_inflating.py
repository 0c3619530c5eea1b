"""Compressed bodies are inflated whole, or refused, at a cost that their sizes bound."""

import gzip
import tracemalloc
import zlib
from collections.abc import Callable

import falcon
import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

from inference.web.inflating import MAX_MEMBERS, PIECE_BYTES, Inflater, inflate

LIMIT = 1_000
PACK: dict[str, Callable[..., bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "zstd": zstd.compress,
}


@pytest.mark.parametrize("encoding", PACK)
def test_members_are_bounded(encoding: str) -> None:
    """A million members of nothing would each cost a window."""
    nothing = PACK[encoding](b"")
    assert inflate(nothing * MAX_MEMBERS, encoding, LIMIT) == b""
    with pytest.raises(falcon.HTTPBadRequest) as raised:
        inflate(nothing * (MAX_MEMBERS + 1), encoding, LIMIT)
    assert "members" in str(raised.value.description)


@given(
    st.sampled_from(sorted(PACK)),
    st.lists(st.binary(max_size=200_000), min_size=1, max_size=5),
    st.integers(1, 9),
)
def test_members_of_any_size_are_joined(encoding: str, parts: list[bytes], level: int) -> None:
    """Wherever the chunks in which a body is read begin and end."""
    packed = b"".join(PACK[encoding](part, level) for part in parts)
    whole = b"".join(parts)
    assert inflate(packed, encoding, len(whole)) == whole
    if whole:
        with pytest.raises(falcon.HTTPContentTooLarge):
            inflate(packed, encoding, len(whole) - 1)
    with pytest.raises(falcon.HTTPBadRequest):
        inflate(packed[:-1], encoding, len(whole))


@given(st.sampled_from(sorted(PACK)), st.binary(max_size=300_000), st.integers(1, 70_000))
def test_a_stream_may_come_in_any_pieces(encoding: str, whole: bytes, size: int) -> None:
    """What comes out is the same, and no piece is larger than it may be."""
    packed = PACK[encoding](whole)
    inflater = Inflater(encoding)
    pieces = [
        piece
        for start in range(0, len(packed), size)
        for piece in inflater.feed(packed[start : start + size])
    ]
    inflater.end()
    assert b"".join(pieces) == whole
    assert all(len(piece) <= PIECE_BYTES for piece in pieces)


def test_deflate_may_lack_its_wrapper() -> None:
    """Some clients send bare RFC 1951 under the name of deflate."""
    bare = zlib.compress(b"text" * 99)[2:-4]
    assert inflate(bare, "deflate", LIMIT) == b"text" * 99


@pytest.mark.parametrize("encoding", PACK)
def test_a_bomb_costs_what_is_allowed(encoding: str) -> None:
    """A stream that swells a thousandfold is given up at the bound, not at its end."""
    bomb = PACK[encoding](b"\0" * 100_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(falcon.HTTPContentTooLarge):
            inflate(bomb, encoding, 1_000_000)
        assert tracemalloc.get_traced_memory()[1] < 4_000_000
    finally:
        tracemalloc.stop()


def test_a_window_is_bounded() -> None:
    """A frame of zstd may ask for gigabytes to look back at; 8 MiB are what HTTP allows."""
    options = {int(zstd.CompressionParameter.window_log): 27}
    compressor = zstd.ZstdCompressor(options=options)
    packed = compressor.compress(b"x" * 100, zstd.ZstdCompressor.FLUSH_BLOCK) + compressor.flush()
    with pytest.raises(falcon.HTTPBadRequest):
        inflate(packed, "zstd", LIMIT)
