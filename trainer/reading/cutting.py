"""Cutting data into partitions, so that several processes can read it."""

from collections.abc import Iterator, Sequence
from typing import Final

from trainer.reading.formats.table import FORMATS
from trainer.reading.partitions import Partition
from trainer.reading.plan import ReadingPlan
from trainer.reading.sources import Source

PARTITION_BYTES: Final = 8_388_608
"""Large enough to be worth a process's while, small enough to show progress and to spread well."""


def cut(
    sources: Sequence[Source], plan: ReadingPlan, partition_bytes: int = PARTITION_BYTES
) -> list[Partition]:
    """Cut sources into partitions of at most `partition_bytes`, where their format allows it."""
    return [
        Partition(number, source, start, stop)
        for number, (source, start, stop) in enumerate(_ranges(sources, plan, partition_bytes))
    ]


def _ranges(
    sources: Sequence[Source], plan: ReadingPlan, partition_bytes: int
) -> Iterator[tuple[Source, int, int | None]]:
    for source in sources:
        size = source.size_bytes or 0
        if not (FORMATS[plan.format].splittable and source.splittable):
            yield source, 0, None
            continue
        starts = range(0, max(size, 1), partition_bytes)
        for start in starts:
            last = start + partition_bytes >= size
            yield source, start, None if last else start + partition_bytes
