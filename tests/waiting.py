"""Waiting for what another process does: nothing announces it, so it is asked repeatedly."""

import time
from collections.abc import Callable
from typing import Final, Literal, TypeVar

WITHIN_S: Final = 30.0
PAUSE_S: Final = 0.02

Found = TypeVar("Found")


def until(
    holds: Callable[[], Found | Literal[False]],
    what: str | Callable[[], object],
    *,
    within_s: float = WITHIN_S,
    ignoring: tuple[type[Exception], ...] = (),
) -> Found:
    """What a function returns once that is true.

    Args:
        holds: asks the other process.
        what: is waited for; or says what there is in its place.
        within_s: seconds after which the test fails.
        ignoring: errors that are no answer, as of a server that starts.
    """
    deadline = time.monotonic() + within_s
    while True:
        try:
            if found := holds():
                return found
        except ignoring:
            if time.monotonic() > deadline:
                raise
        reason = what if isinstance(what, str) else what()
        assert time.monotonic() < deadline, f"not seen in {within_s:g} s: {reason}"
        time.sleep(PAUSE_S)  # polling another process: there is nothing to wait on
