"""Runs a module with a wall clock that a test sets; run by `test_clock_jumps`.

The seconds in a file are added to the time of day that Python code is given. The monotonic clock,
by which waits are measured, stays as it is: that is what happens when an operator sets a clock.
"""

import runpy
import sys
import time
from pathlib import Path


def main(offset_file: Path, module: str) -> None:
    """Set the clock, then run the module as `python -m` does."""
    real = time.time

    def shifted() -> float:
        return real() + float(offset_file.read_text())

    time.time = shifted
    sys.argv = [module, *sys.argv[3:]]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
