"""POST /train, passed on to the trainer."""

import falcon.asgi

from inference.resources.passing_on import PassingOn
from inference.web.body import read_body
from inference.web.load import Load


class TrainResource:
    """Has the trainer train, and answers once its model serves here."""

    def __init__(self, passing_on: PassingOn, max_body_bytes: int, load: Load) -> None:
        self._passing_on = passing_on
        self._max_body_bytes = max_body_bytes
        self._load = load

    async def on_post(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """POST /api/v1/train: the trainer checks the body, its answer is passed back as it is."""
        body = await read_body(req, self._max_body_bytes, self._load)
        with self._load:
            await self._passing_on.answer(req, resp, body, may_be_newer=True)
