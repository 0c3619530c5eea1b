"""POST /train, passed on to the trainer."""

from http import HTTPStatus

import falcon
import falcon.asgi
import msgspec

from inference.errors import ModelNotLoadedError, NotServingError
from inference.store.slot import ModelSlot
from inference.trainer_client import TrainerClient
from inference.web.body import read_body
from inference.web.request_id import request_id
from schemas.api.training import TrainResponse


class TrainResource:
    """Has the trainer train, and answers once its model serves here."""

    def __init__(self, slot: ModelSlot, client: TrainerClient, max_body_bytes: int) -> None:
        self._slot = slot
        self._client = client
        self._max_body_bytes = max_body_bytes
        self._decoder = msgspec.json.Decoder(TrainResponse)

    async def on_post(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """POST /api/v1/train: the trainer checks the body, its answer is passed back as it is."""
        body = await read_body(req, self._max_body_bytes)
        answer = await self._client.post(req.path, body, request_id.get())
        if answer.status == HTTPStatus.OK:
            self._check_serving(answer.body)
        resp.status = falcon.code_to_http_status(answer.status)
        resp.content_type = answer.content_type
        if answer.retry_after is not None:
            resp.set_header("Retry-After", answer.retry_after)
        resp.data = answer.body

    def _check_serving(self, body: bytes) -> None:
        """Load the new version in this worker; every other one does so before its next answer."""
        trained = self._decoder.decode(body).model_version
        try:
            serving = self._slot.current().version
            reason = self._slot.fault or f"version {serving} serves"
        except ModelNotLoadedError as error:
            serving, reason = "0", str(error)
        if int(serving) < int(trained):
            raise NotServingError(
                f"the trainer published version {trained}, but here {reason}; trainer and "
                f"inference must share one MODEL_DIR"
            )
