"""The short way of the call that a service lives on: a plain call is answered without Falcon.

Routing, request and response objects and middleware take a third of the processor time of a
prediction, and a plain call needs none of them: its path is known, its body is small, whole and
JSON, nobody's page sends it. Such a call is answered here, by the very functions that resource and
middleware use.

All others go on to Falcon, with what was received of them. So do those whose answer would be
anything but 200: what is raised here is dropped, Falcon begins anew and answers what it raises.
There is no second way to say no.
"""

import time
from collections.abc import Awaitable, Callable
from typing import Any, Final

import falcon

from inference.access.guard import Guard
from inference.metrics.traffic import Traffic
from inference.web.admission import is_json
from inference.web.request_id import HEADER, RequestIdMiddleware

MAX_BYTES: Final = 8_192
"""What is wrong with a body is found twice; in a larger body that would take its time."""

Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
Answer = Callable[[bytes], bytes | None]
"""The JSON that answers a body; None, or whatever it raises, if that takes more than a moment."""

Meter = Callable[[float], None]
"""Counts an answer, given when its call came."""

_UNUSUAL: Final = frozenset({b"content-encoding", b"origin", b"transfer-encoding"})
"""Headers of calls that need a closer look."""

_OK: Final = 200
_ID: Final = HEADER.lower().encode()
_JSON: Final = falcon.MEDIA_JSON.encode()


class Shortcut:
    """Answers plain calls.

    Args:
        ids: names requests.
        guard: asks for tokens, if any are needed.
        traffic: counts calls, if anybody does.
    """

    def __init__(
        self, ids: RequestIdMiddleware, guard: Guard | None, traffic: Traffic | None = None
    ) -> None:
        self._ids = ids
        self._guard = guard
        self._traffic = traffic
        self._clock = time.perf_counter if traffic is None else traffic.clock
        self._ways: dict[str, tuple[Answer, Meter | None]] = {}

    def add(self, path: str, answer: Answer) -> None:
        """Let POSTs to a path take the short way."""
        meter = None if self._traffic is None else self._traffic.meter(path, _OK)
        self._ways[path] = (answer, meter)

    async def answer(self, scope: dict[str, Any], receive: Receive, send: Send) -> Receive | None:
        """Answer a call if it is plain.

        Returns:
            None if it was answered; else what has its events, from the first on.
        """
        way = self._ways.get(scope["path"])
        if way is None or scope["method"] != "POST" or scope["query_string"]:
            return receive
        answer, meter = way
        began = self._clock()
        given = scope["headers"]
        if not isinstance(given, list):  # as the server's are; another could be read only once
            return receive
        headers = dict(given)
        if len(headers) != len(given) or not self._is_plain(scope["path"], headers):
            return receive
        event = await receive()
        body = event.get("body")
        if not body or event["more_body"] or len(body) > MAX_BYTES:
            return _from_first(event, receive)
        name = self._ids.name(_text(headers.get(_ID)))
        try:
            data = answer(body)
        except Exception:  # noqa: BLE001 - it is raised again where it is answered
            data = None
        if data is None:
            return _from_first(event, receive)
        if meter is not None:
            meter(began)
        await send(
            {
                "type": "http.response.start",
                "status": _OK,
                "headers": [
                    (_ID, name.encode()),
                    (b"content-type", _JSON),
                    (b"content-length", b"%d" % len(data)),
                ],
            }
        )
        await send({"type": "http.response.body", "body": data})
        return None

    def _is_plain(self, path: str, headers: dict[bytes, bytes]) -> bool:
        """Whether a call may come in, as far as that is seen at first sight."""
        media_type = headers.get(b"content-type", _JSON).decode("latin-1")
        if not _UNUSUAL.isdisjoint(headers) or not is_json(media_type):
            return False
        guard = self._guard
        return guard is None or guard.permits(path, _text(headers.get(b"authorization")))


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("latin-1")


def _from_first(event: Any, receive: Receive) -> Receive:
    """What has an event that was received already, and then those that follow."""
    events = [event]

    async def received() -> Any:
        return events.pop() if events else await receive()

    return received
