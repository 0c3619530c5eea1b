"""The one reader of request bodies: sized or chunked, plain or gzip, bounded before and after."""

import asyncio
import zlib
from typing import Final

import falcon
import falcon.asgi

from inference.web.load import SMALL_BYTES, Load

_GZIP: Final = 31  # zlib's wbits for a gzip wrapper (RFC 1952) with any window size

_CHUNK_BYTES: Final = 65_536
"""What lies behind a member is copied, so it is never much."""

MAX_GZIP_MEMBERS: Final = 10_000
"""As many as logs in a batch. Each costs a window of 32 KiB, however little it holds."""

OFF_LOOP_GZIP_BYTES: Final = 4_096
"""A larger gzip body is decompressed in a thread: it may swell a thousandfold."""

_PIECE_BYTES: Final = 262_144
"""A large body is read and weighed in pieces of this size."""


async def read_body(req: falcon.asgi.Request, max_bytes: int, load: Load) -> bytes:
    """Read a request's whole body, decompressed.

    Args:
        req: the request.
        max_bytes: bound for the bytes on the wire and, separately, for the decompressed bytes.
        load: where the body is weighed as it comes, and a gzip stream takes its turn.

    Raises:
        falcon.HTTPContentTooLarge: the body is larger, or would be when decompressed.
        falcon.HTTPUnsupportedMediaType: a content encoding other than identity or gzip.
        falcon.HTTPBadRequest: the body says gzip and is not, or ends too early.
        OverloadedError: the worker has too much in hand.
    """
    length = req.content_length
    if length is not None and length > max_bytes:
        raise _too_large(max_bytes)
    # How long that may take is bounded by the server, see inference.serving.slow_clients.
    if length is not None and length <= SMALL_BYTES:
        body = await req.stream.read(max_bytes + 1)
    else:
        body = await _read_weighed(req, max_bytes, load)
    encoding = req.get_header("content-encoding")
    if encoding is None or encoding.lower() == "identity":
        return body
    if encoding.lower() not in {"gzip", "x-gzip"}:
        raise falcon.HTTPUnsupportedMediaType(
            description=f"content encoding {encoding[:40]!r} is not known; send identity or gzip",
            headers={"Accept-Encoding": "gzip, identity"},
        )
    if len(body) <= OFF_LOOP_GZIP_BYTES:
        plain = gunzip(body, max_bytes)
    else:
        async with load.turn():
            plain = await asyncio.to_thread(gunzip, body, max_bytes)
    if len(plain) > SMALL_BYTES:
        load.hold(req.scope, len(plain))
    return plain


async def _read_weighed(req: falcon.asgi.Request, max_bytes: int, load: Load) -> bytes:
    """Read a body that is large or does not say its size."""
    pieces: list[bytes] = []
    size = 0
    while piece := await req.stream.read(_PIECE_BYTES):
        size += len(piece)
        if size > max_bytes:
            raise _too_large(max_bytes)
        if size > SMALL_BYTES:
            load.hold(req.scope, len(piece))
        pieces.append(piece)
    return b"".join(pieces)


def gunzip(body: bytes, max_bytes: int) -> bytes:
    """Decompress all members (RFC 1952, section 2.2) in time linear in both sizes."""
    parts: list[bytes] = []
    room = max_bytes
    inflater = zlib.decompressobj(_GZIP)
    members = 1
    at = 0
    while at < len(body) or not inflater.eof:
        if inflater.eof:
            inflater = zlib.decompressobj(_GZIP)
            members += 1
            if members > MAX_GZIP_MEMBERS:
                raise _not_gzip(f"the stream has more than {MAX_GZIP_MEMBERS} members")
        chunk = body[at : at + _CHUNK_BYTES]
        if not chunk:
            raise _not_gzip("the gzip stream ends too early")
        try:
            part = inflater.decompress(chunk, room + 1)
        except zlib.error as error:
            raise _not_gzip(f"the body cannot be decompressed: {error}") from error
        room -= len(part)
        if room < 0:
            raise _too_large(max_bytes)
        parts.append(part)
        at += len(chunk) - len(inflater.unused_data)
    return b"".join(parts)


def _not_gzip(detail: str) -> falcon.HTTPBadRequest:
    return falcon.HTTPBadRequest(title="Body is not gzip", description=detail)


def _too_large(max_bytes: int) -> falcon.HTTPContentTooLarge:
    return falcon.HTTPContentTooLarge(
        title="Body too large",
        description=f"the body may have {max_bytes} bytes at most, compressed or not; "
        f"send it in several calls",
    )
