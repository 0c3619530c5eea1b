"""Batches of requests, decoded a piece at a time where they are large.

msgspec keeps the interpreter to itself until it is done: two to four milliseconds for 10,000
requests, in which the loop beside the thread that decodes them answers nobody.
"""

import re
from collections.abc import Iterator
from typing import Final

import msgspec

from schemas.api.predictions import MAX_BATCH_LOGS, BatchRequest, PredictRequest
from schemas.api.validation import BodyDecoder

PIECE_BYTES: Final = 65_536
"""A tenth of a millisecond."""

WHOLE_BYTES: Final = 262_144
"""Up to this size a batch is decoded in a single call."""

_decode: Final = BodyDecoder(BatchRequest).decode
_decode_logs: Final = msgspec.json.Decoder(list[PredictRequest], strict=False).decode

_BLANKS: Final = b" \t\n\r"
"""Between values (RFC 8259, section 2)."""

_HEAD: Final = re.compile(rb'[ \t\n\r]*+\{[ \t\n\r]*+"logs"[ \t\n\r]*+:[ \t\n\r]*+\[')
_BETWEEN: Final = re.compile(rb"\}[ \t\n\r]*+(?=,[ \t\n\r]*+\{)")


def decode_batch(
    body: bytes, *, whole_bytes: int = WHOLE_BYTES, piece_bytes: int = PIECE_BYTES
) -> BatchRequest:
    """Decode the body of a batch.

    Args:
        body: JSON.
        whole_bytes: up to this size it is decoded in a single call.
        piece_bytes: of pieces; each goes on to the end of a request.

    Raises:
        MalformedJsonError, InvalidBodyError: as `BodyDecoder.decode`.
    """
    if len(body) > whole_bytes:
        logs = _in_pieces(body, piece_bytes)
        if logs is not None:
            return BatchRequest(logs)
    return _decode(body)


def pieces_of(body: bytes, piece_bytes: int) -> Iterator[bytes]:
    """The JSON of a batch as several arrays; nothing if it holds more than its logs.

    Where one request ends and the next begins is guessed. A guess within a text or a deeper value
    leaves no JSON on its left; if each piece is an array, then together they are the array that
    was cut.
    """
    head = _HEAD.match(body)
    end = _end_of_logs(body)
    if head is None or not end:
        return
    start = head.end()
    while start < end:
        between = _BETWEEN.search(body, start + piece_bytes, end)
        stop = between.end() if between else end
        yield b"[%b]" % body[start:stop]
        start = stop + 1


def _end_of_logs(body: bytes) -> int:
    """Where the bracket stands that closes the logs, if only a brace is behind it; else 0."""
    outer = body.rstrip(_BLANKS)
    inner = outer[:-1].rstrip(_BLANKS) if outer.endswith(b"}") else b""
    return len(inner) - 1 if inner.endswith(b"]") else 0


def _in_pieces(body: bytes, piece_bytes: int) -> list[PredictRequest] | None:
    """The requests of a batch; None if they are better decoded in a single call."""
    logs: list[PredictRequest] = []
    try:
        for piece in pieces_of(body, piece_bytes):
            logs += _decode_logs(piece)
            if len(logs) > MAX_BATCH_LOGS:
                return None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return logs or None
