"""Counting on the workers of a Dask cluster: the same step on the same partitions."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeVar

from trainer.errors import InputError
from trainer.reading.partitions import Partition

T = TypeVar("T")

CONNECT_TIMEOUT_S: Final = 10

_ADDRESS: Final = re.compile(r"(?:(?:tcp|tls|ucx|ws|wss)://)?[^/]+:\d+")
"""Known schemes of addresses: Dask takes 20 seconds to refuse any other."""


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
    # A second of imports.
    from distributed import (  # noqa: PLC0415
        CancelledError,
        Client,
        KilledWorker,
        as_completed,
    )

    if any(not partition.source.lasting for partition in partitions):
        raise InputError("-: standard input cannot be read by a cluster; give files or URLs")
    if not _ADDRESS.fullmatch(address):
        raise InputError(f"{address} is no scheduler's address, as is tcp://host:8786")
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
        # Without a loop it would be the default client's, and ours is none.
        done = as_completed(futures, loop=client.loop)  # type: ignore[no-untyped-call]  # as above
        for future in done:
            try:
                result = future.result()
            except (KilledWorker, CancelledError, OSError) as error:
                raise InputError(
                    f"the Dask cluster at {address} lost its workers, or its scheduler, while they "
                    f"read {by_key[future.key].source.uri}: {error}"
                ) from error
            yield by_key[future.key], result
            future.release()
