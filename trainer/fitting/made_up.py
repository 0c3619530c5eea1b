"""Made-up records, for proofs that have no others."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from schemas.record.encoding import SERVICE_BUCKETS, service_number
from schemas.record.features import MAX_MESSAGE_LENGTH
from schemas.record.key import FLAGS, LEVELS, TRAITS, pack
from trainer.counting.table import CountTable, merge_tables

SIZE: Final = 8_192
SERVICES: Final = 64


def made_up_table(size: int = SIZE, services: Sequence[str] = ()) -> CountTable:
    """Records of all lengths, levels and flags, half of them with a message; always the same.

    Args:
        size: how many.
        services: names of services that are to occur beside made-up names.
    """
    generator = np.random.default_rng(0)
    names = [f"service-{serial}" for serial in range(SERVICES)]
    names += services
    numbers = np.array([service_number(name, SERVICE_BUCKETS) for name in names])
    longest = np.log2(MAX_MESSAGE_LENGTH)
    traits = generator.integers(1, TRAITS, size) * generator.integers(0, 2, size)
    keys = pack(
        (2 ** generator.uniform(0, longest, size)).astype(np.int64),
        generator.integers(0, LEVELS, size),
        generator.choice(numbers, size),
        generator.integers(0, FLAGS, size),
        traits,
    )
    table = CountTable(
        keys=keys,
        counts=np.ones(size, np.int64),
        services=dict(zip(numbers.tolist(), names, strict=True)),
    )
    return merge_tables([table])
