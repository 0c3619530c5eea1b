"""Lets a call through to its resource if its caller holds a token for it."""

import logging
import re
from typing import Any, Final

import falcon
import falcon.asgi

from inference.access.tokens import TOKEN, Token, TokenFile
from schemas.api.access import Scope
from schemas.api.operations import SCOPES_BY_PATH

OPEN_PATHS: Final = frozenset({"/openapi.json", "/docs", "/docs/{name}"})
"""Paths that every installation answers alike; ALLOW_DOCS turns them off."""

_CREDENTIALS: Final = re.compile(f"bearer +({TOKEN.pattern})", re.ASCII | re.IGNORECASE)

_CHALLENGE: Final = 'Bearer realm="log-anomaly"'
"""RFC 6750, section 3."""

_log = logging.getLogger(__name__)


class Guard:
    """Falcon middleware that asks for tokens; it runs before a body is read.

    Args:
        tokens: those that are known.
    """

    def __init__(self, tokens: TokenFile) -> None:
        self._tokens = tokens
        self._scopes: dict[str, Scope | None] = dict.fromkeys(OPEN_PATHS)
        self._scopes.update(SCOPES_BY_PATH)

    async def process_resource(
        self,
        req: falcon.asgi.Request,
        _resp: falcon.asgi.Response,
        _resource: Any,
        _params: dict[str, Any],
    ) -> None:
        """Refuse the call unless it needs no token or has a token with the scope.

        Raises:
            falcon.HTTPUnauthorized: no token came, or an unknown token.
            falcon.HTTPForbidden: the token is for something else.
        """
        path, header = req.uri_template or "", req.get_header("authorization")
        if self.permits(path, header):
            return
        token = self._token(header)
        if token is None:
            given = "" if header is None else ', error="invalid_token"'
            raise falcon.HTTPUnauthorized(
                title="A token is needed" if header is None else "The token is not known",
                description="send a bearer token that the service knows, as in "
                "Authorization: Bearer TOKEN",
                challenges=[_CHALLENGE + given],
            )
        scope = self._scope(path)
        if scope is not None and scope not in token.scopes:
            _log.info("request.forbidden", extra={"token": token.name, "scope": scope})
            raise falcon.HTTPForbidden(
                title="The token does not allow this",
                description=f"the call needs a token with the scope {scope}",
                headers={
                    "WWW-Authenticate": f'{_CHALLENGE}, error="insufficient_scope", scope="{scope}"'
                },
            )

    def permits(self, path: str, authorization: str | None) -> bool:
        """Whether a call needs no token or has a token with the scope.

        Args:
            path: of its route.
            authorization: the header; None without.
        """
        scope = self._scope(path)
        if scope is None:
            return True
        token = self._token(authorization)
        return token is not None and scope in token.scopes

    def _scope(self, path: str) -> Scope | None:
        # A path that is in no table is for those who may do most.
        return self._scopes.get(path, "train")

    def _token(self, authorization: str | None) -> Token | None:
        credentials = _CREDENTIALS.fullmatch(authorization) if authorization else None
        return self._tokens.find(credentials[1]) if credentials else None
