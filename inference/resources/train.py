"""POST /train, passed on to the trainer."""

from collections.abc import Iterator

import falcon.asgi

from inference.resources.components import Components
from inference.resources.passing_on import PassingOn
from inference.web.body import read_body
from inference.web.leaving import while_client_waits
from inference.web.routing import Route
from schemas.api.operations import API_PREFIX


def routes(components: Components) -> Iterator[Route]:
    """The routes of this module."""
    if components.passing_on is not None:
        limit = components.settings.max_train_body_bytes
        yield Route(f"{API_PREFIX}/train", TrainResource(components.passing_on, limit))


class TrainResource:
    """Has the trainer train, and answers once its model serves here."""

    def __init__(self, passing_on: PassingOn, max_body_bytes: int) -> None:
        self._passing_on = passing_on
        self._max_body_bytes = max_body_bytes

    async def on_post(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """POST /api/v1/train: the trainer checks the body, its answer is passed back as it is.

        When the client leaves, the call to the trainer is broken off, which stops the training.
        """
        body = await read_body(req, self._max_body_bytes, self._passing_on.load)
        with self._passing_on.load:
            training = self._passing_on.answer(req, resp, body, may_be_newer=True)
            await while_client_waits(req, training)
