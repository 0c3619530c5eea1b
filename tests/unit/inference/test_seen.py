"""Which signatures and templates occurred in training."""

import msgspec
import pytest

from inference.detectors.judgements import NOVELTIES, Novelty
from inference.detectors.seen import Seen
from inference.model.model import Model
from schemas.bundle.contents import Bundle
from schemas.bundle.manifest import TABLES_FILE
from schemas.bundle.options import TrainOptions
from schemas.bundle.tables import Tables
from schemas.record.features import Level, LogFeatures
from schemas.record.key import FLAG_VALUES
from tests.made_logs import make_raw_logs
from trainer.counting.table import CountTable
from trainer.fitting.pipeline import fit


def test_kinds_of_novelty_are_numbered() -> None:
    """By their place in the list of all."""
    assert [novelty.number for novelty in NOVELTIES] == list(range(len(NOVELTIES)))


def test_no_record_of_the_training_is_new(surprisal_bundle: Bundle) -> None:
    """Its signature and its template were counted."""
    model = Model(surprisal_bundle, memo_capacity=1)
    for raw in make_raw_logs(1_000):
        log = model.extract(raw.message, raw.level, raw.service)
        assert model.novelty(log) == Novelty(
            new_signature=False, has_template=True, new_template=False
        )


@pytest.mark.parametrize("detector", ["surprisal", "isolation_forest"])
def test_what_never_occurred_is_new(detector: str, message_table: CountTable) -> None:
    """A service that nobody knows; and a sentence, for the detector that uses it."""
    model = fit(message_table, TrainOptions(detector=detector)).candidate.model
    reads = model.spec.reads_message
    odd = model.extract("nobody ever wrote this sentence", Level.FATAL, "nobody")
    assert model.novelty(odd) == Novelty(new_signature=True, has_template=reads, new_template=reads)
    bare = LogFeatures(5, Level.FATAL, "nobody", *FLAG_VALUES[0])
    assert model.novelty(bare) == Novelty(
        new_signature=True, has_template=False, new_template=False
    )


def test_a_bundle_without_tables_knows_nothing(surprisal_bundle: Bundle) -> None:
    """As those of isolation_forest of earlier releases: then nothing is called new."""
    tables = Tables.from_bytes(surprisal_bundle.files[TABLES_FILE])
    bare = msgspec.structs.replace(tables, signature_rarity=None, template_rarity=None)
    seen = Seen(bare, surprisal_bundle.manifest.training)
    log = LogFeatures(5, Level.FATAL, "nobody", *FLAG_VALUES[0])
    assert seen.novelty(log) == NOVELTIES[0]
