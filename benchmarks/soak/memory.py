"""How memory goes during a soak, and when it is flat."""

from statistics import median
from typing import Final

import msgspec
import psutil

from benchmarks.bar import MB
from benchmarks.servers import Service

FLAT_MB: Final = 5.0
"""How far the median of the last quarter of the samples may lie above the second quarter's.

The first quarter is left out: memos fill, and the first models come and go.
"""


class Memory(msgspec.Struct, frozen=True):
    """Samples of one service: anonymous memory of all its processes, in bytes."""

    samples: list[int]

    @property
    def quarters_mb(self) -> list[float]:
        """The median of each quarter; none of fewer than four samples."""
        size = len(self.samples) // 4
        parts = [self.samples[n * size : (n + 1) * size] for n in range(4)] if size else []
        return [median(part) / MB for part in parts]

    @property
    def is_flat(self) -> bool:
        """Whether it grew by no more than `FLAT_MB` from the second quarter to the last."""
        quarters = self.quarters_mb
        return not quarters or quarters[-1] - quarters[1] <= FLAT_MB

    def __str__(self) -> str:
        quarters = ", ".join(f"{quarter:.1f}" for quarter in self.quarters_mb)
        return f"{quarters or 'too few samples'} MB"


def sample(service: Service, memory: Memory) -> str:
    """Take a sample more; returns what went wrong, or nothing."""
    try:
        memory.samples.append(service.allocated_bytes())
    except psutil.Error as error:
        return f"the memory of {service.name} could not be read: {error}"
    return ""
