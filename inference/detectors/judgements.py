"""A detector's judgements: on a single record, and on many as columns."""

from typing import Any, Final

import msgspec
import numpy as np
import numpy.typing as npt

from schemas.record.key import Ints


class Judgement(msgspec.Struct, frozen=True, gc=False):
    """A detector's judgement on a record.

    Attributes:
        is_anomaly: whether `decision` is negative.
        anomaly_score: in (0, 1]; higher is more anomalous.
        decision: negative iff the record is an anomaly.
        percentile: in [0, 1]: the share of training records with a lower score, rounded down to
            thousandths.
        contributions: what each feature adds to the exponent of the forest's score,
            `2 ** (-1 + their sum)`; six native float32, or none where no forest was asked. Bytes,
            since few are ever read.
        terms: what adds up to the value that is held against the threshold, native float64, named
            by `DetectorSpec.terms`; empty where nothing adds up.
    """

    is_anomaly: bool
    anomaly_score: float
    decision: float
    percentile: float
    contributions: bytes
    terms: bytes


class Novelty(msgspec.Struct, frozen=True, gc=False):
    """Whether a record is like any of the training records.

    Attributes:
        new_signature: no training record had its signature (`schemas.record.surprisal`).
        has_template: its message's template was looked up.
        new_template: no training record had that template.
    """

    new_signature: bool
    has_template: bool
    new_template: bool

    @property
    def number(self) -> int:
        """Its place in `NOVELTIES`."""
        return self.new_signature + 2 * (self.has_template + self.new_template)


NOVELTIES: Final = tuple(
    Novelty(new_signature, template > 0, template > 1)
    for template in range(3)
    for new_signature in (False, True)
)
"""All kinds; a template that was not looked up is not new."""


class Judgements(msgspec.Struct, frozen=True):
    """A detector's judgements on n records: `Judgement` in columns.

    Attributes:
        is_anomaly: bool of shape (n,).
        anomaly_scores: float64 of shape (n,).
        decisions: float64 of shape (n,).
        percentiles: float64 of shape (n,).
        contributions: float32 of shape (n, 6), zeros where the forest was not asked; or (n, 0)
            where there is none or they were left out.
        terms: float64 of shape (n, n_terms).
    """

    is_anomaly: npt.NDArray[np.bool_]
    anomaly_scores: npt.NDArray[np.float64]
    decisions: npt.NDArray[np.float64]
    percentiles: npt.NDArray[np.float64]
    contributions: npt.NDArray[np.float32]
    terms: npt.NDArray[np.float64]

    def singly(self) -> list[Judgement]:
        """Each record's, in their order."""
        contributions, terms = (
            rows_as_bytes(matrix) for matrix in (self.contributions, self.terms)
        )
        columns = (self.is_anomaly, self.anomaly_scores, self.decisions, self.percentiles)
        return list(map(Judgement, *(column.tolist() for column in columns), contributions, terms))

    def take(self, indices: Ints) -> "Judgements":
        """The judgements at these indices, in their order."""
        return Judgements(*(column[indices] for column in msgspec.structs.astuple(self)))


def rows_as_bytes(matrix: npt.NDArray[Any]) -> list[bytes]:
    """Each row of a matrix, of shape (n, m), as its bytes; empty bytes where m is 0."""
    size = matrix.shape[1] * matrix.itemsize
    if not size:
        return [b""] * len(matrix)
    whole = matrix.tobytes()
    return [whole[at : at + size] for at in range(0, len(whole), size)]
