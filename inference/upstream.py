"""Calls to a service behind this service, in threads, so that predictions go on meanwhile."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import falcon
import falcon.asgi
import msgspec
import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection

CONNECT_TIMEOUT_S: Final = 2.0
MAX_ANSWER_BYTES: Final = 1_048_576
PARALLEL_CALLS: Final = 4
"""Calls waited for at once; others wait for their turn."""


class UpstreamAnswer(msgspec.Struct, frozen=True):
    """The answer of the service behind, to be passed back as it is."""

    status: int
    content_type: str
    retry_after: str | None
    body: bytes

    def pass_back(self, resp: falcon.asgi.Response) -> None:
        """Answer the same."""
        resp.status = falcon.code_to_http_status(self.status)
        resp.content_type = self.content_type
        if self.retry_after is not None:
            resp.set_header("Retry-After", self.retry_after)
        resp.data = self.body


class _Call:
    """A call that a thread waits for, and another may break off."""

    def __init__(self) -> None:
        self._connection: _Breakable | None = None
        self._is_broken_off = False

    def use(self, connection: "_Breakable") -> None:
        """Note the connection that the call is made over.

        Raises:
            urllib3.exceptions.ProtocolError: the call was broken off before.
        """
        with _changing:
            self._connection, connection.call = connection, self
            if self._is_broken_off:
                raise urllib3.exceptions.ProtocolError("the call was broken off")

    def break_off(self) -> None:
        """Close the connection, so that the service behind notices and the thread ends."""
        with _changing:
            self._is_broken_off = True
            used = self._connection
            # A call that has just ended has given its connection back, and another may use it.
            if used is not None and used.call is self and used.sock is not None:
                with contextlib.suppress(OSError):
                    socket.socket.shutdown(used.sock, socket.SHUT_RDWR)


class _Calls(threading.local):
    """The call that a thread makes."""

    now: _Call


_calls: Final = _Calls()
_changing: Final = threading.Lock()
"""Held while it is changed, or acted upon, which call uses a connection."""


class _Breakable(HTTPConnection):
    """A connection that knows the last call over it."""

    call: _Call | None = None

    def request(self, *args: Any, **kwargs: Any) -> None:
        _calls.now.use(self)
        super().request(*args, **kwargs)

    def getresponse(self) -> urllib3.HTTPResponse:  # type: ignore[override]  # as urllib3's own
        _calls.now.use(self)  # it may have been broken off while there was no connection yet
        return super().getresponse()


class _BreakableTls(_Breakable, HTTPSConnection):
    pass


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Breakable


class _TlsPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _BreakableTls


class Upstream:
    """Talks to a service over HTTP.

    Args:
        name: of its threads.
        timeout_s: how long to wait for an answer.
    """

    def __init__(self, name: str, timeout_s: float) -> None:
        self._pool = urllib3.PoolManager(
            maxsize=PARALLEL_CALLS,
            retries=False,
            timeout=urllib3.Timeout(connect=CONNECT_TIMEOUT_S, read=timeout_s),
        )
        self._pool.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}
        self._threads = ThreadPoolExecutor(PARALLEL_CALLS, thread_name_prefix=name)

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> UpstreamAnswer:
        """POST a body; an answer without a type is of the type of the request.

        A task that is cancelled meanwhile breaks the call off.

        Raises:
            urllib3.exceptions.HTTPError: no connection, or it broke, or no answer came in time.
        """
        call = _Call()
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._threads, self._post, call, url, body, headers)
        except asyncio.CancelledError:
            call.break_off()
            raise

    def _post(
        self, call: _Call, url: str, body: bytes, headers: Mapping[str, str]
    ) -> UpstreamAnswer:
        _calls.now = call
        response = self._pool.request(
            "POST", url, body=body, headers=headers, preload_content=False
        )
        with response:
            data = response.read(MAX_ANSWER_BYTES)
        return UpstreamAnswer(
            response.status,
            response.headers.get("Content-Type", headers["Content-Type"]),
            response.headers.get("Retry-After"),
            data,
        )
