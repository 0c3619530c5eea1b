"""Counting alone, as a job of its own: `python -m benchmarks.counting FILE LINES`.

What a training does before it fits. Fails if it did not count what it should.
"""

import sys
from typing import Final

PROCESSES: Final = 2


def main(file: str, lines: str) -> None:
    """Count a file of raw JSON lines."""
    # Within: the processes that count load this module, too, and need no jobs.
    from trainer.jobs import Dataset, Executor  # noqa: PLC0415 - see above

    holdings = Dataset.find([file], executor=Executor(processes=PROCESSES)).count()
    found = (holdings.table.n_samples, holdings.n_bad)
    if found != (int(lines), 0):
        sys.exit(f"counted {found[0]} lines, and {found[1]} that cannot be used, of {lines}")


if __name__ == "__main__":
    main(*sys.argv[1:])
