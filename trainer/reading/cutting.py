"""Cutting data into partitions, so that several processes can read it."""

from collections.abc import Iterator, Sequence
from typing import Final

from trainer.reading.formats.table import FORMATS
from trainer.reading.partitions import Partition
from trainer.reading.plan import PlannedSource

PARTITION_BYTES: Final = 8_388_608
"""Large enough to be worth a process's while, small enough to show progress and to spread well."""


def cut(
    planned: Sequence[PlannedSource], partition_bytes: int = PARTITION_BYTES
) -> list[Partition]:
    """Cut sources into partitions of at most `partition_bytes`, where their format allows it."""
    return [
        Partition(number, file.source, file.plan, start, stop)
        for number, (file, start, stop) in enumerate(_ranges(planned, partition_bytes))
    ]


def _ranges(
    planned: Sequence[PlannedSource], partition_bytes: int
) -> Iterator[tuple[PlannedSource, int, int | None]]:
    for file in planned:
        size = file.source.size_bytes or 0
        plan = file.plan
        # In an envelope, parts of a line may stand far apart; where a value begins that is no line
        # depends on all before it.
        splittable = (
            FORMATS[plan.format].splittable and plan.envelope is None and plan.framing == "lines"
        )
        if not (splittable and file.source.splittable):
            yield file, 0, None
            continue
        starts = range(0, max(size, 1), partition_bytes)
        for start in starts:
            last = start + partition_bytes >= size
            yield file, start, None if last else start + partition_bytes
