"""Telling a person how far the work is."""

import sys
import time

_started = time.monotonic()


def say(text: str) -> None:
    """One line of progress on standard error, with the time since the start."""
    minutes, seconds = divmod(int(time.monotonic() - _started), 60)
    print(f"[{minutes:2}:{seconds:02}] {text}", file=sys.stderr, flush=True)
