"""Passes a training on to the trainer service."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from pathlib import Path
from typing import Final

import msgspec
import urllib3

from inference.access.tokens import TokensError, read_token
from inference.errors import TrainerRefusedError, TrainerTimeoutError, TrainerUnreachableError

_log = logging.getLogger(__name__)

CONNECT_TIMEOUT_S: Final = 2.0
MAX_ANSWER_BYTES: Final = 1_048_576
PARALLEL_CALLS: Final = 4
"""Trainings waited for at once; the trainer itself does one at a time and refuses the others."""


class TrainerAnswer(msgspec.Struct, frozen=True):
    """What the trainer answered, to be passed back as it is."""

    status: int
    content_type: str
    retry_after: str | None
    body: bytes


class TrainerClient:
    """Talks to one trainer over HTTP, in threads of its own so that predictions go on.

    Args:
        url: base URL of the trainer.
        timeout_s: how long to wait for the answer to a training.
        token_file: holds the bearer token to send, read for each call; empty for none. A client's
            own token is never passed on.
    """

    def __init__(self, url: str, timeout_s: float, token_file: str = "") -> None:
        self._url = url.rstrip("/")
        self._token_file = token_file
        self._timeout_s = timeout_s
        self._pool = urllib3.PoolManager(
            maxsize=PARALLEL_CALLS,
            retries=False,
            timeout=urllib3.Timeout(connect=CONNECT_TIMEOUT_S, read=timeout_s),
        )
        self._threads = ThreadPoolExecutor(PARALLEL_CALLS, thread_name_prefix="trainer-client")

    async def post(self, path: str, body: bytes, request_id: str) -> TrainerAnswer:
        """POST a JSON body to the trainer.

        Raises:
            TrainerUnreachableError: no connection, or it broke.
            TrainerTimeoutError: no answer within the time-out.
            TrainerRefusedError: the trainer wants another token, or there is none to send.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._post, path, body, request_id)

    def _post(self, path: str, body: bytes, request_id: str) -> TrainerAnswer:
        headers = {
            "Content-Type": "application/json",
            "X-Request-ID": request_id,
            **self._credentials(),
        }
        try:
            response = self._pool.request(
                "POST", self._url + path, body=body, headers=headers, preload_content=False
            )
            with response:
                data = response.read(MAX_ANSWER_BYTES)
        except (
            urllib3.exceptions.ConnectTimeoutError,
            urllib3.exceptions.NewConnectionError,
        ) as error:
            raise self._unreachable(error) from error
        except urllib3.exceptions.TimeoutError as error:
            raise TrainerTimeoutError(
                f"the trainer did not answer within {self._timeout_s:g} s; the training may still "
                f"end and be published: see GET /api/v1/model/info"
            ) from error
        except urllib3.exceptions.HTTPError as error:
            raise self._unreachable(error) from error
        if response.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            raise self._refused(f"the trainer answered {response.status}")
        return TrainerAnswer(
            response.status,
            response.headers.get("Content-Type", "application/octet-stream"),
            response.headers.get("Retry-After"),
            data,
        )

    def _credentials(self) -> dict[str, str]:
        if not self._token_file:
            return {}
        try:
            return {"Authorization": f"Bearer {read_token(Path(self._token_file))}"}
        except TokensError as error:
            raise self._refused(str(error)) from error

    def _refused(self, reason: str) -> TrainerRefusedError:
        _log.warning("trainer.refused", extra={"reason": reason})
        return TrainerRefusedError(
            "the trainer does not take this service's token; see ANOMALY_SERVE_TRAINER_TOKEN_FILE. "
            "Predictions go on with the current model"
        )

    def _unreachable(self, error: Exception) -> TrainerUnreachableError:
        # Where the trainer is, is for the operator's eyes; clients get the rest.
        _log.warning("trainer.unreachable", extra={"url": self._url, "reason": str(error)})
        return TrainerUnreachableError(
            "the trainer does not answer; check TRAINER_URL and that the trainer runs. "
            "Predictions go on with the current model"
        )
