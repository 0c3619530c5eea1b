"""POST /predict/batch with JSON lines: judged as they come, and answered line by line."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Final

import falcon
import falcon.asgi
import msgspec

from inference.intake.each_request import Each, answer_each, read_each
from inference.intake.scanning import LINE_END, count_byte
from inference.resources.predictor import Predictor
from inference.web.body import read_pieces
from inference.web.load import PROGRESS
from schemas.api.predictions import FaultyLog, PredictRequest
from schemas.api.problems import FieldError

MAX_LINE_BYTES: Final = 1_048_576
"""A longer line is at fault, and skipped."""

WINDOW_BYTES: Final = 65_536
"""Lines that are judged at once: a millisecond of work between which others are answered."""

FAULTY_LINES: Final = 256
"""Lines of a window at fault that are read at once: each takes as long as many good lines."""

MAX_FAULTY_LINES: Final = 10_000
"""Lines in a row that may be at fault, as many as a batch has logs; the rest is not read then."""

PROGRESS_BYTES: Final = 4_096
"""Bytes of a stream that a client must send while the server waits for slow clients."""

TOO_LONG: Final = f"is longer than {MAX_LINE_BYTES} bytes"
ALL_FAULTY: Final = f"is not read: more than {MAX_FAULTY_LINES} lines before it are at fault"

_encode: Final = msgspec.json.Encoder().encode


class Windows:
    """Cuts a stream into windows of whole lines, held one at a time."""

    def __init__(self) -> None:
        self._rest = b""
        self._skipping = False

    def feed(self, piece: bytes) -> Iterator[bytes | None]:
        """The windows that a piece completes, each without its last line end.

        Yields:
            Lines; or None for a line that is too long, of which nothing is kept.
        """
        for start in range(0, len(piece), WINDOW_BYTES):
            part = piece[start : start + WINDOW_BYTES]
            if self._skipping:
                _, end, part = part.partition(b"\n")
                if not end:
                    continue
                self._skipping = False
            lines, end, rest = part.rpartition(b"\n")
            if end:
                yield self._rest + lines
                self._rest = rest
            else:
                self._rest += part
            if len(self._rest) > MAX_LINE_BYTES:
                self._rest, self._skipping = b"", True
                yield None

    def end(self) -> Iterator[bytes]:
        """The last line, if it has no line end."""
        if self._rest:
            yield self._rest
            self._rest = b""


class RequestLines:
    """Judges requests that come as JSON lines, in constant memory."""

    def __init__(self, predictor: Predictor) -> None:
        self._predictor = predictor
        self._decode = msgspec.json.Decoder(PredictRequest, strict=False).decode_lines

    async def answer(
        self,
        req: falcon.asgi.Request,
        resp: falcon.asgi.Response,
        media_type: str,
        *,
        explain: bool,
    ) -> None:
        """Answer each line with a line: a `Prediction`, or a `FaultyLog`.

        A client has to read while it sends: logs whose answers it does not take are not judged.
        """
        pieces = read_pieces(req)
        # Before the status is sent: whether there is a model, and the content type. A
        # client that asks whether to go on (RFC 9110, 10.1.1) gets that answer by the first read.
        await self._predictor.slot.current()
        first = await anext(pieces, b"")
        self._predictor.load.hold(req.scope, MAX_LINE_BYTES)
        resp.content_type = media_type
        resp.stream = self._answers(req, first, pieces, explain=explain)

    async def _answers(
        self, req: falcon.asgi.Request, first: bytes, pieces: AsyncIterator[bytes], *, explain: bool
    ) -> AsyncIterator[bytes]:
        windows = Windows()
        position = n_bytes = n_faulty = 0
        predictor = self._predictor
        with predictor.load:
            async for piece in _windows(windows, first, pieces):
                if piece is None:
                    parts: Iterable[list[Each]] = [
                        [FaultyLog(position, [FieldError("", TOO_LONG)])]
                    ]
                elif isinstance(piece, falcon.HTTPError):
                    parts = [[FaultyLog(position, [FieldError("", piece.description or "")])]]
                else:
                    n_bytes += len(piece)
                    req.scope[PROGRESS] = n_bytes // PROGRESS_BYTES
                    parts = self._read(piece, position)
                for lines in parts:
                    # What is inflated has come already, so nothing else would let others in.
                    await asyncio.sleep(0)
                    model = await predictor.slot.current()
                    flagged = predictor.flagged()
                    answered = answer_each(lines, model, position, explain=explain, flagged=flagged)
                    position += len(lines)
                    predictor.report(model, answered.verdicts, flagged)
                    if answered.objects:
                        yield b"\n".join(answered.objects) + b"\n"
                    n_faulty = 0 if answered.verdicts else n_faulty + len(lines)
                    if n_faulty > MAX_FAULTY_LINES:
                        yield _encode(FaultyLog(position, [FieldError("", ALL_FAULTY)])) + b"\n"
                        return

    def _read(self, window: bytes, first: int) -> Iterator[list[Each]]:
        """The requests of a window of lines, of which blank lines are none; at once or in parts."""
        # Else 100 MB of blank lines, in 97 kB of gzip, take 3.1 s instead of 0.3.
        if window.isspace():
            return
        with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            requests = self._decode(window)
            if len(requests) == count_byte(window, LINE_END) + 1:
                yield [*requests]
                return
        lines = [line for line in window.split(b"\n") if line.strip()]
        for start in range(0, len(lines), FAULTY_LINES):
            yield read_each(lines[start : start + FAULTY_LINES], first + start)


async def _windows(
    windows: Windows, first: bytes, pieces: AsyncIterator[bytes]
) -> AsyncIterator[bytes | falcon.HTTPError | None]:
    """The windows of a stream; its fault, if it turns out not to be of its encoding."""
    for window in windows.feed(first):
        yield window
    try:
        async for piece in pieces:
            for window in windows.feed(piece):
                yield window
    except falcon.HTTPBadRequest as error:
        yield error
        return
    for window in windows.end():
        yield window
