"""The terms of the surprisal detector, defined once for training and for serving.

Everything is in decades: one unit is a factor of ten. A record surprises by

    D = severity + 0.5 * hint + rarity + phi

- severity: DEBUG -0.5, INFO 0, WARN 1, ERROR 2, FATAL 3;
- hint: 1 if a keyword flag is up or, with a message, if it holds a word of failure;
- rarity: `r(c) = log10((n + 1) / (c + 1))` of the n training records, of which c fell into the same
  bucket. A record's *signature* (service, level, flags, length in steps of 19 %) gives rG, its
  template rT. What a service writes in general says how odd the template is for it:
  `rS = log10((c[service] + 1) / (c[service, template] + 1))`, 0 for a service never seen. With a
  message the rarity is 1/2 rT + 1/4 rG + 1/4 rS; without a message it is rG;
- phi: `min(1, -log10 p)`, where p is the share of training records with a forest score at least as
  high; 0 with a message, which tells more than the forest sees.

A record is anomalous iff D > tau, where tau is a quantile of the training records' own D. Its
`decision` is tau - D and its `anomaly_score` is 1 / (1 + 10 ** (tau - D)).

Sums of floats are written out in a fixed order: numpy and plain Python agree to the last bit.
"""

import math
from bisect import bisect_right
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt

from schemas.record.encoding import SERVICE_BUCKETS
from schemas.record.features import MAX_MESSAGE_LENGTH, SEVERITY, Level
from schemas.record.key import FLAGS, LEVELS, Ints
from schemas.record.templates import TEMPLATE_BUCKETS

SIGNATURE_BUCKETS: Final = 65_536

FOREST_COLUMNS: Final = (
    "log_message_length",
    "severity",
    "signature_rarity",
    "has_exception",
    "has_timeout",
    "has_connection_error",
)
"""The columns of the detector's forest, in the order of the six features they stand for."""

TERMS: Final = ("severity", "keywords", "rarity", "forest")
"""The terms of D, in the order in which they are added."""

_DEBUG_SEVERITY: Final = -0.5
SEVERITIES: Final = (
    _DEBUG_SEVERITY,
    *(float(SEVERITY[level] - 1) for level in list(Level)[1:]),
)
"""Decades of severity by number of the level."""

HINT: Final = 0.5
TEMPLATE_WEIGHT: Final = 0.5
SIGNATURE_WEIGHT: Final = 0.25
SERVICE_WEIGHT: Final = 0.25

PAIR_BUCKETS: Final = 65_536
"""For pairs of a service and a template."""

FOREST_SCORES: Final = 100
PHIS: Final = (
    *(
        min(1.0, math.log10(FOREST_SCORES / (FOREST_SCORES - below)))
        for below in range(FOREST_SCORES)
    ),
    1.0,
)
"""phi by how many of `Tables.forest_scores` lie below a score; those that equal it do not.

Logs repeat: many hundredths share a score, and all of them are at least as high.
"""

_STEPS_PER_OCTAVE: Final = 4
_GOLDEN: Final = 0x9E3779B97F4A7C15
"""2**64 divided by the golden ratio: multiplicative hashing, Knuth, TAOCP 3, section 6.4."""

_MASK: Final = 2**64 - 1
_BUCKET_SHIFT: Final = 48


def _step_starts() -> list[int]:
    """The smallest length of each step but the first: `floor(4 * log2(1 + length) + 0.5) = k`.

    Found with integers alone: (1 + length) ** 8 >= 2 ** (2 k - 1).
    """
    starts: list[int] = []
    step = 1
    while True:
        power = 2 ** (2 * step - 1)
        start = max(round(2 ** ((2 * step - 1) / 8)) - 2, 0)
        while (1 + start) ** (2 * _STEPS_PER_OCTAVE) < power:
            start += 1
        if start > MAX_MESSAGE_LENGTH:
            return starts
        starts.append(start)
        step += 1


STEP_STARTS: Final = _step_starts()
_STEP_STARTS: Final = np.array(STEP_STARTS)
N_STEPS: Final = len(STEP_STARTS) + 1


def signature_bucket(length: int, level: int, service: int, flags: int) -> int:
    """The bucket of a record's signature, in [0, SIGNATURE_BUCKETS)."""
    step = bisect_right(STEP_STARTS, length)
    signature = ((service * LEVELS + level) * FLAGS + flags) * N_STEPS + step + 1
    return (signature * _GOLDEN & _MASK) >> _BUCKET_SHIFT


def signature_buckets(length: Ints, level: Ints, service: Ints, flags: Ints) -> Ints:
    """`signature_bucket` for columns, each int64 of shape (n,)."""
    step = np.searchsorted(_STEP_STARTS, length, side="right")
    signature = ((service * LEVELS + level) * FLAGS + flags) * N_STEPS + step + 1
    hashed = signature.astype(np.uint64) * np.uint64(_GOLDEN)
    return (hashed >> np.uint64(_BUCKET_SHIFT)).astype(np.int64)


def pair_bucket(service: int, template: int) -> int:
    """The bucket of a service with a template, in [0, PAIR_BUCKETS)."""
    return ((service * TEMPLATE_BUCKETS + template + 1) * _GOLDEN & _MASK) >> _BUCKET_SHIFT


def pair_buckets(service: Ints, template: Ints) -> Ints:
    """`pair_bucket` for columns, each int64 of shape (n,)."""
    pair = (service * TEMPLATE_BUCKETS + template + 1).astype(np.uint64)
    return (pair * np.uint64(_GOLDEN) >> np.uint64(_BUCKET_SHIFT)).astype(np.int64)


assert SERVICE_BUCKETS * LEVELS * FLAGS * N_STEPS < 2**63  # signatures are exact in int64


def rarity(counts: Ints, n: int) -> npt.NDArray[np.float32]:
    """`log10((n + 1) / (c + 1))`, in decades, rounded to float32 as bundles store it."""
    decades: npt.NDArray[np.float32] = np.log10((n + 1.0) / (counts + 1.0)).astype(np.float32)
    return decades


def magnitude(counts: Ints) -> npt.NDArray[np.float32]:
    """`log10(c + 1)`, in decades, rounded to float32 as bundles store it."""
    decades: npt.NDArray[np.float32] = np.log10(counts + 1.0).astype(np.float32)
    return decades


Decades = TypeVar("Decades", float, npt.NDArray[np.float64])
"""A value, or a column of values."""


def within_service(of_service: float, of_pair: float) -> float:
    """The rarity rS of a template for a service, in decades.

    Args:
        of_service: magnitude of what the service wrote.
        of_pair: magnitude of what of that has the template. Buckets are shared, so it may be
            larger; rarities are never negative.
    """
    return max(of_service - of_pair, 0.0) if of_service > 0 else 0.0


def within_services(
    of_service: npt.NDArray[np.float32], of_pair: npt.NDArray[np.float32]
) -> npt.NDArray[np.float64]:
    """`within_service` for columns, each of shape (n,)."""
    rarity = of_service.astype(np.float64) - of_pair.astype(np.float64)
    return np.where(of_service > 0, np.maximum(rarity, 0.0), 0.0)


def blend(template_rarity: Decades, signature_rarity: Decades, service_rarity: Decades) -> Decades:
    """The rarity of records with a message, in decades."""
    return (
        TEMPLATE_WEIGHT * template_rarity
        + SIGNATURE_WEIGHT * signature_rarity
        + SERVICE_WEIGHT * service_rarity
    )


def total(severity: Decades, keywords: Decades, rarity: Decades, forest: Decades) -> Decades:
    """D, the sum of the terms in the order of `TERMS`, in decades."""
    return severity + keywords + rarity + forest
