"""Distinct records as the columns that the surprisal detector works on."""

import math
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from schemas.record.key import Ints, flag_columns, messages_of, unpack
from schemas.record.surprisal import FOREST_COLUMNS, SEVERITIES, pair_buckets, signature_buckets
from trainer.fitting.forest import Rows
from trainer.fitting.quantiles import Floats

Buckets = npt.NDArray[np.int32]


class Records(msgspec.Struct, frozen=True):
    """Distinct records as columns, each of shape (n,).

    Numbers take the bytes that they need: a table may have millions of records, and several copies
    of parts of them are at work at once.

    Attributes:
        log_length: float32, ln(1 + message_length).
        severity: float64, decades.
        flags: uint8, the three flags as one number.
        signature: int32, its bucket.
        service: int32, its number.
        template: int32, its bucket; 0 where there is no message.
        pair: int32, the bucket of service and template; of no meaning where there is no message.
        has_failure: bool, the message holds a word of failure.
        has_message: bool.
    """

    log_length: npt.NDArray[np.float32]
    severity: Floats
    flags: npt.NDArray[np.uint8]
    signature: Buckets
    service: Buckets
    template: Buckets
    pair: Buckets
    has_failure: npt.NDArray[np.bool_]
    has_message: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, keys: Ints) -> "Records":
        """The columns of packed records."""
        length, level, service, flags, traits = unpack(keys)
        has_message, template, has_failure = messages_of(traits)
        return cls(
            log_length=_log1p(length),
            severity=np.array(SEVERITIES)[level],
            flags=flags.astype(np.uint8),
            signature=signature_buckets(length, level, service, flags).astype(np.int32),
            service=service.astype(np.int32),
            template=template.astype(np.int32),
            pair=pair_buckets(service, template).astype(np.int32),
            has_failure=has_failure,
            has_message=has_message,
        )

    def take(self, chosen: npt.NDArray[np.bool_]) -> "Records":
        """Some of them."""
        return Records(*(column[chosen] for column in msgspec.structs.astuple(self)))

    def forest_rows(self, signature_rarity: npt.NDArray[np.float32]) -> Rows:
        """The forest's rows: float32 of shape (n, 6), columns as in `FOREST_COLUMNS`."""
        rows = np.empty((len(self.flags), len(FOREST_COLUMNS)), np.float32)
        columns: tuple[npt.NDArray[Any], ...] = (
            self.log_length,
            self.severity,
            signature_rarity,
            *flag_columns(self.flags),
        )
        for place, column in enumerate(columns):
            rows[:, place] = column
        return rows


def _log1p(length: Ints) -> npt.NDArray[np.float32]:
    """ln(1 + length) by the very function that serving uses, once for each distinct length."""
    distinct, inverse = np.unique(length, return_inverse=True)
    return np.array([math.log1p(value) for value in distinct.tolist()], np.float32)[inverse]
