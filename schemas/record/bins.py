"""The bins in which the features of records are counted, to see whether their spread changes.

They are the same for every model, so a service counts without knowing which model serves, and goes
on counting when another does. Lengths fall into octaves (0, 1, 2 to 3, 4 to 7 ...); services
into 32 bins by the highest bits of their number.
"""

from typing import Final

import numpy as np

from schemas.record.encoding import SERVICE_BUCKETS
from schemas.record.features import FEATURE_NAMES, MAX_MESSAGE_LENGTH
from schemas.record.key import FLAGS, LEVELS, Ints, flag_columns, unpack

LENGTH_BINS: Final = MAX_MESSAGE_LENGTH.bit_length() + 1
SERVICE_BINS: Final = 32
_SERVICE_SHIFT: Final = (SERVICE_BUCKETS // SERVICE_BINS).bit_length() - 1

FLOOR: Final = 0.000_1
"""A share below this counts as this: an empty bin would make the index infinite."""

Shares = dict[str, list[float]]
"""By feature, the share of records in each bin."""


def length_bin(length: int) -> int:
    """The octave of a length, in [0, LENGTH_BINS)."""
    return length.bit_length()


def length_bins(length: Ints) -> Ints:
    """`length_bin` for a column, int64 of shape (n,)."""
    # The exponent of a float is the bit length of its whole part.
    return np.frexp(length.astype(np.float64))[1].astype(np.int64)


def service_bins(number: Ints) -> Ints:
    """`service_bin` for a column, int64 of shape (n,)."""
    return number >> _SERVICE_SHIFT


def service_bin(number: int) -> int:
    """The bin of a service number, in [0, SERVICE_BINS)."""
    return number >> _SERVICE_SHIFT


def feature_shares(keys: Ints, counts: Ints) -> Shares:
    """How the records of a table spread over the bins of each feature, to six digits.

    Args:
        keys: int64 of shape (n,), n at least 1.
        counts: how often each occurred, int64 of shape (n,).
    """
    length, level, service, flags, _ = unpack(keys)
    columns = (length_bins(length), level, service_bins(service), *flag_columns(flags))
    sizes = (LENGTH_BINS, LEVELS, SERVICE_BINS, *(2 for _ in range(FLAGS.bit_length() - 1)))
    total = float(counts.sum())
    return {
        name: (np.bincount(column.astype(np.int64), counts, size) / total).round(6).tolist()
        for name, column, size in zip(FEATURE_NAMES, columns, sizes, strict=True)
    }


def stability_index(expected: list[float], actual: list[float]) -> float:
    """The population stability index: the sum of (a - e) ln(a / e) over the bins, never negative.

    It is the symmetric Kullback-Leibler divergence (Jeffreys 1946). By a rule of thumb of credit
    scoring (Siddiqi, Credit Risk Scorecards, 2006) below 0.1 nothing has changed, and from 0.25 on
    a lot has.

    Args:
        expected: share of each bin, as in training.
        actual: share of each bin now, in the same order.
    """
    e = np.maximum(np.array(expected), FLOOR)
    a = np.maximum(np.array(actual), FLOOR)
    return float(np.sum((a - e) * np.log(a / e)))
