"""`python -m trainer`: see `python -m trainer --help`."""

import os
import signal
import sys
from types import FrameType
from typing import NoReturn

from trainer.cli import main


def _stop(number: int, _frame: FrameType | None) -> NoReturn:
    """End in order, so that nothing half-written is left behind; the code is a shell's for it."""
    sys.exit(128 + number)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _stop)
    try:
        code = main()
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read the output has enough of it, as `| head` does.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    sys.exit(code)
