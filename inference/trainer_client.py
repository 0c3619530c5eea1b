"""Passes a training on to the trainer service."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import msgspec
import urllib3

from inference.errors import TrainerTimeoutError, TrainerUnreachableError

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
    """

    def __init__(self, url: str, timeout_s: float) -> None:
        self._url = url.rstrip("/")
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
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._post, path, body, request_id)

    def _post(self, path: str, body: bytes, request_id: str) -> TrainerAnswer:
        headers = {"Content-Type": "application/json", "X-Request-ID": request_id}
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
        return TrainerAnswer(
            response.status,
            response.headers.get("Content-Type", "application/octet-stream"),
            response.headers.get("Retry-After"),
            data,
        )

    def _unreachable(self, error: Exception) -> TrainerUnreachableError:
        # Where the trainer is, is for the operator's eyes; clients get the rest.
        _log.warning("trainer.unreachable", extra={"url": self._url, "reason": str(error)})
        return TrainerUnreachableError(
            "the trainer does not answer; check TRAINER_URL and that the trainer runs. "
            "Predictions go on with the current model"
        )
