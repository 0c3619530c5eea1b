"""The signatures and templates that occurred in training, by the tables of rarities."""

from collections.abc import Sequence

import numpy as np

from inference.detectors.judgements import Novelty
from schemas.bundle.manifest import TrainingSummary
from schemas.bundle.tables import Tables
from schemas.record.encoding import SERVICE_BUCKETS, service_number
from schemas.record.extraction import MessageFeatures
from schemas.record.features import SEVERITY, LogFeatures
from schemas.record.key import Columns, Ints, flags_of
from schemas.record.surprisal import rarity, signature_bucket, signature_buckets
from schemas.record.templates import bucket_of


class Seen:
    """The kinds of training records; kinds without a table count as seen.

    Buckets are shared: a record unlike all in training may count as seen; a record that was in
    training always does.

    Args:
        tables: of the bundle.
        training: what the model learned from.
    """

    def __init__(self, tables: Tables, training: TrainingSummary) -> None:
        # Memoryviews give Python floats, without a numpy object in between.
        self._signatures: Sequence[float] = ()
        self._templates: Sequence[float] = ()
        if tables.signature_rarity is not None:
            self._signatures = tables.signature_rarity.data
        if tables.template_rarity is not None:
            self._templates = tables.template_rarity.data
        self._no_signature = _never(training.n_samples)
        self._no_template = _never(training.n_messages)

    def novelty(self, log: LogFeatures) -> Novelty:
        """Whether a record is like any training record."""
        new_signature = has_template = new_template = False
        if self._signatures:
            service = service_number(log.service, SERVICE_BUCKETS)
            bucket = signature_bucket(
                log.message_length, SEVERITY[log.level], service, flags_of(log)
            )
            new_signature = self._signatures[bucket] >= self._no_signature
        if self._templates and isinstance(log, MessageFeatures):
            has_template = True
            new_template = self._templates[bucket_of(log.pattern)] >= self._no_template
        return Novelty(new_signature, has_template, new_template)

    def novelties(self, columns: Columns, patterns: Sequence[int | None] = ()) -> Ints:
        """The `Novelty.number` of each of several records.

        Args:
            columns: of the records.
            patterns: of their messages, None for a record without a message; empty if none has any.
        """
        numbers = np.zeros(len(columns.length), np.int64)
        if self._signatures:
            buckets = signature_buckets(*columns)
            numbers += np.asarray(self._signatures)[buckets] >= self._no_signature
        if self._templates:
            for at, pattern in enumerate(patterns):
                if pattern is not None:
                    found = self._templates[bucket_of(pattern)]
                    numbers[at] += 2 + 2 * (found >= self._no_template)
        return numbers


def _never(n: int) -> float:
    """The rarity of what never occurred among n records, as tables hold it."""
    return float(rarity(np.zeros(1, np.int64), n)[0])
