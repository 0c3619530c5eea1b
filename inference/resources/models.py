"""GET /models, and the calls that change what serves, passed on to the trainer."""

import asyncio
from typing import Final

import falcon.asgi

from inference.resources.passing_on import PassingOn
from inference.store.listing import list_versions
from inference.store.versions import ModelStore
from inference.web.answers import answer_json
from inference.web.body import read_body
from inference.web.load import Load

MAX_BODY_BYTES: Final = 1_024
"""These calls take no body; clients that send one all the same mostly send {}."""


MAX_FEEDBACK_BYTES: Final = 4_194_304
"""A message of the largest length, and each of its characters escaped."""


class ModelsResource:
    """What is in the store."""

    def __init__(self, store: ModelStore) -> None:
        self._store = store

    async def on_get(self, _req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """GET /api/v1/models"""
        answer_json(resp, await asyncio.to_thread(list_versions, self._store))


class ChangeResource:
    """Has the trainer make another version current, and answers once it serves here."""

    def __init__(self, passing_on: PassingOn, load: Load) -> None:
        self._passing_on = passing_on
        self._load = load

    async def on_post(
        self, req: falcon.asgi.Request, resp: falcon.asgi.Response, version: str = ""
    ) -> None:
        """POST /api/v1/models/{version}/activate and /api/v1/models/rollback"""
        del version  # which the trainer reads in the path
        await read_body(req, MAX_BODY_BYTES, self._load)
        with self._load:
            await self._passing_on.answer(req, resp, b"{}")


class FeedbackResource:
    """Has the trainer correct the model, and answers once the correction holds here."""

    def __init__(self, passing_on: PassingOn, load: Load) -> None:
        self._passing_on = passing_on
        self._load = load

    async def on_post(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """POST /api/v1/feedback"""
        body = await read_body(req, MAX_FEEDBACK_BYTES, self._load)
        with self._load:
            await self._passing_on.answer(req, resp, body, may_be_newer=True)
