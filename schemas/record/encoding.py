"""The encoder from log features to the numbers a model sees, for training and for serving."""

import zlib
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from schemas.record.features import FEATURE_NAMES, SEVERITY, LogFeatures

SERVICE_BUCKETS: Final = 65_536
"""How many numbers a service name can be hashed to; a model's manifest records its own count."""


SERVICE_HASH: Final = "crc32"
"""The name of the hash in a manifest."""


_WEIGHTS: Final = {
    "message_length": 1.0,
    "service": 2.0**25,
    "level": 2.0**42,
    "has_exception": 2.0**45,
    "has_timeout": 2.0**46,
    "has_connection_error": 2.0**47,
}
"""Each value's place in one number, the fewer values the higher; a float64 holds it exactly."""


class UnknownFeaturesError(ValueError):
    """A model asks for features that this release cannot build."""


@lru_cache(maxsize=4_096)  # services are few and asked for several times a record; 2 MB at most
def service_number(service: str, buckets: int) -> int:
    """Hash a service name to a number that is the same in every process, language and release.

    CRC-32 (ISO-HDLC, as in zlib and gzip) of the UTF-8 bytes, modulo `buckets`. Python's own
    `hash()` is salted per process and would give every worker another model input.

    Returns:
        An integer in [0, buckets).
    """
    return zlib.crc32(service.encode()) % buckets


_MAX_KNOWN: Final = 4_096

_known: Final[dict[str, int]] = {}
"""Numbers of services that came lately: 4 MB at most with those of the largest batch."""


def service_numbers(services: Sequence[str]) -> list[int]:
    """`service_number` of several services, among `SERVICE_BUCKETS`, in their order.

    Safe to use from several threads under the GIL: each step is one operation on a dict.
    """
    try:
        return list(map(_known.__getitem__, services))
    except KeyError:
        numbers = {name: service_number(name, SERVICE_BUCKETS) for name in set(services)}
    if len(_known) >= _MAX_KNOWN:
        _known.clear()
    _known.update(numbers)
    return list(map(numbers.__getitem__, services))


class FeatureEncoder:
    """Turns log features into float32 rows, column by column in a model's own order.

    Args:
        names: the columns, in order; what a manifest lists.
        service_buckets: modulus of the service hash, at most 2**24 so that it is exact in float32.

    Raises:
        UnknownFeaturesError: a name is not a feature of this release, or stands twice.
    """

    def __init__(
        self, names: Sequence[str] = FEATURE_NAMES, service_buckets: int = SERVICE_BUCKETS
    ) -> None:
        unknown = [name for name in names if name not in FEATURE_NAMES]
        if unknown or len(set(names)) != len(names) or not names:
            raise UnknownFeaturesError(
                f"the model takes the features {list(names)}, but this release builds "
                f"{list(FEATURE_NAMES)}, each at most once; serve it with the release that trained "
                f"it, or train again"
            )
        self.names = tuple(names)
        self.service_buckets = service_buckets
        self._weights = np.array([_WEIGHTS[name] for name in self.names])
        self._columns = None
        if self.names != FEATURE_NAMES:
            self._columns = [FEATURE_NAMES.index(name) for name in names]

    def row(self, log: LogFeatures) -> tuple[float, ...]:
        """A log as a tuple of len(names) numbers, each exact in float32."""
        values = (
            log.message_length,
            SEVERITY[log.level],
            service_number(log.service, self.service_buckets),
            log.has_exception,
            log.has_timeout,
            log.has_connection_error,
        )
        return values if self._columns is None else tuple([values[at] for at in self._columns])

    def matrix(self, logs: Iterable[LogFeatures]) -> npt.NDArray[np.float32]:
        """Several logs as a C-contiguous float32 array of shape (n_logs, len(names))."""
        rows = [self.row(log) for log in logs]
        return np.array(rows, dtype=np.float32).reshape(len(rows), len(self.names))

    def order(self, rows: npt.NDArray[np.float32]) -> npt.NDArray[np.intp]:
        """An order of rows, of shape (n,), in which those with most features in common are near."""
        return np.argsort(rows.astype(np.float64) @ self._weights)
