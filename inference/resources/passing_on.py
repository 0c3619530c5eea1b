"""Calls that change the current version: passed on to the trainer, answered once it serves here."""

import asyncio
import time
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
from inference.store.slot import WATCH_S, ModelSlot
from inference.trainer_client import TrainerClient
from inference.web.load import Load
from inference.web.request_id import request_id


class Published(msgspec.Struct, frozen=True):
    """The common members of all answers about a change.

    Attributes:
        model_version: the version that was published or made current.
        model_hash: what identifies it.
        is_current: whether it serves now.
    """

    model_version: str
    model_hash: str
    is_current: bool = True


class PassingOn:
    """Passes calls on to the trainer.

    Attributes:
        load: the calls in hand, and their bodies.

    Args:
        slot: this worker's.
        client: of the trainer.
        follow_s: how long to wait until what the trainer published has come here.
    """

    def __init__(
        self, slot: ModelSlot, client: TrainerClient, load: Load, follow_s: float = 0
    ) -> None:
        self.load = load
        self._slot = slot
        self._client = client
        self._follow_s = follow_s
        self._decoder = msgspec.json.Decoder(Published)

    async def answer(
        self,
        req: falcon.asgi.Request,
        resp: falcon.asgi.Response,
        body: bytes,
        *,
        may_be_newer: bool = False,
    ) -> None:
        """Answer what the trainer answers to the same call, after making sure that it holds here.

        Args:
            req: the call.
            resp: its answer.
            body: its body.
            may_be_newer: it holds as well if a newer version serves here, as after a training that
                another came right behind.

        Raises:
            TrainerError: the trainer does not answer, or its version does not serve here.
        """
        answer = await self._client.post(req.path, body, request_id.get())
        if answer.status == HTTPStatus.OK:
            await self._check_serving(answer.body, may_be_newer=may_be_newer)
        answer.pass_back(resp)

    async def _check_serving(self, body: bytes, *, may_be_newer: bool) -> None:
        """Load the version in this worker; every other worker does so before its next answer."""
        try:
            published = self._decoder.decode(body)
        except msgspec.DecodeError as error:
            raise TrainerUnreachableError(
                "what answers at TRAINER_URL is no trainer of this release"
            ) from error
        until = time.monotonic() + self._follow_s
        while time.monotonic() < until:
            try:
                return await self._check(published, may_be_newer=may_be_newer)
            except NotServingError:
                await asyncio.sleep(WATCH_S)
        return await self._check(published, may_be_newer=True)

    async def _check(self, published: Published, *, may_be_newer: bool) -> None:
        if not published.is_current:
            if not self._is_here(published):
                raise _not_serving(published, "it is not in the store")
            return
        try:
            serving = await self._slot.current()
        except ModelNotLoadedError as error:
            raise _not_serving(published, str(error)) from error
        if serving.digest == published.model_hash:
            return
        is_newer = int(serving.version) > int(published.model_version)
        if may_be_newer and is_newer and self._is_here(published):
            return
        raise _not_serving(published, self._slot.fault or f"version {serving.version} serves")

    def _is_here(self, published: Published) -> bool:
        """Whether that very version is in this store, not another with the same number."""
        try:
            digest = self._slot.store.digest(int(published.model_version))
        except BrokenVersionError:
            return False
        return digest == published.model_hash


def _not_serving(published: Published, reason: str) -> NotServingError:
    return NotServingError(
        f"the trainer has version {published.model_version} "
        f"({published.model_hash[:12]}...), but here {reason}; trainer and inference must share "
        f"a MODEL_DIR"
    )
