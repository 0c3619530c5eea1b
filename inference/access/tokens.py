"""The file of bearer tokens (RFC 6750): hashed, with scopes, read again when it changes.

A line is a name for people, scopes divided by commas, and the SHA-256 of a token in hexadecimal:

    log-processor  predict        9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08

Empty lines, and lines that begin with #, say nothing. A fast hash is enough, since the tokens are
256 random bits (`python -m inference.access` makes them): there is nothing to guess.
"""

import hashlib
import hmac
import logging
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from schemas.api.access import SCOPES, Scope

LOOK_S: Final = 1.0
"""How long a token that was withdrawn may still be taken."""

MAX_TOKENS: Final = 100
"""Each is compared with what a caller sends, so that the time says nothing."""

MAX_FILE_BYTES: Final = 65_536

TOKEN: Final = re.compile(r"[A-Za-z0-9._~+/-]{1,512}=*", re.ASCII)
"""RFC 6750, section 2.1."""

_NAME: Final = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
_DIGEST: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)

_log = logging.getLogger(__name__)


class TokensError(ValueError):
    """The file cannot be used; names the line and what was expected, never what stands there."""


class Token(msgspec.Struct, frozen=True):
    """A token that is known.

    Attributes:
        name: for people and logs.
        scopes: what its holder may do.
        digest: SHA-256 of the token, 32 bytes.
    """

    name: str
    scopes: frozenset[Scope]
    digest: bytes


def digest(token: str) -> bytes:
    """The digest that is kept of a token."""
    return hashlib.sha256(token.encode()).digest()


def make_line(name: str, scopes: tuple[Scope, ...], token: str) -> str:
    """The line of the file for a token."""
    return f"{name}  {','.join(scopes)}  {digest(token).hex()}"


def parse_tokens(text: str) -> list[Token]:
    """The tokens that a file lists.

    Raises:
        TokensError: a line is not as it must be, a name stands twice, or there are too many.
    """
    tokens: dict[str, Token] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if len(words) != 3:  # noqa: PLR2004 - as the message says
            raise TokensError(f"line {number}: Expected a name, scopes and a hash")
        name, listed, hashed = words
        scopes = frozenset(scope for scope in SCOPES if scope in listed.split(","))
        if _NAME.fullmatch(name) is None or name in tokens:
            raise TokensError(
                f"line {number}: Expected a name of at most 64 letters, digits, '.', '_' and '-' "
                f"that no line above has"
            )
        if len(scopes) != len(listed.split(",")):
            raise TokensError(
                f"line {number}: Expected some of {', '.join(SCOPES)}, divided by commas alone"
            )
        if _DIGEST.fullmatch(hashed) is None:
            raise TokensError(
                f"line {number}: Expected the SHA-256 of a token, 64 hexadecimal digits"
            )
        tokens[name] = Token(name, scopes, bytes.fromhex(hashed))
    if len(tokens) > MAX_TOKENS:
        raise TokensError(f"Expected {MAX_TOKENS} tokens at most, not {len(tokens)}")
    return list(tokens.values())


def read_token(path: Path) -> str:
    """The token that a file holds and nothing else, to be sent.

    Raises:
        TokensError: the file cannot be read, or holds no token.
    """
    text = _read_text(path).strip()
    if TOKEN.fullmatch(text) is None:
        raise TokensError("Expected a token and nothing else")
    return text


class TokenFile:
    """The tokens of a file, as it is now.

    A change that cannot be used is logged, and what was read before stays in force: a slip of an
    editor must not lock everybody out.

    Args:
        path: of the file.
        clock: monotonic seconds.

    Raises:
        TokensError: the file cannot be read or used.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._path = path
        self._clock = clock
        self._looked = clock()
        self._signature, self._tokens = _read(path)

    def find(self, given: str) -> Token | None:
        """The token that a caller sends, if it is known."""
        self._refresh()
        hashed = digest(given)
        match = None
        for token in self._tokens:  # all, so that the time does not say which token it is
            if hmac.compare_digest(token.digest, hashed):
                match = token
        return match

    def _refresh(self) -> None:
        now = self._clock()
        if now - self._looked < LOOK_S:
            return
        self._looked = now
        try:
            if _signature(self._path) == self._signature:
                return
            self._signature, self._tokens = _read(self._path)
        except (OSError, TokensError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            _log.error("tokens.not_read", extra={"reason": reason})
        else:
            _log.info("tokens.read", extra={"count": len(self._tokens)})


_Signature = tuple[int, int, int]


def _signature(path: Path) -> _Signature:
    """A value that differs once a file was written or replaced."""
    status = path.stat()
    return status.st_ino, status.st_size, status.st_mtime_ns


def _read(path: Path) -> tuple[_Signature, list[Token]]:
    try:
        signature = _signature(path)
    except OSError as error:
        raise TokensError(f"cannot be read: {error.strerror}") from error
    return signature, parse_tokens(_read_text(path))


def _read_text(path: Path) -> str:
    try:
        if not path.is_file():  # a pipe would be waited for
            raise TokensError("Expected a file that is there")
        with open(path, "rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise TokensError(f"cannot be read: {error.strerror}") from error
    if len(data) > MAX_FILE_BYTES:
        raise TokensError(f"Expected {MAX_FILE_BYTES} bytes at most")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise TokensError("Expected text in UTF-8") from error
