"""The short way of the most frequent calls: a plain call is answered without Falcon.

Routing, request and response objects, middleware and a task for each request take more than half
of the processor time of a prediction, and a plain call needs none of them: its path and query are
known, its body is small and JSON, no web page sends it. The server asks here before it hands a
request to the app, and writes the answer itself (`inference.serving.protocol`). The answer comes
from the very functions that resource and middleware use.

All other calls go to the app. So do calls whose answer would be anything but 200: an exception here
is dropped, and Falcon answers its own. So there is a single place for refusals.
"""

import time
from collections.abc import Callable
from typing import Any, Final

import falcon

from inference.access.guard import Guard
from inference.metrics.traffic import Traffic
from inference.web.admission import is_json
from inference.web.request_id import HEADER, RequestIdMiddleware
from inference.web.routing import AtOnce, AtOnceAnswer

Meter = Callable[[float], None]
"""Counts an answer, given when its call came."""

PlainCall = tuple[AtOnceAnswer, Meter | None, float, bytes, bytes | None]
"""A call whose body may be answered: what answers and counts it, when it came, the content type of
its body, and its id."""

MAX_KNOWN: Final = 1_024
MAX_KNOWN_BYTES: Final = 2_048
"""Heads that are known again, and how long each and its body may be: 2 MB at most."""

_UNUSUAL: Final = frozenset({b"content-encoding", b"expect", b"origin", b"transfer-encoding"})
"""Headers of calls that need a closer look."""

_OK: Final = 200
_ID: Final = HEADER.lower().encode()
_JSON: Final = falcon.MEDIA_JSON.encode()
_LENGTH_DIGITS: Final = 9


class Shortcut:
    """Answers plain calls.

    Args:
        ids: names requests.
        guard: asks for tokens, if any are needed.
        traffic: counts calls; None without metrics.
    """

    def __init__(
        self, ids: RequestIdMiddleware, guard: Guard | None, traffic: Traffic | None = None
    ) -> None:
        self._ids = ids
        self._guard = guard
        self._traffic = traffic
        self._clock = time.perf_counter if traffic is None else traffic.clock
        self._known: dict[bytes, tuple[int, AtOnceAnswer, Meter | None, bytes]] = {}
        self._ways: dict[tuple[str, bytes], tuple[AtOnce, Meter | None]] = {}

    def add(self, path: str, at_once: AtOnce) -> None:
        """Let POSTs to a path, with this query, take the short way."""
        meter = None if self._traffic is None else self._traffic.meter(path, _OK)
        self._ways[path, at_once.query] = (at_once, meter)

    def plain_call(self, scope: Any) -> PlainCall | None:
        """Examine a call whose head has come; None if it is for the app.

        Args:
            scope: the call's ASGI scope, its headers as a list.
        """
        way = self._ways.get((scope["path"], scope["query_string"]))
        if way is None or scope["method"] != "POST":
            return None
        at_once, meter = way
        given = scope["headers"]
        headers = dict(given)
        if len(headers) != len(given) or not _UNUSUAL.isdisjoint(headers):
            return None
        length = headers.get(b"content-length", b"")
        if not 0 < len(length) <= _LENGTH_DIGITS or not 0 < int(length) <= at_once.max_bytes:
            return None
        media_type = headers.get(b"content-type", _JSON)
        if (
            media_type != _JSON
            and media_type not in at_once.types
            and not is_json(media_type.decode("latin-1"))
        ):
            return None
        if self._guard is not None:
            authorization = _text(headers.get(b"authorization"))
            if not self._guard.permits(scope["path"], authorization):
                return None
        return at_once.answer, meter, self._clock(), media_type, headers.get(_ID)

    def remember(self, head: bytes, n_bytes: int, call: PlainCall) -> None:
        """Know a plain call again by its head: clients send the same heads again and again.

        Heads with an id of their own do not come again, and a token may hold no longer.

        Args:
            head: of a call that was answered, from its first byte on.
            n_bytes: of its body.
            call: made of it by `plain_call`.
        """
        answer, meter, _, content_type, given = call
        if self._guard is not None or given is not None or len(head) + n_bytes > MAX_KNOWN_BYTES:
            return
        if len(self._known) >= MAX_KNOWN:
            self._known.clear()
        self._known[head] = (n_bytes, answer, meter, content_type)

    def known_call(self, head: bytes, n_bytes: int) -> PlainCall | None:
        """The call of a head that is known, with a body as long as it says; None for any other."""
        known = self._known.get(head)
        if known is None or known[0] != n_bytes:
            return None
        _, answer, meter, content_type = known
        return answer, meter, self._clock(), content_type, None

    def answer(self, call: PlainCall, body: bytes) -> tuple[bytes, bytes] | None:
        """Answer a call whose body has come.

        Returns:
            The lines of the head that are the answer's own, and its body; None if the call is for
            the app after all.
        """
        answer, meter, began, media_type, given = call
        try:
            data = answer(body, media_type)
        except Exception:  # noqa: BLE001 - it is raised again where it is answered
            return None
        if data is None:
            return None
        if meter is not None:
            meter(began)
        name = self._ids.make(_text(given)).encode()
        return _HEAD % (name, len(data)), data


_HEAD: Final = b"%b: %%b\r\ncontent-type: %b\r\ncontent-length: %%d\r\n\r\n" % (_ID, _JSON)


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("latin-1")
