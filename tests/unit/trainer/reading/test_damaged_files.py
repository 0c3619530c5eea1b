"""Whatever is in a file, reading it ends in records and faults, or in an error that names it."""

import contextlib
import gzip
import io
import random
from pathlib import Path

import duckdb
import lz4.frame
import msgspec
import pytest
from backports import zstd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.damage import damaged
from tests.made_logs import make_logs, make_raw_logs
from tests.read_records import lines_of
from trainer.errors import InputError
from trainer.jobs.count_tables import CountTables
from trainer.jobs.dataset import Dataset
from trainer.reading.compression import _Transcoder
from trainer.reading.lz4_frames import Lz4Frames
from trainer.reading.members import TarBytes, _InTar

FEATURES = lines_of(make_logs(12))
LOGS = lines_of(msgspec.to_builtins(log) for log in make_raw_logs(12))
DELIMITED = b"level,service,message\n" + b"".join(
    f'{log.level.value},{log.service},"{log.message}"\n'.encode() for log in make_raw_logs(12)
)
PLAIN = b"".join(
    f"2026-01-02 03:04:{second:02},123 {log.level.value} [{log.service}] {log.message}\n".encode()
    for second, log in enumerate(make_raw_logs(12))
)
EVENTS = b"".join(
    f'<event level="{log.level.value}" logger="{log.service}">'
    f"<message><![CDATA[{log.message}]]></message></event>\n".encode()
    for log in make_raw_logs(12)
)
TEXTS = [FEATURES, LOGS, DELIMITED, PLAIN, EVENTS]
SEEDS = [*TEXTS, *(gzip.compress(text, mtime=0) for text in TEXTS), zstd.compress(PLAIN)]
SEEDS += [lz4.frame.compress(text) for text in TEXTS]

same_directory = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
"""Each example writes its own content over that of the example before."""

few = settings(same_directory, max_examples=30)
"""DuckDB takes some hundredths of a second to start."""


def count(path: Path) -> int | str:
    """Count a file as `fit` does: how many records there are, or why it is refused."""
    try:
        holdings = Dataset.find([str(path)], max_bad_fraction=1.0).count()
    except InputError as error:
        return str(error)
    return int(holdings.table.counts.sum()) + holdings.n_bad


def is_counted_or_named(path: Path) -> bool:
    """Whether there are records, or else an error that names the file."""
    counted = count(path)
    return isinstance(counted, int) or path.name in counted


@pytest.mark.parametrize("seed", SEEDS, ids=range(len(SEEDS)))
def test_the_seeds_are_right(path: Path, seed: bytes) -> None:
    """What is damaged below is whole here: every record is read."""
    path.write_bytes(seed)
    assert count(path) == 12


@same_directory
@given(content=damaged(SEEDS))
def test_files(path: Path, content: bytes) -> None:
    """JSON lines, delimited and plain text, XML, plain and compressed, or anything else."""
    path.write_bytes(content)
    assert is_counted_or_named(path)


def parquet(path: Path, rows: str) -> bytes:
    """The rows as Parquet."""
    duckdb.sql(f"COPY ({rows}) TO '{path}' (FORMAT parquet)")
    return path.read_bytes()


@pytest.fixture(scope="module")
def columns(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The six features in columns."""
    folder = tmp_path_factory.mktemp("columns")
    (folder / "features.jsonl").write_bytes(FEATURES)
    return parquet(folder / "a.parquet", f"FROM '{folder / 'features.jsonl'}'")


@few
@given(data=st.data())
def test_columns(path: Path, columns: bytes, data: st.DataObject) -> None:
    """Parquet that is damaged anywhere, in its data, its pages or its footer."""
    path.write_bytes(data.draw(damaged([columns])))
    assert is_counted_or_named(path)


@few
@given(data=st.data())
def test_count_tables(path: Path, columns: bytes, data: st.DataObject) -> None:
    """Counts that an SQL engine should have written."""
    path.write_bytes(data.draw(damaged([columns, b"level,count\nINFO,1\n"])))
    with contextlib.suppress(InputError):
        CountTables([str(path)], max_bad_fraction=1.0).count()


def test_columns_with_flipped_bits(path: Path, columns: bytes) -> None:
    """As by a bad disk; DuckDB's own message may then hold bytes that are no text."""
    chance = random.Random(1)
    for _ in range(60):
        content = bytearray(columns)
        for _ in range(chance.randint(1, 3)):
            content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        path.write_bytes(content)
        assert is_counted_or_named(path)


@pytest.mark.parametrize("reader", [Lz4Frames, TarBytes, _InTar, _Transcoder])
def test_a_reader_whose_file_does_not_open_can_be_closed(reader: type[io.RawIOBase]) -> None:
    """Python closes it when it is forgotten; an error then would be printed beside the real one."""
    reader.__new__(reader).close()
