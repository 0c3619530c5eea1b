"""A record as one integer, its key: sorting, merging and shipping are then work on one column.

The number is a mixed radix of the record's parts, the most significant first::

    message_length, level, service, flags (exception, timeout, connection error), traits

so ascending keys are rows in lexicographic order. Traits are what a message tells beyond the six
features: 0 for a record that came as features, else 1 + 2 * template + has_failure. All of it fits
into 63 bits.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from schemas.record.encoding import SERVICE_BUCKETS, service_number
from schemas.record.extraction import MessageFeatures
from schemas.record.features import SEVERITY, LogFeatures
from schemas.record.templates import TEMPLATE_BUCKETS

LEVELS: Final = len(SEVERITY)
FLAGS: Final = 8
TRAITS: Final = 1 + 2 * TEMPLATE_BUCKETS
NO_TRAITS: Final = 0

Ints = npt.NDArray[np.int64]


def pack(
    length: Ints, level: Ints, service: Ints, flags: Ints, traits: Ints | int = NO_TRAITS
) -> Ints:
    """The keys of records given as columns, each int64 of shape (n,)."""
    feature_key = ((length * LEVELS + level) * SERVICE_BUCKETS + service) * FLAGS + flags
    return feature_key * TRAITS + traits


def unpack(keys: Ints) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """The columns that keys were packed from: length, level, service, flags, traits."""
    rest, traits = np.divmod(keys, TRAITS)
    rest, flags = np.divmod(rest, FLAGS)
    rest, service = np.divmod(rest, SERVICE_BUCKETS)
    length, level = np.divmod(rest, LEVELS)
    return length, level, service, flags, traits


def flags_of(features: LogFeatures) -> int:
    """The three keyword flags as one number in [0, FLAGS)."""
    return 4 * features.has_exception + 2 * features.has_timeout + features.has_connection_error


def traits_of(features: LogFeatures) -> int:
    """What the message told beyond the features as one number in [0, TRAITS)."""
    if isinstance(features, MessageFeatures):
        return 1 + 2 * features.template + features.has_failure
    return NO_TRAITS


def pack_record(features: LogFeatures) -> int:
    """The key of one record."""
    number = service_number(features.service, SERVICE_BUCKETS)
    feature_key = (
        (features.message_length * LEVELS + SEVERITY[features.level]) * SERVICE_BUCKETS + number
    ) * FLAGS + flags_of(features)
    return feature_key * TRAITS + traits_of(features)


def feature_rows(keys: Ints) -> npt.NDArray[np.float32]:
    """The six features of keys: float32 of shape (n, 6), as `FeatureEncoder` makes them."""
    length, level, service, flags, _ = unpack(keys)
    rows = np.empty((len(keys), 6), np.float32)
    rows[:, 0], rows[:, 1], rows[:, 2] = length, level, service
    for column, bit in ((3, 4), (4, 2), (5, 1)):
        rows[:, column] = (flags & bit) != 0
    return rows
