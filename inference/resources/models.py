"""GET /models, and the calls that change what serves, passed on to the trainer."""

import asyncio
from collections.abc import Iterator
from typing import Final

import falcon.asgi

from inference.resources.components import Components
from inference.resources.passing_on import PassingOn
from inference.store.listing import list_versions
from inference.store.versions import ModelStore
from inference.web.answers import answer_json
from inference.web.body import read_body
from inference.web.routing import Route
from schemas.api.operations import API_PREFIX

MAX_BODY_BYTES: Final = 1_024
"""These calls take no body; some clients send {} all the same."""

MAX_FEEDBACK_BYTES: Final = 4_194_304
"""A message of the largest length, and each of its characters escaped."""


def routes(components: Components) -> Iterator[Route]:
    """The routes of this module."""
    yield Route(f"{API_PREFIX}/models", ModelsResource(components.slot.store))
    if components.passing_on is not None:
        change = ChangeResource(components.passing_on)
        yield Route(f"{API_PREFIX}/models/{{version}}/activate", change)
        yield Route(f"{API_PREFIX}/models/rollback", change)
        yield Route(f"{API_PREFIX}/feedback", FeedbackResource(components.passing_on))


class ModelsResource:
    """Lists the versions in the store."""

    def __init__(self, store: ModelStore) -> None:
        self._store = store

    async def on_get(self, _req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """GET /api/v1/models"""
        answer_json(resp, await asyncio.to_thread(list_versions, self._store))


class ChangeResource:
    """Has the trainer make another version current, and answers once it serves here."""

    def __init__(self, passing_on: PassingOn) -> None:
        self._passing_on = passing_on

    async def on_post(
        self, req: falcon.asgi.Request, resp: falcon.asgi.Response, version: str = ""
    ) -> None:
        """POST /api/v1/models/{version}/activate and /api/v1/models/rollback"""
        del version  # which the trainer reads in the path
        await read_body(req, MAX_BODY_BYTES, self._passing_on.load)
        with self._passing_on.load:
            await self._passing_on.answer(req, resp, b"{}")


class FeedbackResource:
    """Has the trainer correct the model, and answers once the correction holds here."""

    def __init__(self, passing_on: PassingOn) -> None:
        self._passing_on = passing_on

    async def on_post(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """POST /api/v1/feedback"""
        body = await read_body(req, MAX_FEEDBACK_BYTES, self._passing_on.load)
        with self._passing_on.load:
            await self._passing_on.answer(req, resp, body, may_be_newer=True)
