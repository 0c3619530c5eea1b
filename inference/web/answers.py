"""The encoder of answers that a process shares."""

from typing import Any, Final

import falcon
import falcon.asgi
import msgspec

_encoder: Final = msgspec.json.Encoder()


def answer_json(resp: falcon.asgi.Response, value: Any) -> None:
    """Answer a struct as JSON."""
    resp.content_type = falcon.MEDIA_JSON
    resp.data = _encoder.encode(value)
