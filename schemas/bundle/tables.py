"""The tables beside a bundle's graph, as a numpy archive that is read without unpickling."""

import io
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from schemas.record.encoding import SERVICE_BUCKETS
from schemas.record.surprisal import FOREST_SCORES, PAIR_BUCKETS, SIGNATURE_BUCKETS
from schemas.record.templates import TEMPLATE_BUCKETS


class UnreadableTablesError(ValueError):
    """The bytes are no tables, or tables of other shapes."""


class Tables(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers beside the graph in a bundle.

    Attributes:
        percentiles: float64 (1000,): the k-th is the smallest value that at least k + 1
            thousandths of the training records do not exceed; of the anomaly_score for
            `isolation_forest`, of D without messages for `surprisal`.
        flagged: int64 (1000,): how many training records the model flags with the k-th of the
            thresholds (for records with a message, of theirs) as its threshold; None until they
            are judged, which they are in every bundle.
        thresholds: float64 (1000,): the k-th is the threshold for a contamination of 999 - k
            thousandths; None where they are the percentiles.
        message_thresholds: the same for records with a message.
        message_percentiles: the same of D with messages; None if there were none.
        signature_rarity: float32 (65536,): rG by bucket; of `isolation_forest` it decides nothing.
        template_rarity: float32 (65536,): rT by bucket; None if there were no messages.
        service_magnitude: float32 (65536,): log10(c + 1) of the messages of each service, by its
            number; None if there were none.
        pair_magnitude: float32 (65536,): the same of a service and a template, by bucket.
        service_offsets: float64 (65536,): how far the threshold of a service, by its number, lies
            above the threshold for all records, without a message; None where no service has its
            own.
        message_service_offsets: the same with a message; None if there were none.
        forest_scores: float64 (100,): the k-th is the largest score that at least k + 1 hundredths
            of the training records reach; None for `isolation_forest`.
    """

    percentiles: npt.NDArray[np.float64]
    flagged: npt.NDArray[np.int64] | None = None
    message_percentiles: npt.NDArray[np.float64] | None = None
    thresholds: npt.NDArray[np.float64] | None = None
    message_thresholds: npt.NDArray[np.float64] | None = None
    signature_rarity: npt.NDArray[np.float32] | None = None
    template_rarity: npt.NDArray[np.float32] | None = None
    service_magnitude: npt.NDArray[np.float32] | None = None
    pair_magnitude: npt.NDArray[np.float32] | None = None
    service_offsets: npt.NDArray[np.float64] | None = None
    message_service_offsets: npt.NDArray[np.float64] | None = None
    forest_scores: npt.NDArray[np.float64] | None = None

    @property
    def steps(self) -> npt.NDArray[np.float64]:
        """The thresholds for whole thousandths, of records without a message."""
        return self.percentiles if self.thresholds is None else self.thresholds

    @property
    def message_steps(self) -> npt.NDArray[np.float64] | None:
        """The same for records with a message; None if there were none."""
        known = self.message_thresholds
        return self.message_percentiles if known is None else known

    def to_bytes(self) -> bytes:
        """The tables as a compressed npz archive; the same tables give the same bytes."""
        buffer = io.BytesIO()
        present = {
            name: getattr(self, name)
            for name in self.__struct_fields__
            if getattr(self, name) is not None
        }
        np.savez_compressed(buffer, **present)
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Tables":
        """Read an archive.

        Raises:
            UnreadableTablesError: it is none, or a table has another shape or type.
        """
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as archive:
                tables = {name: archive[name] for name in archive.files}
        except Exception as error:  # of a dozen kinds, by zipfile, zlib, tokenize and numpy
            raise UnreadableTablesError(f"the tables cannot be read: {error}") from error
        for name, values in tables.items():
            # A member that is no array at all is handed over as its bytes.
            if not isinstance(values, np.ndarray):
                raise UnreadableTablesError(f"the table {name!r} is no array")
            if (values.shape, values.dtype) != _SHAPES.get(name):
                raise UnreadableTablesError(f"the table {name!r} is {values.dtype}{values.shape}")
            if np.isnan(values).any():
                raise UnreadableTablesError(f"the table {name!r} holds what is no number")
        for name in ("percentiles", "flagged"):
            if name not in tables:
                raise UnreadableTablesError(f"the table {name!r} is missing")
        return cls(**tables)


_SHAPES: Final = {
    "percentiles": ((1_000,), np.dtype(np.float64)),
    "flagged": ((1_000,), np.dtype(np.int64)),
    "message_percentiles": ((1_000,), np.dtype(np.float64)),
    "thresholds": ((1_000,), np.dtype(np.float64)),
    "message_thresholds": ((1_000,), np.dtype(np.float64)),
    "signature_rarity": ((SIGNATURE_BUCKETS,), np.dtype(np.float32)),
    "template_rarity": ((TEMPLATE_BUCKETS,), np.dtype(np.float32)),
    "service_magnitude": ((SERVICE_BUCKETS,), np.dtype(np.float32)),
    "pair_magnitude": ((PAIR_BUCKETS,), np.dtype(np.float32)),
    "service_offsets": ((SERVICE_BUCKETS,), np.dtype(np.float64)),
    "message_service_offsets": ((SERVICE_BUCKETS,), np.dtype(np.float64)),
    "forest_scores": ((FOREST_SCORES,), np.dtype(np.float64)),
}
