"""Refuses requests that a foreign web page makes a visitor's browser send.

A browser lets any page send a POST to any address that it reaches, such as a service on loopback,
as long as the body has a type that a form can have (the "simple requests" of the Fetch standard);
for a type of JSON it asks that address first, and gets no permission here. The header Origin names
the page's own scheme, host and port (RFC 6454); programs other than browsers send none.
"""

import re
from collections.abc import Collection
from typing import Any, Final

import falcon
import falcon.asgi

_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
"""They change nothing (RFC 9110, section 9.2.1)."""

_JSON: Final = re.compile(
    r"application/(?:[\w!#$%&'*+.^`|~-]+\+)?json[ \t]*(?:;.*)?", re.ASCII | re.IGNORECASE
)
"""With or without a suffix (RFC 6839) and parameters, which mean nothing in JSON (RFC 8259)."""

ANY_TYPE: Final = "*"
"""In a resource's `takes`: any content type is accepted."""

_PORTS: Final = {"http": ":80", "https": ":443"}


class Admission:
    """Falcon middleware that refuses writes of other origins, and bodies of types not taken.

    JSON is taken by every resource. A resource that takes more says so by an attribute
    `takes`, a set of media types in small letters.
    """

    async def process_resource(
        self,
        req: falcon.asgi.Request,
        _resp: falcon.asgi.Response,
        resource: Any,
        _params: dict[str, Any],
    ) -> None:
        """Refuse the call before its body is read.

        Raises:
            falcon.HTTPForbidden: a page of another origin sends it.
            falcon.HTTPUnsupportedMediaType: the content type is neither JSON nor
                what the resource takes.
        """
        if req.method in _SAFE_METHODS:
            return
        origin = req.get_header("origin")
        if origin is not None and not is_same_origin(origin, req.get_header("host") or ""):
            raise falcon.HTTPForbidden(
                title="Of another origin",
                description="the header Origin names another host or port than the header Host: "
                "pages of other sites may not call this service. A proxy in between must pass Host "
                "on as it came",
            )
        media_type = req.content_type
        if not media_type or is_json(media_type):
            return
        if req.content_length == 0:  # some clients name a type even of no body
            return
        takes: Collection[str] = getattr(resource, "takes", ())
        if ANY_TYPE in takes or media_type.partition(";")[0].strip().lower() in takes:
            return
        raise falcon.HTTPUnsupportedMediaType(
            title="The body is not declared as JSON",
            description=f"the header Content-Type is {media_type[:80]!r}; send application/json, "
            f"as in curl -H 'Content-Type: application/json' -d ...",
        )


def is_json(media_type: str) -> bool:
    """Whether a media type is JSON, under any of its names."""
    # Most clients name it so, and for them nothing has to be searched.
    return media_type == falcon.MEDIA_JSON or _JSON.fullmatch(media_type) is not None


def is_same_origin(origin: str, host: str) -> bool:
    """Whether an Origin has the host and the port of a Host header.

    The scheme does not count: behind a proxy that speaks TLS the service sees another scheme.
    """
    scheme, _, authority = origin.lower().partition("://")
    port = _PORTS.get(scheme)
    if port is None or not authority:
        return False
    return authority.removesuffix(port) == host.lower().removesuffix(port)
