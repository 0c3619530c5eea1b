"""The training set as a table of distinct rows with counts.

Logs repeat: a table of distinct feature rows holds any corpus, and two tables merge by addition.
The order in which rows came does not matter, so the same rows make the same model.
"""

from collections import Counter
from collections.abc import Iterable

import msgspec
import numpy as np
import numpy.typing as npt

from schemas.encoding import FeatureEncoder
from schemas.features import LogFeatures


class CountTable(msgspec.Struct, frozen=True):
    """Distinct rows and how often each occurred.

    Attributes:
        rows: float32 array of shape (n_distinct, n_features), in lexicographic order.
        counts: int64 array of shape (n_distinct,), each at least 1.
    """

    rows: npt.NDArray[np.float32]
    counts: npt.NDArray[np.int64]

    @property
    def n_distinct(self) -> int:
        """How many distinct rows there are."""
        return len(self.rows)

    @property
    def n_samples(self) -> int:
        """How many rows there are, repetitions included."""
        return int(self.counts.sum())

    def expand(self) -> npt.NDArray[np.float32]:
        """All rows, repetitions included: float32 array of shape (n_samples, n_features)."""
        return np.repeat(self.rows, self.counts, axis=0)

    def sample(self, size: int, random_state: int) -> npt.NDArray[np.float32]:
        """A uniform random sample of `size` rows without replacement, in the table's order.

        Drawn from the counts (multivariate hypergeometric), as if the rows had been expanded.
        """
        if size >= self.n_samples:
            return self.expand()
        generator = np.random.default_rng(random_state)
        drawn = generator.multivariate_hypergeometric(self.counts, size, method="marginals")
        return np.repeat(self.rows, drawn, axis=0)


def count_logs(logs: Iterable[LogFeatures], encoder: FeatureEncoder) -> CountTable:
    """Count logs by their encoded rows."""
    counter = Counter(logs)
    matrix = encoder.matrix(counter)
    rows, inverse = np.unique(matrix, axis=0, return_inverse=True)
    counts = np.zeros(len(rows), np.int64)
    # Two service names can share a number: their rows are one row.
    np.add.at(counts, inverse.reshape(-1), np.fromiter(counter.values(), np.int64, len(counter)))
    return CountTable(rows, counts)
