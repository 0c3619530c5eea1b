"""A record as one integer, its key: sorting, merging and shipping are then work on a single column.

The key is a mixed radix of the record's parts (`PARTS`), the most significant first::

    message_length, level, service, flags, traits

so ascending keys are rows in lexicographic order. Flags are the three keyword flags as bits
(`FLAG_BITS`). Traits are what a message holds beyond the six features: `NO_TRAITS` for a record
that came as features, else `FIRST_MESSAGE` + `PER_TEMPLATE` * template + has_failure.

**The room that is left.** The parts take 62.32 bits; an int64 has 64, since a layout of more than
63 bits starts at -2**63 instead of 0 and keeps its order. So 1.68 bits are left: a flag more, as a
bit of its own or as another factor of the traits, is another size in `PARTS` and nothing else, at
no cost in time or memory; after it 0.68 bits are left. What does not fit in there makes the traits
a column of their own beside the features' 45.3 bits, which then have room for 18 bits more and the
traits for 46. Not now, since each row would take a third more memory, and sorting by two columns
takes three times as long as by a single column. Coarser lengths or fewer buckets of services free
nothing that could be spared: both are what models see.
"""

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from schemas.record.encoding import SERVICE_BUCKETS, service_number, service_numbers
from schemas.record.extraction import MessageFeatures
from schemas.record.features import (
    FEATURE_NAMES,
    MAX_MESSAGE_LENGTH,
    SEVERITY,
    Level,
    LogFeatures,
)
from schemas.record.templates import TEMPLATE_BUCKETS, bucket_of, first_pattern

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

_LOWEST: Final = -(2**63)
_SIGN_BIT: Final = np.uint64(2**63)


class Layout(msgspec.Struct, frozen=True):
    """Several small numbers as a single int64, in mixed radix.

    Attributes:
        sizes: how many values each part has, from 0 on; the most significant part first.
    """

    sizes: tuple[int, ...]

    def __post_init__(self) -> None:
        if self.n_keys > 2**64:
            raise ValueError(f"a key of {self.n_bits:.2f} bits does not fit into 64")

    @property
    def n_keys(self) -> int:
        """How many records have keys of their own."""
        return math.prod(self.sizes)

    @property
    def n_bits(self) -> float:
        """The bits that the parts take."""
        return math.log2(self.n_keys)

    @property
    def lowest(self) -> int:
        """The key of all zeros: 0, or the lowest int64 where 63 bits are not enough."""
        return 0 if self.n_keys <= 2**63 else _LOWEST

    @property
    def units(self) -> tuple[int, ...]:
        """What a step of 1 in each part adds to a key."""
        return tuple(math.prod(self.sizes[place + 1 :]) for place in range(len(self.sizes)))

    def pack(self, *parts: Ints | int) -> Ints:
        """The keys of parts given as columns, each int64 of shape (n,)."""
        keys = np.asarray(parts[0], np.int64)
        for size, part in zip(self.sizes[1:], parts[1:], strict=True):
            keys = keys * size + part  # wraps around where the layout starts below 0
        return keys if self.lowest == 0 else keys ^ np.int64(_LOWEST)

    def unpack(self, keys: Ints) -> tuple[Ints, ...]:
        """The parts that keys were packed from, each int64 of shape (n,)."""
        rest = self._from_zero(keys)
        parts = []
        for size in self.sizes[:0:-1]:
            rest, part = np.divmod(rest, rest.dtype.type(size))
            parts.append(part.astype(np.int64, copy=False))
        return (rest.astype(np.int64, copy=False), *reversed(parts))

    def last_of(self, keys: Ints) -> Ints:
        """The least significant part of keys, int64 of shape (n,)."""
        counted = self._from_zero(keys)
        last = counted % counted.dtype.type(self.sizes[-1])
        return last.astype(np.int64, copy=False)

    def _from_zero(self, keys: Ints) -> Ints | npt.NDArray[np.uint64]:
        return keys if self.lowest == 0 else keys.view(np.uint64) ^ _SIGN_BIT


LEVELS: Final = len(SEVERITY)
FLAGS: Final = 8
EXCEPTION_BIT, TIMEOUT_BIT, CONNECTION_ERROR_BIT = 4, 2, 1
FLAG_BITS: Final = {
    "has_exception": EXCEPTION_BIT,
    "has_timeout": TIMEOUT_BIT,
    "has_connection_error": CONNECTION_ERROR_BIT,
}
"""The bit of each flag, in the order of the features."""

NO_TRAITS: Final = 0
FIRST_MESSAGE: Final = 1
PER_TEMPLATE: Final = 2
TRAITS: Final = FIRST_MESSAGE + PER_TEMPLATE * TEMPLATE_BUCKETS

PARTS: Final = {
    "message_length": MAX_MESSAGE_LENGTH + 1,
    "level": LEVELS,
    "service": SERVICE_BUCKETS,
    "flags": FLAGS,
    "traits": TRAITS,
}
"""How many values each part has, the most significant first."""

LAYOUT: Final = Layout(tuple(PARTS.values()))

LENGTH_UNIT, LEVEL_UNIT, SERVICE_UNIT, FLAG_UNIT, _ = LAYOUT.units
LEVEL_KEYS: Final = {
    level: LAYOUT.lowest + LEVEL_UNIT * severity for level, severity in SEVERITY.items()
}
"""The part of a record's key for its level, with the key of all zeros."""


def pack(
    length: Ints, level: Ints, service: Ints, flags: Ints, traits: Ints | int = NO_TRAITS
) -> Ints:
    """The keys of records given as columns, each int64 of shape (n,)."""
    return LAYOUT.pack(length, level, service, flags, traits)


def unpack(keys: Ints) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """The columns that keys were packed from: length, level, service, flags, traits."""
    length, level, service, flags, traits = LAYOUT.unpack(keys)
    return length, level, service, flags, traits


def pack_record(features: LogFeatures) -> int:
    """The key of a record."""
    return (
        LENGTH_UNIT * features.message_length
        + LEVEL_KEYS[features.level]
        + SERVICE_UNIT * service_number(features.service, SERVICE_BUCKETS)
        + FLAG_UNIT * flags_of(features)
        + traits_of(features)
    )


class Columns(NamedTuple):
    """What keys hold of records but for their messages, each int64 of shape (n,)."""

    length: Ints
    level: Ints
    service: Ints
    flags: Ints


def columns_of(logs: Sequence[LogFeatures]) -> Columns:
    """The columns of records, in their order; there must be at least one record."""
    # A pass for each feature: reading the same attribute again and again costs the interpreter a
    # third of what a getter of all six costs. Small numbers become arrays by way of bytes, which
    # costs a tenth.
    flags = (
        EXCEPTION_BIT * _small([log.has_exception for log in logs])
        + TIMEOUT_BIT * _small([log.has_timeout for log in logs])
        + CONNECTION_ERROR_BIT * _small([log.has_connection_error for log in logs])
    )
    return Columns(
        np.array([log.message_length for log in logs], np.int64),
        _small([SEVERITY[log.level] for log in logs]).astype(np.int64),
        np.array(service_numbers([log.service for log in logs]), np.int64),
        flags.astype(np.int64),
    )


def _small(values: list[bool] | list[int]) -> npt.NDArray[np.uint8]:
    return np.frombuffer(bytes(values), np.uint8)


def unpack_record(key: int, service: str) -> LogFeatures:
    """A record of a key; `MessageFeatures` if it came with its message.

    Its pattern is the first of its bucket, since a key holds no more of it.

    Args:
        key: of the record.
        service: a name with the key's service number, since a number gives no name back.
    """
    length, level, _, flags, traits = (int(part[0]) for part in unpack(np.array([key])))
    features = LogFeatures(length, list(Level)[level], service, *FLAG_VALUES[flags])
    if traits == NO_TRAITS:
        return features
    template, has_failure = message_of(traits)
    known = msgspec.structs.astuple(features)
    return MessageFeatures(*known, first_pattern(template), has_failure != 0)  # type: ignore[call-arg]  # mypy does not count them


def flags_of(features: LogFeatures) -> int:
    """The three keyword flags as one number in [0, FLAGS)."""
    return (
        EXCEPTION_BIT * features.has_exception
        + TIMEOUT_BIT * features.has_timeout
        + CONNECTION_ERROR_BIT * features.has_connection_error
    )


def flag_columns(flags: npt.NDArray[np.integer]) -> list[Bools]:
    """The three keyword flags of records, each bool of shape (n,), in the order of the features."""
    return [(flags & bit) != 0 for bit in FLAG_BITS.values()]


FLAG_VALUES: Final = tuple(
    tuple(bool(flags & bit) for bit in FLAG_BITS.values()) for flags in range(FLAGS)
)
"""The three keyword flags by their number: the inverse of `flags_of`."""


def traits_of(features: LogFeatures) -> int:
    """The message's traits beyond the features as one number in [0, TRAITS)."""
    if isinstance(features, MessageFeatures):
        return FIRST_MESSAGE + PER_TEMPLATE * bucket_of(features.pattern) + features.has_failure
    return NO_TRAITS


def message_of(traits: int) -> tuple[int, int]:
    """Template and has_failure of traits that are not `NO_TRAITS`."""
    return divmod(traits - FIRST_MESSAGE, PER_TEMPLATE)


def messages_of(traits: Ints) -> tuple[Bools, Ints, Bools]:
    """Whether there was a message, its template and has_failure, each of shape (n,).

    Records without a message have template 0 and no word of failure.
    """
    has_message = traits != NO_TRAITS
    template, has_failure = np.divmod(np.maximum(traits - FIRST_MESSAGE, 0), PER_TEMPLATE)
    return has_message, template, has_failure != 0


def traits_in(keys: Ints) -> Ints:
    """The traits of keys: int64 of shape (n,)."""
    return LAYOUT.last_of(keys)


def without_traits(keys: Ints) -> Ints:
    """The keys that the records would have had without their messages: int64 of shape (n,)."""
    return keys - traits_in(keys)


def feature_rows(keys: Ints) -> npt.NDArray[np.float32]:
    """The six features of keys: float32 of shape (n, 6), as `FeatureEncoder` makes them."""
    length, level, service, flags, _ = unpack(keys)
    return rows_of(Columns(length, level, service, flags))


def rows_of(columns: Columns) -> npt.NDArray[np.float32]:
    """The six features of columns: float32 of shape (n, 6), as `FeatureEncoder` makes them."""
    length, level, service, flags = columns
    rows = np.empty((len(length), len(FEATURE_NAMES)), np.float32)
    for column, values in enumerate((length, level, service, *flag_columns(flags))):
        rows[:, column] = values
    return rows
