"""Counting on the workers of a Dask cluster: the same step on the same partitions."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeVar

from trainer.errors import InputError
from trainer.reading.partitions import Partition

T = TypeVar("T")

CONNECT_TIMEOUT_S: Final = 10


def run_on_dask(
    step: Callable[[Partition], T], partitions: Sequence[Partition], address: str
) -> Iterator[tuple[Partition, T]]:
    """Run a step on each partition on a cluster; results come as they are ready, not in order.

    The workers must have this release of the trainer installed and see the data under the same
    paths or URLs.

    Args:
        step: picklable.
        partitions: what to work on; none of them standard input.
        address: of the scheduler, as in `tcp://scheduler:8786`.

    Raises:
        InputError: no scheduler answers, or what the step raised.
    """
    from distributed import Client, as_completed  # noqa: PLC0415 - a second of imports

    if any(partition.source.uri == "-" for partition in partitions):
        raise InputError("-: standard input cannot be read by a cluster; give files or URLs")
    try:
        client = Client(  # type: ignore[no-untyped-call]  # distributed has few types
            address, timeout=CONNECT_TIMEOUT_S, set_as_default=False
        )
    except (OSError, TimeoutError, ValueError) as error:
        raise InputError(
            f"no Dask scheduler answers at {address}; give its address as in tcp://host:8786"
        ) from error
    with client:
        futures = client.map(step, partitions, pure=False)
        by_key = {
            future.key: partition for future, partition in zip(futures, partitions, strict=True)
        }
        for future in as_completed(futures):  # type: ignore[no-untyped-call]  # as above
            yield by_key[future.key], future.result()
            future.release()
