"""HTTP/1.1 on a connection: uvicorn's protocol, bounded in what a client can make it keep.

Heads and trailers are bounded, pipelined requests are taken up a few at a time, and a request to
upgrade is answered as if it had not asked (RFC 9110, section 7.8): the JDK's client, curl and
others ask with every POST whether the server speaks HTTP/2.
"""

import asyncio
from typing import Any, Final
from urllib.parse import unquote

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from inference.metrics.traffic import Traffic
from inference.serving.behind_head import BehindHead
from inference.serving.flow import Flow
from inference.serving.head_rules import check_headers
from inference.serving.known_calls import KnownCalls
from inference.serving.overhead import Overhead
from inference.serving.refusing import MALFORMED, RefusedError
from inference.serving.writing import Cycle
from inference.web.load import DRAIN
from inference.web.shortcut import PlainCall, Shortcut

PIECE_BYTES: Final = 16_384
"""Bytes that the parser gets at a time, so that later bytes can wait unparsed."""

LINGER_S: Final = 2.0
"""How long a refused client may go on sending. If it were cut off at once, its system would throw
the answer away (RFC 9112, section 9.6)."""

_VERSIONS: Final = frozenset({"1.0", "1.1"})
_FRAMING: Final = frozenset({b"content-length", b"transfer-encoding"})


class HttpProtocol(HttpToolsProtocol):
    """A connection.

    Args:
        args, kwargs: as uvicorn's own.
        max_head_bytes: bound for the request line and the headers; see `Overhead`.
        traffic: counts refusals; None without metrics.
        shortcut: answers plain calls before the app sees them, if any are.
    """

    def __init__(
        self,
        *args: Any,
        max_head_bytes: int,
        traffic: Traffic | None = None,
        shortcut: Shortcut | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._traffic = traffic
        self._shortcut = shortcut
        self._known = None if shortcut is None else KnownCalls(self, shortcut)
        self._call: PlainCall | None = None  # whose body is being waited for
        self._answered: PlainCall | None = None  # by the last bytes
        self._idle_since: float | None = None
        self._overhead = Overhead(max_head_bytes)
        self._measured = False
        self._brought_body = False  # by the last bytes
        self._waiting = bytearray()  # behind more pipelined requests than are taken up at a time
        self._refused = False
        self._refusal: RefusedError | None = None  # behind requests that are being answered

    @property
    def in_head(self) -> bool:
        """Whether the head of a request has begun and is not whole."""
        return self.scope is not None and "method" not in self.scope

    @property
    def backlogged(self) -> bool:
        """Whether requests wait behind the request that is being answered."""
        return bool(self.pipeline or self._waiting)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        """Begin with a new connection."""
        super().connection_made(transport)
        self.flow = Flow(transport, self)
        self._extensions = {DRAIN: {"wait": self.flow.drain}}

    def data_received(self, data: bytes) -> None:
        """Take bytes of the client."""
        if self._refused:
            return
        known = self._known
        may_be_known = known is not None and known.may_have(data)
        if known is not None and may_be_known and known.answer(data):
            self._idle_since = self.loop.time()
            return
        self._idle_since = self._answered = None
        if self.pipeline or self._waiting:
            self._waiting += data
            self.flow.pause_reading()
            return
        scope, cycle = self.scope, self.cycle
        self._measured = (
            len(data) > PIECE_BYTES
            or (scope is not None and "method" not in scope)
            or (cycle is not None and cycle.more_body)
        )
        try:
            if self._measured:
                self._take_in_pieces(data)
            else:
                self._parse(data)
                if known is not None and may_be_known and self._answered is not None:
                    known.remember(data, self._answered)
        except RefusedError as error:
            self._refuse(error)
        except httptools.HttpParserError as error:
            cause = error.__context__  # what a call of ours raised
            self._refuse(
                cause if isinstance(cause, RefusedError) else RefusedError(MALFORMED, str(error))
            )

    def _take_in_pieces(self, data: bytes) -> None:
        whole = memoryview(data)  # of which the parser takes a piece without a copy
        for start in range(0, len(whole), PIECE_BYTES):
            if self.pipeline:
                self._waiting += whole[start:]
                return
            scope, in_head = self.scope, self.in_head
            piece = whole[start : start + PIECE_BYTES]
            self._brought_body = False
            self._parse(piece)
            # Behind a head, what brings no byte of the body frames chunks, or is of the trailers.
            in_same = self.scope is scope and self.in_head is in_head and not self._brought_body
            goes_on = in_same and (in_head or (self.cycle is not None and self.cycle.more_body))
            self._overhead.take(len(piece), goes_on=goes_on)

    def _parse(self, data: bytes | memoryview) -> None:
        while True:
            try:
                self.parser.feed_data(data)
            except httptools.HttpParserUpgrade as upgrade:
                data = data[upgrade.args[0] :]
            else:
                return
            self._go_on_without_upgrade()

    def _go_on_without_upgrade(self) -> None:
        """Go on behind the head with a new parser: the old takes the body for another protocol.

        A tunnel (CONNECT) is refused, and what follows is nothing that could be understood.
        """
        tunnel = self.scope["method"] == "CONNECT"
        framing = [pair for pair in self.scope["headers"] if pair[0] in _FRAMING and not tunnel]
        head = b"".join(b"%b: %b\r\n" % pair for pair in framing)
        behind = BehindHead(self)
        self.parser = httptools.HttpRequestParser(behind)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
        self.parser.feed_data(b"POST / HTTP/1.1\r\n%b\r\n" % head)
        behind.silent = False
        if tunnel:
            self.cycle.keep_alive = False
            self._refused = True

    def on_headers_complete(self) -> None:
        """Begin with a request whose head is whole.

        Raises:
            RefusedError: it is larger than allowed; of HTTP/0.9, or of a version to come; or see
                `check_headers`.
        """
        if self._measured:
            lines = sum(len(name) + len(value) + 4 for name, value in self.headers)
            self._overhead.check(len(self.url) + lines)
        check_headers(self.headers)
        version = self.parser.get_http_version()
        if version not in _VERSIONS:
            raise RefusedError(MALFORMED, f"HTTP/{version} is not spoken here; send HTTP/1.1")
        scope, url = self.scope, httptools.parse_url(self.url)
        raw_path = url.path or b"/"  # RFC 9112, section 3.2.2: of a target such as http://host
        path = raw_path.decode("ascii")
        scope["method"] = self.parser.get_method().decode("ascii")
        scope["http_version"] = version
        scope["path"] = unquote(path) if "%" in path else path
        scope["raw_path"] = raw_path
        scope["query_string"] = url.query or b""
        scope["extensions"] = self._extensions  # type: ignore[typeddict-item]  # of our own
        before = self.cycle
        self.cycle = Cycle(
            scope,
            self.transport,
            self.flow,
            self.logger,
            self.access_logger,
            self.access_log,
            self.server_state.default_headers,
            asyncio.Event(),
            self.expect_100_continue,
            version != "1.0" and self.parser.should_keep_alive(),
            self.on_response_complete,
        )
        if before is None or before.response_complete:
            if self._shortcut is not None:
                self._call = self._shortcut.plain_call(scope)
            if self._call is None:
                self._start_asgi_task(self.cycle, self.app)
        else:
            self.flow.pause_reading()
            self.pipeline.appendleft((self.cycle, self.app))
        self.headers = []  # trailers are no headers (RFC 9110, section 6.5.1), and are dropped

    def on_body(self, body: bytes) -> None:
        """Take a piece of a request's body."""
        self._brought_body = True
        super().on_body(body)

    def on_message_complete(self) -> None:
        """End the request, unless the parser only thinks so because of an upgrade."""
        if not self.parser.should_upgrade():
            cycle: Cycle = self.cycle  # type: ignore[assignment]  # made above; may be answered early
            cycle.more_body = False
            cycle.message_event.set()
            if self._call is not None:
                self._answer(self._call, cycle)

    def _answer(self, call: PlainCall, cycle: Cycle) -> None:
        """Answer a plain call at once, or have the app answer it."""
        self._call = None
        answer = None
        if self._shortcut is not None and cycle.takes_answer:
            answer = self._shortcut.answer(call, bytes(cycle.body))
        if answer is None:
            self._start_asgi_task(cycle, self.app)
        else:
            self._answered = call
            cycle.answer(*answer)

    def on_response_complete(self) -> None:
        """Go on with the next request, and read on if none waits."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
        elif self._refusal is not None:
            self._answer_refusal(self._refusal)
            return
        else:
            self._idle_since = self.loop.time()
            if self.timeout_keep_alive_task is None:
                self._wait_idle(self.timeout_keep_alive)
        if self._waiting and not self.pipeline:
            data, self._waiting = bytes(self._waiting), bytearray()
            self.data_received(data)
        if self.flow.read_paused:
            self.flow.resume_reading()

    def _wait_idle(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(
            seconds, self.timeout_keep_alive_handler
        )

    def timeout_keep_alive_handler(self) -> None:
        """Close the connection if it has been idle for long enough.

        There is a single timer for each connection. When it goes off, it compares the time of the
        last answer: a new timer with each answer would cost each answer a microsecond.
        """
        self.timeout_keep_alive_task = None
        if self._idle_since is None or self.transport.is_closing():
            return
        rest = self._idle_since + self.timeout_keep_alive - self.loop.time()
        if rest > 0:
            self._wait_idle(rest)
        else:
            self.transport.close()

    def _refuse(self, error: RefusedError) -> None:
        """Answer after the requests before it (RFC 9112, section 9.3.2)."""
        self._refused = True
        cycle = self.cycle
        if cycle is not None and cycle.more_body:  # the fault is in its body
            if cycle.response_started:
                self.transport.close()  # nothing else can be written behind a part of an answer
                return
            cycle.disconnected = True  # so the app answers nothing
            cycle.message_event.set()
            if not self.pipeline:
                self._answer_refusal(error)
                return
            self.pipeline.popleft()
        elif cycle is None or cycle.response_complete:
            self._answer_refusal(error)
            return
        self._refusal = error

    def _answer_refusal(self, error: RefusedError) -> None:
        if self._traffic is not None:
            self._traffic.refused(error.spec.status)
        self.transport.write(error.answer())
        if self.transport.can_write_eof():  # not with TLS
            self.transport.write_eof()
        self.loop.call_later(LINGER_S, self.transport.close)
