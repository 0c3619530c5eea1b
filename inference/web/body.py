"""The reader of all request bodies: sized or chunked, plain or compressed, always bounded."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

import falcon
import falcon.asgi

from inference.web.inflating import ENCODINGS, PIECE_BYTES, Inflater, inflate, too_large
from inference.web.load import SMALL_BYTES, Load

OFF_LOOP_BYTES: Final = 4_096
"""A larger compressed body is inflated in a thread: it may swell a thousandfold."""


async def read_body(req: falcon.asgi.Request, max_bytes: int, load: Load) -> bytes:
    """Read a request's whole body, decompressed.

    Args:
        req: the request.
        max_bytes: bound for the bytes on the wire and, separately, for the decompressed bytes.
        load: weighs the body as it comes, and gives a compressed body its turn.

    Raises:
        falcon.HTTPContentTooLarge: the body is larger, or would be when decompressed.
        falcon.HTTPUnsupportedMediaType: a content encoding other than identity and `ENCODINGS`.
        falcon.HTTPBadRequest: the body is not of its encoding, or ends too early.
        OverloadedError: the worker has too much in hand.
    """
    length = req.content_length
    if length is not None and length > max_bytes:
        raise too_large(max_bytes)
    # How long that may take is bounded by the server, see inference.serving.slow_clients.
    if length is not None and length <= SMALL_BYTES:
        body = await req.stream.read(max_bytes + 1)
    else:
        body = await _read_weighed(req, max_bytes, load)
    encoding = encoding_of(req)
    if encoding is None:
        return body
    if len(body) <= OFF_LOOP_BYTES:
        plain = inflate(body, encoding, max_bytes)
    else:
        async with load.turn():
            plain = await asyncio.to_thread(inflate, body, encoding, max_bytes)
    if len(plain) > SMALL_BYTES:
        load.hold(req.scope, len(plain))
    return plain


async def read_pieces(req: falcon.asgi.Request) -> AsyncIterator[bytes]:
    """Read a body of any length piece by piece, decompressed; nothing of it is kept.

    Raises:
        falcon.HTTPUnsupportedMediaType, falcon.HTTPBadRequest: as `read_body`.
    """
    encoding = encoding_of(req)
    inflater = None if encoding is None else Inflater(encoding)
    async for piece in req.stream:  # as they come: a client may wait for its first answer
        if inflater is None:
            yield piece
        else:
            for plain in inflater.feed(piece):
                await asyncio.sleep(0)  # a small piece may swell a thousandfold: let others in
                yield plain
    if inflater is not None:
        inflater.end()


def encoding_of(req: falcon.asgi.Request) -> str | None:
    """The content encoding of a request, a name in `ENCODINGS`; None for a plain body.

    Raises:
        falcon.HTTPUnsupportedMediaType: another type.
    """
    header = req.get_header("content-encoding")
    if header is None:
        return None
    encoding = header.strip().lower()
    if encoding in {"identity", ""}:
        return None
    if encoding not in ENCODINGS:
        raise falcon.HTTPUnsupportedMediaType(
            description=f"content encoding {header[:40]!r} is not known; send gzip, deflate, zstd "
            "or identity",
            headers={"Accept-Encoding": "gzip, deflate, zstd, identity"},
        )
    return encoding


async def _read_weighed(req: falcon.asgi.Request, max_bytes: int, load: Load) -> bytes:
    """Read a body that is large or does not say its size."""
    pieces: list[bytes] = []
    size = 0
    while piece := await req.stream.read(PIECE_BYTES):
        size += len(piece)
        if size > max_bytes:
            raise too_large(max_bytes)
        if size > SMALL_BYTES:
            load.hold(req.scope, len(piece))
        pieces.append(piece)
    return b"".join(pieces)
