"""Counts data: plans the parts, has an executor work on them, adds the results up."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Final, TypeVar

import msgspec

from trainer.counting.cluster import run_on_dask
from trainer.counting.engine import count_features
from trainer.counting.local import run_locally, usable_cores
from trainer.counting.step import count_partition
from trainer.counting.sums import Counted, PartCount, Sum
from trainer.errors import InputError
from trainer.reading.cutting import PARTITION_BYTES, cut
from trainer.reading.formats.table import FORMATS, is_counted_by_engine
from trainer.reading.partitions import Partition, Place
from trainer.reading.plan import ReadingPlan
from trainer.reading.sources import Source

T = TypeVar("T")

MAX_BAD_FRACTION: Final = 0.01

Advance = Callable[[int, int], None]
"""Told of every part that is done: bytes and records."""


class Executor(msgspec.Struct, frozen=True, kw_only=True):
    """Where the work is done.

    Attributes:
        processes: on this machine; None is one per core.
        dask: address of a Dask scheduler; "" is this machine.
        partition_bytes: size of the parts.
    """

    processes: int | None = None
    dask: str = ""
    partition_bytes: int = PARTITION_BYTES

    def run(
        self, step: Callable[[Partition], T], partitions: Sequence[Partition]
    ) -> Iterator[tuple[Partition, T]]:
        """Run a step on each partition; results come as they are ready."""
        if self.dask:
            return run_on_dask(step, partitions, self.dask)
        return run_locally(step, partitions, self.processes or usable_cores())


def count_sources(
    sources: Sequence[Source],
    plan: ReadingPlan,
    executor: Executor,
    advance: Advance,
    max_bad_fraction: float = MAX_BAD_FRACTION,
) -> Counted:
    """Count all records of the sources.

    Raises:
        InputError: a source cannot be read, or more than `max_bad_fraction` of the records cannot
            be used; names file, line and field of the first ones.
    """
    total = Sum()
    for partition, part in _parts(sources, plan, executor):
        total.add(part)
        advance(partition.size_bytes, part.n_records)
    counted = total.counted()
    if counted.n_bad > max_bad_fraction * counted.n_records:
        locate = Locator(sources, plan, executor, counted.records)
        first = "; ".join(f"{locate(place)}: {problem}" for place, problem in counted.bad[:3])
        raise InputError(
            f"{counted.n_bad} of {counted.n_records} records cannot be used, more than the share "
            f"of {max_bad_fraction:g} that --max-bad-fraction allows; the first: {first}"
        )
    return counted


def _parts(
    sources: Sequence[Source], plan: ReadingPlan, executor: Executor
) -> Iterator[tuple[Partition, PartCount]]:
    partitions = cut(sources, plan, executor.partition_bytes)
    if is_counted_by_engine(plan) and not executor.dask:
        # DuckDB spreads the work over the cores itself, and best over all files at once.
        whole = partitions[0]
        if len(partitions) > 1:
            size = sum(partition.size_bytes for partition in partitions)
            whole = Partition(0, msgspec.structs.replace(sources[0], size_bytes=size))
        yield whole, count_features(sources, plan)
        return
    yield from executor.run(partial(count_partition, plan=plan), partitions)


class Locator:
    """Says where a place is: file and line, or file and record where records are no lines."""

    def __init__(
        self,
        sources: Sequence[Source],
        plan: ReadingPlan,
        executor: Executor,
        records: Mapping[int, int],
    ) -> None:
        self._partitions = cut(sources, plan, executor.partition_bytes)
        self._records = records
        self._between = ":" if FORMATS[plan.format].splittable else ", record "

    def __call__(self, place: Place) -> str:
        """The place in words."""
        partition = self._partitions[place.partition]
        before = sum(
            self._records.get(one.number, 0)
            for one in self._partitions[: place.partition]
            if one.source == partition.source
        )
        return f"{partition.source.uri}{self._between}{before + place.line}"

    def partition(self, place: Place) -> Partition:
        """The partition that the place is in."""
        return self._partitions[place.partition]
