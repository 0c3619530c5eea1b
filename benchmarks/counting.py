"""Counting alone, as a job of its own: `python -m benchmarks.counting FILE LINES`.

What a training does before it fits. Fails if it did not count what it should.
"""

import sys
from typing import Final

from trainer.counting.run import Executor, count_sources
from trainer.reading.options import ReadingOptions
from trainer.reading.sniffing import sniff_source
from trainer.reading.sources import find_sources

PROCESSES: Final = 2


def main(file: str, lines: str) -> None:
    """Count a file of raw JSON lines."""
    sources = find_sources([file])
    plan = sniff_source(sources[0], ReadingOptions()).plan
    counted = count_sources(sources, plan, Executor(processes=PROCESSES), lambda *_: None)
    found = (counted.table.n_samples, counted.n_bad)
    if found != (int(lines), 0):
        sys.exit(f"counted {found[0]} lines, and {found[1]} that cannot be used, of {lines}")


if __name__ == "__main__":
    main(*sys.argv[1:])
