"""Why the detector `surprisal` judges a record as it does, in words with counts."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from inference.detectors.wording import (
    forest_in_words,
    share_in_words,
    speaks_of,
    times_seen,
)
from schemas.bundle.manifest import TrainingSummary
from schemas.bundle.tables import Tables
from schemas.record.encoding import SERVICE_BUCKETS, service_number
from schemas.record.extraction import MessageFeatures
from schemas.record.features import SEVERITY, LogFeatures
from schemas.record.key import flags_of
from schemas.record.surprisal import TERMS, pair_bucket, signature_bucket
from schemas.record.templates import bucket_of

_SEVERITY, _KEYWORDS, _, _FOREST = range(len(TERMS))
"""Where each term of a verdict stands."""


class SurprisalReasons:
    """Says what the terms of a verdict come from, by the counts behind the tables of rarities.

    Buckets are shared, so a count may be too high, never too low.

    Args:
        tables: of the bundle.
        training: what the model learned from.
    """

    def __init__(self, tables: Tables, training: TrainingSummary) -> None:
        self._training = training
        self._signatures = _floats(tables.signature_rarity)
        self._templates = _floats(tables.template_rarity)
        self._services = _floats(tables.service_magnitude)
        self._pairs = _floats(tables.pair_magnitude)
        self._offsets = _floats(tables.service_offsets)
        self._message_offsets = _floats(tables.message_service_offsets)

    def say(self, log: LogFeatures, terms: Sequence[float]) -> str:
        """As in "ERROR, tells of a time-out, like 1 in 40,000 of all lines, message never seen".

        Args:
            log: the record.
            terms: of its verdict, in the order of `TERMS`.
        """
        topics = speaks_of(flags_of(log))
        words = [log.level.value] if terms[_SEVERITY] else []
        if topics:
            words.append(f"tells of {topics}")
        elif terms[_KEYWORDS]:
            words.append("holds a word of failure")
        words.append(self._lines_like(log))
        if self._templates and isinstance(log, MessageFeatures):
            words += self._messages_like(log)
        words += forest_in_words(terms[_FOREST])
        if self._has_own(log):
            words.append(f"by {log.service}'s own threshold")
        return ", ".join(words)

    def _has_own(self, log: LogFeatures) -> bool:
        """Whether its service has a threshold of its own for what the log is."""
        offsets = self._offsets
        if self._templates and isinstance(log, MessageFeatures):
            offsets = self._message_offsets
        return bool(offsets) and offsets[service_number(log.service, SERVICE_BUCKETS)] != 0

    def _lines_like(self, log: LogFeatures) -> str:
        """How many training records were of its service, level and flags, and about as long."""
        service = service_number(log.service, SERVICE_BUCKETS)
        level, flags = SEVERITY[log.level], flags_of(log)
        n = self._training.n_samples
        bucket = signature_bucket(log.message_length, level, service, flags)
        seen = _count(self._signatures[bucket], n)
        share = share_in_words(seen, n, "all lines")
        return f"like {share}" if share else f"nothing like it seen from {log.service}"

    def _messages_like(self, log: MessageFeatures) -> list[str]:
        """How many training records had its template, and which share of its service's they are."""
        service, template = service_number(log.service, SERVICE_BUCKETS), bucket_of(log.pattern)
        n_service = round(10 ** self._services[service]) - 1
        if not n_service:
            return [f"no message of {log.service} seen"]
        seen = _count(self._templates[template], self._training.n_messages)
        words = [f"message {times_seen(seen)}"]
        if seen:
            here = round(10 ** self._pairs[pair_bucket(service, template)]) - 1
            share = share_in_words(min(here, n_service), n_service, f"{log.service}'s messages")
            words.append(share or f"never by {log.service}")
        return words


def _floats(table: npt.NDArray[np.float32] | npt.NDArray[np.float64] | None) -> Sequence[float]:
    """A table as a memoryview, which gives Python floats without a numpy object in between."""
    return () if table is None else table.data


def _count(rarity: float, n: int) -> int:
    """The count c behind a rarity of n records."""
    return max(round((n + 1) / 10**rarity) - 1, 0)
