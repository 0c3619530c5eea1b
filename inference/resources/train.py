"""POST /train, passed on to the trainer."""

from http import HTTPStatus

import falcon
import falcon.asgi
import msgspec

from inference.errors import (
    BrokenVersionError,
    ModelNotLoadedError,
    NotServingError,
    TrainerUnreachableError,
)
from inference.store.slot import ModelSlot
from inference.trainer_client import TrainerClient
from inference.web.body import read_body
from inference.web.load import Load
from inference.web.request_id import request_id
from schemas.api.training import TrainResponse


class TrainResource:
    """Has the trainer train, and answers once its model serves here."""

    def __init__(
        self, slot: ModelSlot, client: TrainerClient, max_body_bytes: int, load: Load
    ) -> None:
        self._slot = slot
        self._client = client
        self._max_body_bytes = max_body_bytes
        self._load = load
        self._decoder = msgspec.json.Decoder(TrainResponse)

    async def on_post(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """POST /api/v1/train: the trainer checks the body, its answer is passed back as it is."""
        body = await read_body(req, self._max_body_bytes, self._load)
        with self._load:
            answer = await self._client.post(req.path, body, request_id.get())
        if answer.status == HTTPStatus.OK:
            await self._check_serving(answer.body)
        resp.status = falcon.code_to_http_status(answer.status)
        resp.content_type = answer.content_type
        if answer.retry_after is not None:
            resp.set_header("Retry-After", answer.retry_after)
        resp.data = answer.body

    async def _check_serving(self, body: bytes) -> None:
        """Load the new version in this worker; every other one does so before its next answer."""
        try:
            trained = self._decoder.decode(body)
        except msgspec.DecodeError as error:
            raise TrainerUnreachableError(
                "what answers at TRAINER_URL is no trainer of this release"
            ) from error
        try:
            serving = await self._slot.current()
        except ModelNotLoadedError as error:
            raise _not_serving(trained, str(error)) from error
        if serving.digest == trained.model_hash:
            return
        if int(serving.version) > int(trained.model_version) and self._is_here(trained):
            return  # and another training or job came right behind it
        raise _not_serving(trained, self._slot.fault or f"version {serving.version} serves")

    def _is_here(self, trained: TrainResponse) -> bool:
        """Whether that very version is in this store, and not just one of its number."""
        try:
            digest = self._slot.store.digest(int(trained.model_version))
        except BrokenVersionError:
            return False
        return digest == trained.model_hash


def _not_serving(trained: TrainResponse, reason: str) -> NotServingError:
    return NotServingError(
        f"the trainer published version {trained.model_version} "
        f"({trained.model_hash[:12]}...), but here {reason}; trainer and inference must share one "
        f"MODEL_DIR"
    )
