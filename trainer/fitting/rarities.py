"""Counts of signatures, templates and services, and the rarity of each record that follows."""

import msgspec
import numpy as np
import numpy.typing as npt

from schemas.bundle.tables import Tables
from schemas.record.encoding import SERVICE_BUCKETS
from schemas.record.key import Ints
from schemas.record.surprisal import (
    PAIR_BUCKETS,
    SIGNATURE_BUCKETS,
    blend,
    magnitude,
    rarity,
    within_services,
)
from schemas.record.templates import TEMPLATE_BUCKETS
from trainer.fitting.quantiles import Floats
from trainer.fitting.records import Buckets, Records


class Occurrences(msgspec.Struct, frozen=True):
    """Records by bucket.

    Attributes:
        n: all records.
        n_messages: records with a message. All tables but `signatures` count these alone: the
            bucket 0 that other records have in place of a template may never have been seen.
        signatures, templates, services, pairs: int64 by bucket.
    """

    n: int
    n_messages: int
    signatures: Ints
    templates: Ints
    services: Ints
    pairs: Ints

    @classmethod
    def of(cls, records: Records, counts: Ints) -> "Occurrences":
        """The counts of some records.

        Args:
            records: distinct records.
            counts: how often each occurred, int64 of shape (n,).
        """
        written = np.where(records.has_message, counts, 0)
        return cls(
            int(counts.sum()),
            int(written.sum()),
            _count(records.signature, counts, SIGNATURE_BUCKETS),
            _count(records.template, written, TEMPLATE_BUCKETS),
            _count(records.service, written, SERVICE_BUCKETS),
            _count(records.pair, written, PAIR_BUCKETS),
        )

    def as_of(self, whole: "Occurrences") -> "Occurrences":
        """The same counts with the totals of `whole`: unseen buckets are then as rare as there."""
        return msgspec.structs.replace(self, n=whole.n, n_messages=whole.n_messages)

    def put_into(self, tables: Tables) -> Tables:
        """The tables of a bundle with these counts."""
        tables = msgspec.structs.replace(tables, signature_rarity=rarity(self.signatures, self.n))
        if not self.n_messages:
            return tables
        return msgspec.structs.replace(
            tables,
            template_rarity=rarity(self.templates, self.n_messages),
            service_magnitude=magnitude(self.services),
            pair_magnitude=magnitude(self.pairs),
        )

    def without_each(self, records: Records) -> tuple[npt.NDArray[np.float32], Floats]:
        """How rare each record is among the others: its own occurrence is left out.

        Else a record that was seen once would look half as rare as a record that was never seen.

        Returns:
            The rarity of its signature, and the rarity with its message (that of the signature for
            records without a message), each of shape (n,).
        """
        return self._rarities(records, own=1)

    def of_each(self, records: Records) -> tuple[npt.NDArray[np.float32], Floats]:
        """The rarity of records that are not counted here; returns as `without_each`."""
        return self._rarities(records, own=0)

    def _rarities(self, records: Records, own: int) -> tuple[npt.NDArray[np.float32], Floats]:
        of_signature = rarity(self.signatures[records.signature] - own, self.n)
        written = records.has_message
        rarities = of_signature.astype(np.float64)
        rarities[written] = blend(
            rarity(self.templates[records.template[written]] - own, self.n_messages).astype(float),
            rarities[written],
            within_services(
                magnitude(self.services[records.service[written]] - own),
                magnitude(self.pairs[records.pair[written]] - own),
            ),
        )
        return of_signature, rarities


def rarities_by(tables: Tables, records: Records) -> tuple[npt.NDArray[np.float32], Floats]:
    """How rare records are by the tables of a bundle; returns as `Occurrences.without_each`."""
    assert tables.signature_rarity is not None
    of_signature = tables.signature_rarity[records.signature]
    rarities = of_signature.astype(np.float64)
    if tables.template_rarity is None:
        return of_signature, rarities
    assert tables.service_magnitude is not None
    assert tables.pair_magnitude is not None
    blended = blend(
        tables.template_rarity[records.template].astype(np.float64),
        rarities,
        within_services(
            tables.service_magnitude[records.service], tables.pair_magnitude[records.pair]
        ),
    )
    return of_signature, np.where(records.has_message, blended, rarities)


def _count(buckets: Buckets, counts: Ints, size: int) -> Ints:
    return np.bincount(buckets, counts, size).astype(np.int64)  # exact below 2**53
