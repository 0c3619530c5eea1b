"""The tables of a bundle: written, read, and refused."""

import io
import itertools
import pickle
import zipfile
from collections.abc import Callable

import msgspec
import numpy as np
import pytest

from schemas.bundle.tables import Tables, UnreadableTablesError
from schemas.record.encoding import SERVICE_BUCKETS
from schemas.record.surprisal import (
    FOREST_SCORES,
    PAIR_BUCKETS,
    SIGNATURE_BUCKETS,
)
from schemas.record.templates import TEMPLATE_BUCKETS


@pytest.fixture
def tables() -> Tables:
    """Tables of the right shapes."""
    generator = np.random.default_rng(0)
    return Tables(
        percentiles=np.sort(generator.random(1_000)),
        message_percentiles=np.sort(generator.random(1_000)),
        thresholds=np.sort(generator.random(1_000)),
        message_thresholds=np.sort(generator.random(1_000)),
        signature_rarity=generator.random(SIGNATURE_BUCKETS, np.float32),
        template_rarity=generator.random(TEMPLATE_BUCKETS, np.float32),
        service_magnitude=generator.random(SERVICE_BUCKETS, np.float32),
        pair_magnitude=generator.random(PAIR_BUCKETS, np.float32),
        service_offsets=generator.random(SERVICE_BUCKETS),
        message_service_offsets=generator.random(SERVICE_BUCKETS),
        forest_scores=np.sort(generator.random(FOREST_SCORES))[::-1],
        flagged=generator.integers(0, 9, 1_000),
    )


OPTIONAL = [name for name in Tables.__struct_fields__ if name not in {"percentiles", "flagged"}]


@pytest.mark.parametrize("absent", [[], OPTIONAL, *([name] for name in OPTIONAL)], ids=str)
def test_tables_come_back_as_they_were(tables: Tables, absent: list[str]) -> None:
    """Writing and reading give the same numbers and types; what is absent stays absent."""
    written = msgspec.structs.replace(tables, **dict.fromkeys(absent))
    read = Tables.from_bytes(written.to_bytes())
    for name in Tables.__struct_fields__:
        expected, found = getattr(written, name), getattr(read, name)
        if name in absent:
            assert found is None
        else:
            assert found.dtype == expected.dtype
            assert np.array_equal(found, expected)


def test_the_same_tables_are_the_same_bytes(tables: Tables) -> None:
    """So that a model can be reproduced: no time and no name of a machine is in the archive."""
    data = tables.to_bytes()
    assert Tables.from_bytes(data).to_bytes() == data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def archive_of(**arrays: object) -> bytes:
    """An npz archive with these arrays."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=True, **arrays)  # type: ignore[arg-type]
    return buffer.getvalue()


PERCENTILES = np.zeros(1_000)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "cannot be read"),
        (b"no archive", "cannot be read"),
        (b"PK\x03\x04" + b"x" * 40, "cannot be read"),
        (archive_of(percentiles=PERCENTILES)[:-30], "cannot be read"),
        (archive_of(), "'percentiles' is missing"),
        (archive_of(signature_rarity=np.zeros(65_536, np.float32)), "'percentiles' is missing"),
        (archive_of(percentiles=PERCENTILES), "'flagged' is missing"),
        (archive_of(percentiles=PERCENTILES, flagged=PERCENTILES), r"'flagged' is float64"),
        (archive_of(percentiles=np.zeros(999)), r"'percentiles' is float64\(999,\)"),
        (archive_of(percentiles=np.zeros((1_000, 1))), r"'percentiles' is float64\(1000, 1\)"),
        (archive_of(percentiles=np.zeros(1_000, np.float32)), "'percentiles' is float32"),
        (archive_of(percentiles=PERCENTILES, template_rarity=np.zeros(65_536)), "is float64"),
        (archive_of(percentiles=PERCENTILES, mood=np.zeros(3)), r"'mood' is float64\(3,\)"),
    ],
)
def test_other_archives_are_refused(data: bytes, reason: str) -> None:
    """What is no archive, is cut off, lacks a table or has a foreign table is one error of ours."""
    with pytest.raises(UnreadableTablesError, match=reason):
        Tables.from_bytes(data)


def test_damage_anywhere_is_harmless() -> None:
    """With any one bit changed, an archive is refused, or it has the numbers that were written."""
    whole = Tables(percentiles=np.repeat([0.25, 0.5], 500), flagged=np.repeat([9, 1], 500))
    data = whole.to_bytes()
    refused = 0
    for index, bit in itertools.product(range(len(data)), range(8)):
        damaged = bytearray(data)
        damaged[index] ^= 1 << bit
        try:
            read = Tables.from_bytes(bytes(damaged))
        except UnreadableTablesError:
            refused += 1
        else:
            assert np.array_equal(read.percentiles, whole.percentiles)
            assert read.flagged is not None
            assert read.flagged.tolist() == [9] * 500 + [1] * 500
    assert refused > 4 * len(data)


class Trap:
    """Makes a file when it is unpickled."""

    def __init__(self, action: Callable[..., object], *arguments: object) -> None:
        self.action, self.arguments = action, arguments

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return self.action, self.arguments


def test_nothing_is_unpickled(tmp_path_factory: pytest.TempPathFactory) -> None:
    """An array of objects, which is a pickle inside, is refused without being loaded."""
    sprung = tmp_path_factory.mktemp("trap") / "sprung"
    trap = Trap(open, str(sprung), "w")
    objects = np.empty(1_000, object)
    objects[0] = trap
    for data in (archive_of(percentiles=objects), pickle.dumps(trap)):
        with pytest.raises(UnreadableTablesError):
            Tables.from_bytes(data)
    assert not sprung.exists()
