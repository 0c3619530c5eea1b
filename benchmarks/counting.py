"""Counting alone, as a job of its own: `python -m benchmarks.counting FILE LINES`.

What a training does before it fits. Fails if it did not count what it should.
"""

import sys
from typing import Final

from trainer.counting.run import Executor, count_sources
from trainer.reading.detection import detect_plan
from trainer.reading.given import Given
from trainer.reading.sources import find_sources, read_head

PROCESSES: Final = 2
HEAD_BYTES: Final = 262_144


def main(file: str, lines: str) -> None:
    """Count a file of raw JSON lines."""
    sources = find_sources([file])
    plan = detect_plan(read_head(sources[0], HEAD_BYTES), file, Given()).plan
    counted = count_sources(sources, plan, Executor(processes=PROCESSES), lambda *_: None)
    found = (counted.table.n_samples, counted.n_bad)
    if found != (int(lines), 0):
        sys.exit(f"counted {found[0]} lines, and {found[1]} that cannot be used, of {lines}")


if __name__ == "__main__":
    main(*sys.argv[1:])
