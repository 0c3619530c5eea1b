"""Bundles that the surprisal detector does not serve."""

import msgspec
import pytest

from inference.errors import BrokenVersionError
from inference.model.model import Model
from schemas.bundle.contents import Bundle
from schemas.bundle.manifest import TABLES_FILE, file_entry
from schemas.bundle.tables import Tables


def with_tables(bundle: Bundle, tables: Tables) -> Bundle:
    """The bundle with other tables, and a manifest that agrees."""
    files = {**bundle.files, TABLES_FILE: tables.to_bytes()}
    entries = {name: file_entry(data) for name, data in files.items()}
    manifest = msgspec.structs.replace(bundle.manifest, files=entries)
    return Bundle(bundle.version, manifest, files)


@pytest.mark.parametrize(
    ("absent", "reason"),
    [
        ("signature_rarity", "rarities and forest scores are missing"),
        ("forest_scores", "rarities and forest scores are missing"),
        ("template_rarity", "threshold or rarities for messages are missing"),
        ("service_magnitude", "for records with a message is missing"),
        ("pair_magnitude", "for records with a message is missing"),
        ("message_percentiles", "for records with a message is missing"),
    ],
)
def test_a_bundle_without_its_tables_is_refused(
    surprisal_bundle: Bundle, absent: str, reason: str
) -> None:
    """A table that the detector needs, or half of what messages need, is missed at load."""
    tables = Tables.from_bytes(surprisal_bundle.files[TABLES_FILE])
    lacking = msgspec.structs.replace(tables, **{absent: None})
    with pytest.raises(BrokenVersionError, match=f"version 1: .*{reason}"):
        Model(with_tables(surprisal_bundle, lacking), memo_capacity=1)


def test_a_manifest_without_a_threshold_for_messages_is_refused(surprisal_bundle: Bundle) -> None:
    """Rarities of templates without a threshold to hold them against are no model."""
    scores = msgspec.structs.replace(surprisal_bundle.manifest.scores, message_threshold=None)
    manifest = msgspec.structs.replace(surprisal_bundle.manifest, scores=scores)
    with pytest.raises(BrokenVersionError, match="are missing"):
        Model(msgspec.structs.replace(surprisal_bundle, manifest=manifest), memo_capacity=1)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"names": ["message_length"] * 6}, "the forest takes"),
        ({"service_buckets": 16}, "hashed to 65536"),
    ],
)
def test_another_encoding_is_refused(
    surprisal_bundle: Bundle, changes: dict[str, object], reason: str
) -> None:
    """Other columns than the detector makes, or other service numbers, are refused at load."""
    features = msgspec.structs.replace(surprisal_bundle.manifest.features, **changes)
    manifest = msgspec.structs.replace(surprisal_bundle.manifest, features=features)
    with pytest.raises(BrokenVersionError, match=reason):
        Model(msgspec.structs.replace(surprisal_bundle, manifest=manifest), memo_capacity=1)


def test_damaged_tables_are_a_broken_version(surprisal_bundle: Bundle) -> None:
    """Tables that do not read, with a manifest that agrees with them, are refused as a graph is."""
    data = surprisal_bundle.files[TABLES_FILE][:-40]
    files = {**surprisal_bundle.files, TABLES_FILE: data}
    with pytest.raises(BrokenVersionError, match="version 1: the tables cannot be read"):
        Model(msgspec.structs.replace(surprisal_bundle, files=files), memo_capacity=1)
