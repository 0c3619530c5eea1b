"""Real logs, counted record by record, and written in every way that jobs read."""

import calendar
import csv
import gzip
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import duckdb
import numpy as np
from backports import zstd

from schemas.bundle.manifest import MODEL_FILE, TABLES_FILE
from schemas.bundle.options import TrainOptions
from schemas.record.encoding import SERVICE_BUCKETS, service_number
from schemas.record.extraction import extract
from schemas.record.features import Level
from schemas.record.key import pack_record
from schemas.record.labels import is_positive
from trainer.cli.data_options import dataset, required_data
from trainer.cli.main import make_parser
from trainer.counting.run import Executor, Locator, count_partitions
from trainer.counting.sums import Counted
from trainer.counting.table import CountTable
from trainer.fitting.pipeline import fit
from trainer.jobs.dataset import Holdings
from trainer.reading.cutting import cut

N_FILES: Final = 5

Models = dict[str, tuple[bytes, bytes]]
"""Graph and tables by detector."""


class Archive(NamedTuple):
    """Logs, and what must come of them however they are read.

    Attributes:
        folder: where files of it may be made.
        plain: the file of JSON lines.
        records: what its lines say.
        options: of the command line, for its labels if it has some.
        table: the distinct records, counted record by record.
        first_lines: the line in which each key occurs first, by key.
        models: graph and tables by detector.
    """

    folder: Path
    plain: Path
    records: list[dict[str, Any]]
    options: list[str]
    table: CountTable
    first_lines: dict[int, int]
    models: Models

    def file(self, name: str) -> Path:
        """A path of its own for a test."""
        return self.folder / name


def count_record_by_record(records: Sequence[dict[str, Any]]) -> tuple[CountTable, dict[int, int]]:
    """The count table of raw logs by the plainest code there is, and where each key is first."""
    counts: Counter[int] = Counter()
    positives: Counter[int] = Counter()
    first_lines: dict[int, int] = {}
    times: dict[int, list[int]] = {}
    for line, record in enumerate(records, start=1):
        level, service = Level(record["level"]), record["service"]
        key = pack_record(extract(record["message"], level, service))
        counts[key] += 1
        positives[key] += is_positive(record.get("fault"))
        first_lines.setdefault(key, line)
        times.setdefault(key, []).append(micros(record["timestamp"]))
    keys = sorted(counts)
    names = sorted({record["service"] for record in records}, reverse=True)
    table = CountTable(
        keys=np.array(keys, np.int64),
        counts=np.array([counts[key] for key in keys], np.int64),
        positives=np.array([positives[key] for key in keys], np.int64)
        if "fault" in records[0]
        else None,
        first_seen=np.array([min(times[key]) for key in keys], np.int64),
        last_seen=np.array([max(times[key]) for key in keys], np.int64),
        services={service_number(name, SERVICE_BUCKETS): name for name in names},
    )
    return table, first_lines


def micros(timestamp: str) -> int:
    """Microseconds since 1970 of a time as `2026-11-22T11:00:07.543132Z`, by another way."""
    whole, _, part = timestamp.removesuffix("Z").partition(".")
    seconds = calendar.timegm(time.strptime(whole, "%Y-%m-%dT%H:%M:%S"))
    return seconds * 1_000_000 + int(part[:6].ljust(6, "0"))


def fit_all(table: CountTable) -> Models:
    """Graph and tables of both detectors."""
    models = {}
    for detector in ("isolation_forest", "surprisal"):
        files = fit(table, TrainOptions(n_estimators=20, detector=detector)).candidate.files
        models[detector] = (files[MODEL_FILE], files[TABLES_FILE])
    return models


def count(*arguments: str) -> CountTable:
    """The table that `python -m trainer fit` makes of its arguments."""
    return read(*arguments).table


def read(*arguments: str) -> Holdings:
    """What `python -m trainer fit` reads of its arguments."""
    return required_data(make_parser().parse_args(["fit", *arguments])).count()


def count_in_parts(arguments: Sequence[str], executor: Executor) -> tuple[Counted, Locator]:
    """The same with partitions of another size."""
    found = dataset(make_parser().parse_args(["fit", *arguments]))
    parts = cut(found.files, executor.partition_bytes)
    counted = count_partitions(parts, executor, lambda _bytes, _records: None)
    assert len(parts) == len(counted.records)
    return counted, Locator(parts, counted.records)


def assert_same(table: CountTable, expected: CountTable) -> None:
    """That two tables say the same, but for where records stand; moments where they have some."""
    for name in ("first_seen", "last_seen"):
        np.testing.assert_array_equal(getattr(table, name), getattr(expected, name))
    np.testing.assert_array_equal(table.keys, expected.keys)
    np.testing.assert_array_equal(table.counts, expected.counts)
    assert (table.positives is None) == (expected.positives is None)
    if table.positives is not None:
        np.testing.assert_array_equal(table.positives, expected.positives)
    assert table.services == expected.services


def write_log4j(path: Path, records: Sequence[dict[str, Any]]) -> None:
    """Records as log4j writes them; what follows a line end in a message is a line of its own."""
    lines = [
        f"2026-11-22 11:00:07,543 [main] {record['level']:<5} {record['service']} - "
        f"{record['message']}\n"
        for record in records
    ]
    path.write_text("".join(lines), encoding="utf-8", newline="")


def write_csv(path: Path, records: Sequence[dict[str, Any]]) -> None:
    """Records as CSV with a header; nothing where a record says null."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(records[0]))
        writer.writeheader()
        writer.writerows(records)


def to_parquet(source: Path, target: Path, where: str = "true") -> None:
    """JSON lines as Parquet, by DuckDB."""
    with duckdb.connect() as connection:
        wanted = f"SELECT * FROM read_json('{source}') WHERE {where}"
        connection.execute(f"COPY ({wanted}) TO '{target}' (FORMAT parquet)")


def as_json(archive: Archive) -> list[str]:
    """JSON lines."""
    return [str(archive.plain)]


def as_gzip(archive: Archive) -> list[str]:
    """The file as it is shipped, in members as appending makes them."""
    lines = archive.plain.read_bytes()
    path = archive.file("packed.jsonl.gz")
    path.write_bytes(gzip.compress(lines[:1_000], 1) + gzip.compress(lines[1_000:], 1))
    return [str(path)]


def as_zstd(archive: Archive) -> list[str]:
    """Zstandard, under a name that does not show it."""
    path = archive.file("packed.log")
    path.write_bytes(zstd.compress(archive.plain.read_bytes(), 1))
    return [str(path)]


def as_csv(archive: Archive) -> list[str]:
    """CSV, whose messages hold line ends, quotes and delimiters."""
    path = archive.file("logs.csv")
    write_csv(path, archive.records)
    return [str(path)]


def as_packed_csv(archive: Archive) -> list[str]:
    """CSV in gzip."""
    path = archive.file("logs.csv.gz")
    (plain,) = as_csv(archive)
    path.write_bytes(gzip.compress(Path(plain).read_bytes(), 1))
    return [str(path)]


def as_parquet(archive: Archive) -> list[str]:
    """Parquet with the raw logs."""
    path = archive.file("logs.parquet")
    to_parquet(archive.plain, path)
    return [str(path)]


def as_folder(archive: Archive) -> list[str]:
    """Several files of one folder, plain and packed, one of them empty."""
    folder = archive.file("folder")
    folder.mkdir(exist_ok=True)
    lines = archive.plain.read_bytes().splitlines(keepends=True)
    for number in range(N_FILES):
        part = b"".join(lines[number::N_FILES])
        pack = number % 2 == 1
        name = f"{number}.jsonl.gz" if pack else f"{number}.jsonl"
        (folder / name).write_bytes(gzip.compress(part, 1) if pack else part)
    (folder / "empty.jsonl").touch()
    return [str(folder)]


def as_file_and_glob(archive: Archive) -> list[str]:
    """Files one by one and by globs, one of them named twice."""
    (folder,) = as_folder(archive)
    return [f"{folder}/3.jsonl.gz", f"{folder}/*.jsonl.gz", f"{folder}/[02]*", f"{folder}/4.jsonl"]


WAYS: Final = (
    as_json,
    as_gzip,
    as_zstd,
    as_csv,
    as_packed_csv,
    as_parquet,
    as_folder,
    as_file_and_glob,
)
