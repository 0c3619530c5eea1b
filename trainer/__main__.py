"""`python -m trainer`: see `python -m trainer --help`."""

import os
import signal
import sys
from types import FrameType
from typing import Final, NoReturn

INTERRUPTED_EXIT: Final = 130
"""The exit code that shells give a program that Ctrl-C ended."""


def _stop(number: int, _frame: FrameType | None) -> NoReturn:
    """End in order, so that nothing half-written is left behind; the code is a shell's for it."""
    sys.exit(128 + number)


def _run() -> int:
    try:
        # Within: Ctrl-C during half a second of imports is no reason for a traceback either.
        from trainer.cli import main  # noqa: PLC0415 - see above

        code = main()
        sys.stdout.flush()
    except KeyboardInterrupt:
        print("interrupted; nothing was published", file=sys.stderr)  # noqa: T201 - for a person
        return INTERRUPTED_EXIT
    except BrokenPipeError:
        # The reader of the output has closed the pipe, as `| head` does.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _stop)
    sys.exit(_run())
