"""Compressed bodies: gzip, zlib's "deflate" and zstd, inflated piece by piece.

The caller bounds the output: a piece is made when it is asked for.
"""

import zlib
from collections.abc import Callable, Iterator
from typing import Final, Protocol

import falcon

CHUNK_BYTES: Final = 65_536
"""Bytes handed over at a time: those behind a member's end are copied."""

PIECE_BYTES: Final = 262_144
"""A stream is inflated in pieces of this size at most."""

MAX_MEMBERS: Final = 10_000
"""As many as logs in a batch. Each costs a window of 32 KiB, however little it holds."""

MAX_WINDOW_BITS: Final = 23
"""8 MiB, which is what content encodings may ask of a receiver (RFC 9659)."""

_GZIP: Final = 31  # zlib's wbits for a gzip wrapper (RFC 1952) with any window size
_ZLIB: Final = 15  # as above, for the wrapper of RFC 1950, which HTTP calls deflate
_BARE: Final = -15  # no wrapper (RFC 1951), as some clients understand deflate
_ZLIB_METHOD: Final = 8


class _Member(Protocol):
    """A compressed stream, of which several may follow each other."""

    @property
    def eof(self) -> bool:
        """Whether its end was reached."""

    @property
    def unused_data(self) -> bytes:
        """The bytes behind its end."""

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        """Inflate the data and the rest of former data, up to a length.

        Raises:
            _FaultyStreamError: they are not of this encoding.
        """


class _FaultyStreamError(ValueError):
    """Bytes that are not of their encoding."""


class _Zlib:
    """zlib's object, which hands back what it did not take, as a member that keeps it."""

    def __init__(self, wbits: int) -> None:
        self._inflater = zlib.decompressobj(wbits)

    @property
    def eof(self) -> bool:
        return self._inflater.eof

    @property
    def unused_data(self) -> bytes:
        return self._inflater.unused_data

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        left = self._inflater.unconsumed_tail
        try:
            return self._inflater.decompress(left + data if left else data, max_length)
        except zlib.error as error:
            raise _FaultyStreamError(str(error)) from error


class _Zstd:
    """A frame of zstd; its library is loaded for those who send it."""

    def __init__(self) -> None:
        from backports import zstd  # noqa: PLC0415 - see above

        self._error = zstd.ZstdError
        self._inflater = zstd.ZstdDecompressor(
            options={zstd.DecompressionParameter.window_log_max: MAX_WINDOW_BITS}
        )

    @property
    def eof(self) -> bool:
        return self._inflater.eof

    @property
    def unused_data(self) -> bytes:
        return self._inflater.unused_data

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        try:
            return self._inflater.decompress(data, max_length)
        except self._error as error:
            raise _FaultyStreamError(str(error)) from error


def _gzip(_: bytes) -> _Member:
    return _Zlib(_GZIP)


def _deflate(head: bytes) -> _Member:
    checked = len(head) == 1 or int.from_bytes(head[:2], "big") % 31 == 0
    wrapped = head[0] & 0xF == _ZLIB_METHOD and checked
    return _Zlib(_ZLIB if wrapped else _BARE)


def _zstd(_: bytes) -> _Member:
    return _Zstd()


ENCODINGS: Final[dict[str, Callable[[bytes], _Member]]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "zstd": _zstd,
}
"""Makes a member, by the name of its content encoding (RFC 9110, 8.4.1; RFC 8878)."""


class Inflater:
    """Inflates a stream of a content encoding, all of its members.

    Args:
        encoding: a name in `ENCODINGS`.
    """

    def __init__(self, encoding: str) -> None:
        self._encoding = encoding
        self._begin = ENCODINGS[encoding]
        self._member: _Member | None = None
        self._n_members = 0

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Inflate further bytes of the stream, in pieces; in time linear in both sizes.

        Raises:
            falcon.HTTPBadRequest: they are not of this encoding, or of very many members.
        """
        for start in range(0, len(data), CHUNK_BYTES):
            rest = data[start : start + CHUNK_BYTES]
            full = False
            while rest or full:
                member = self._member or self._next(rest)
                try:
                    piece = member.decompress(rest, PIECE_BYTES)
                except _FaultyStreamError as error:
                    raise self._refusal(f"the body cannot be decompressed: {error}") from error
                full = len(piece) == PIECE_BYTES and not member.eof
                rest = b""
                if member.eof:
                    rest, self._member = member.unused_data, None
                if piece:
                    yield piece

    def end(self) -> None:
        """Note that the stream is over.

        Raises:
            falcon.HTTPBadRequest: it ends within a member, or has none.
        """
        if self._member is not None or not self._n_members:
            raise self._refusal(f"the {self._encoding} stream ends too early")

    def _next(self, head: bytes) -> _Member:
        self._n_members += 1
        if self._n_members > MAX_MEMBERS:
            raise self._refusal(f"the stream has more than {MAX_MEMBERS} members")
        self._member = self._begin(head)
        return self._member

    def _refusal(self, detail: str) -> falcon.HTTPBadRequest:
        return falcon.HTTPBadRequest(title=f"Body is not {self._encoding}", description=detail)


def inflate(body: bytes, encoding: str, max_bytes: int) -> bytes:
    """Inflate a whole body.

    Raises:
        falcon.HTTPBadRequest: it is not of this encoding, or ends too early.
        falcon.HTTPContentTooLarge: it is larger than `max_bytes` then.
    """
    inflater = Inflater(encoding)
    pieces: list[bytes] = []
    room = max_bytes
    for piece in inflater.feed(body):
        room -= len(piece)
        if room < 0:
            raise too_large(max_bytes)
        pieces.append(piece)
    inflater.end()
    return b"".join(pieces)


def too_large(max_bytes: int) -> falcon.HTTPContentTooLarge:
    """The error for a body that is too large."""
    return falcon.HTTPContentTooLarge(
        title="Body too large",
        description=f"the body may have {max_bytes} bytes at most, compressed or not; "
        f"send it in several calls",
    )
