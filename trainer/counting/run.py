"""Counts data: an executor works on the parts, and the results add up."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

import msgspec

from inference.cores import usable_cores
from trainer.counting.cluster import run_on_dask
from trainer.counting.local import run_locally
from trainer.counting.parts import NOWHERE, Part
from trainer.counting.step import count_partition
from trainer.counting.sums import Counted, PartCount, PartSum
from trainer.reading.cutting import PARTITION_BYTES
from trainer.reading.formats.table import FORMATS, is_counted_by_engine
from trainer.reading.partitions import Partition, Place
from trainer.reading.sources import Source, absolute_uri

T = TypeVar("T")

Advance = Callable[[int, int], None]
"""Takes the bytes and the records of every part that is done."""


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


def count_partitions(
    partitions: Sequence[Partition], executor: Executor, advance: Advance
) -> Counted:
    """Count all records of some partitions.

    Raises:
        InputError: a source cannot be read.
    """
    total = PartSum()
    for partition, part in _parts(partitions, executor):
        total.add(part)
        advance(partition.size_bytes, part.n_records)
    return total.counted()


def _parts(
    partitions: Sequence[Partition], executor: Executor
) -> Iterator[tuple[Partition, PartCount]]:
    plan = partitions[0].plan
    alike = all(partition.plan == plan for partition in partitions)
    if alike and is_counted_by_engine(plan) and not executor.dask:
        from trainer.counting.engine import count_features  # noqa: PLC0415 - loads DuckDB

        # DuckDB spreads the work over the cores itself, and best over all files at once.
        sources = [partition.source for partition in partitions]
        size = sum(partition.size_bytes for partition in partitions)
        whole = Partition(0, msgspec.structs.replace(sources[0], size_bytes=size), plan)
        yield whole, count_features(sources, plan)
        return
    yield from executor.run(count_partition, partitions)


class Locator:
    """Says where a place is: file and line, or file and record where records are no lines."""

    def __init__(self, partitions: Sequence[Partition], records: Mapping[int, int]) -> None:
        self._partitions = partitions
        self._before: list[int] = []
        so_far: dict[Source, int] = {}
        for partition in partitions:
            before = so_far.get(partition.source, 0)
            self._before.append(before)
            so_far[partition.source] = before + records.get(partition.number, 0)

    def __call__(self, place: Place) -> str:
        """The place in words."""
        return self._part(place.partition).describe(place.line)

    def parts(self) -> list[Part]:
        """All parts by name, for readers that have the places without the data.

        Standard input cannot be read again, and records that came as features were no lines.
        """
        return [
            msgspec.structs.replace(self._part(number), uri=absolute_uri(partition.source))
            if partition.source.lasting and partition.plan.kind == "logs"
            else NOWHERE
            for number, partition in enumerate(self._partitions)
        ]

    def _part(self, number: int) -> Part:
        partition = self._partitions[number]
        in_lines = FORMATS[partition.plan.format].splittable
        uri = partition.source.uri
        return Part(uri, partition.start, self._before[number], in_lines=in_lines)
