"""Passes a training on to the trainer service."""

import logging
from http import HTTPStatus
from pathlib import Path

import urllib3

from inference.access.tokens import TokensError, read_token
from inference.errors import TrainerRefusedError, TrainerTimeoutError, TrainerUnreachableError
from inference.upstream import Upstream, UpstreamAnswer

_log = logging.getLogger(__name__)


class TrainerClient:
    """Talks to a trainer over HTTP.

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
        self._upstream = Upstream("trainer-client", timeout_s)

    async def post(self, path: str, body: bytes, request_id: str) -> UpstreamAnswer:
        """POST a JSON body to the trainer.

        Raises:
            TrainerUnreachableError: no connection, or it broke.
            TrainerTimeoutError: no answer within the time-out.
            TrainerRefusedError: the trainer wants another token, or there is none to send.
        """
        headers = {
            "Content-Type": "application/json",
            "X-Request-ID": request_id,
            **self._credentials(),
        }
        try:
            answer = await self._upstream.post(self._url + path, body, headers)
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
        if answer.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            raise self._refused(f"the trainer answered {answer.status}")
        return answer

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
        # The trainer's address is for operators alone; clients get the rest.
        _log.warning("trainer.unreachable", extra={"url": self._url, "reason": str(error)})
        return TrainerUnreachableError(
            "the trainer does not answer; check TRAINER_URL and that the trainer runs. "
            "Predictions go on with the current model"
        )
