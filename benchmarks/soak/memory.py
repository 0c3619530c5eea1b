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
    """Samples of one service: proportional set size of all its processes, in bytes."""

    samples: list[int]

    @property
    def growth_mb(self) -> float | None:
        """From the second quarter to the last; None of fewer than four samples."""
        quarter = len(self.samples) // 4
        if not quarter:
            return None
        before, after = self.samples[quarter : 2 * quarter], self.samples[-quarter:]
        return (median(after) - median(before)) / MB

    @property
    def is_flat(self) -> bool:
        """Whether it grew by no more than `FLAT_MB`."""
        return self.growth_mb is None or self.growth_mb <= FLAT_MB

    def __str__(self) -> str:
        if self.growth_mb is None:
            return "not sampled"
        most, last, more = max(self.samples) / MB, self.samples[-1] / MB, self.growth_mb
        return f"{last:.1f} MB at the end, {most:.1f} at most, {more:+.1f} since the second quarter"


def sample(service: Service, memory: Memory) -> str:
    """Take a sample more; returns what went wrong, or nothing."""
    try:
        memory.samples.append(service.pss_bytes())
    except psutil.Error as error:
        return f"the memory of {service.name} could not be read: {error}"
    return ""
