"""The one reader of request bodies: sized or chunked, plain or gzip, bounded before and after."""

import zlib
from typing import Final

import falcon
import falcon.asgi

_GZIP: Final = 31  # zlib's wbits for a gzip wrapper (RFC 1952) with any window size


async def read_body(req: falcon.asgi.Request, max_bytes: int) -> bytes:
    """Read a request's whole body, decompressed.

    Args:
        req: the request.
        max_bytes: bound for the bytes on the wire and, separately, for the decompressed bytes.

    Raises:
        falcon.HTTPContentTooLarge: the body is larger, or would be when decompressed.
        falcon.HTTPUnsupportedMediaType: a content encoding other than identity or gzip.
        falcon.HTTPBadRequest: the body says gzip and is not, or ends too early.
    """
    length = req.content_length
    if length is not None and length > max_bytes:
        raise _too_large(max_bytes)
    # How long that may take is bounded by the server, see inference.serving.slow_clients.
    body = await req.stream.read(max_bytes + 1)
    if len(body) > max_bytes:
        raise _too_large(max_bytes)
    encoding = req.get_header("content-encoding")
    if encoding is None or encoding.lower() == "identity":
        return body
    if encoding.lower() not in {"gzip", "x-gzip"}:
        raise falcon.HTTPUnsupportedMediaType(
            description=f"content encoding {encoding[:40]!r} is not known; send identity or gzip",
            headers={"Accept-Encoding": "gzip, identity"},
        )
    return _gunzip(body, max_bytes)


def _gunzip(body: bytes, max_bytes: int) -> bytes:
    parts: list[bytes] = []
    room = max_bytes
    while body:  # a gzip stream may have several members (RFC 1952, section 2.2)
        inflater = zlib.decompressobj(_GZIP)
        try:
            part = inflater.decompress(body, room + 1)
        except zlib.error as error:
            raise falcon.HTTPBadRequest(
                title="Body is not gzip", description=f"the body cannot be decompressed: {error}"
            ) from error
        room -= len(part)
        if room < 0:
            raise _too_large(max_bytes)
        if not inflater.eof:
            raise falcon.HTTPBadRequest(
                title="Body is not gzip", description="the gzip stream ends too early"
            )
        parts.append(part)
        body = inflater.unused_data
    return b"".join(parts)


def _too_large(max_bytes: int) -> falcon.HTTPContentTooLarge:
    return falcon.HTTPContentTooLarge(
        title="Body too large",
        description=f"the body may have {max_bytes} bytes at most, compressed or not; "
        f"send it in several calls",
    )
