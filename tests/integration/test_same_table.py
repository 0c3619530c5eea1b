"""However logs are written, cut and counted: the same count table, and of it the same models."""

import contextlib
import gzip
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import duckdb
import msgspec
import numpy as np
import pytest
from distributed import LocalCluster

from schemas.record.extraction import extract
from schemas.record.features import FEATURE_NAMES, Level
from tests.conftest import REAL_LOGS
from tests.integration.archives import (
    WAYS,
    Archive,
    Models,
    as_csv,
    as_folder,
    as_gzip,
    as_json,
    as_parquet,
    assert_same,
    count,
    count_in_parts,
    count_record_by_record,
    fit_all,
    to_parquet,
    write_csv,
    write_log4j,
)
from tests.integration.conftest import ROOT
from trainer.cli import main
from trainer.cli.data_options import required_data
from trainer.cli.main import make_parser
from trainer.counting.run import Executor
from trainer.counting.table import CountTable
from trainer.reading.partitions import Place

MAX_RECORDS: Final = 20_000
TIMED: Final = ["--time-field", "timestamp"]
TINY_BYTES: Final = 30_011
ARCHIVES: Final = {
    "samples": ROOT / "samples" / "logs.jsonl.gz",
    "faultfree": REAL_LOGS / "trainticket-faultfree.jsonl.gz",
    "faults": REAL_LOGS / "trainticket-faults.jsonl.gz",
}


@pytest.fixture(scope="module", params=ARCHIVES)
def archive(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """Real logs: those of the project, and others where they are."""
    path = ARCHIVES[request.param]
    if not path.exists():
        pytest.skip("the real logs are not beside the project (../shared/data)")
    folder = tmp_path_factory.mktemp(request.param)
    lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    # A part of the largest, from all over it, for the time's sake.
    lines = lines[:: 1 + len(lines) // MAX_RECORDS]
    (folder / "logs.jsonl").write_bytes(b"".join(lines))
    records = [json.loads(line) for line in lines]
    table, first_lines = count_record_by_record(records)
    options = ["--label-field", "fault"] if "fault" in records[0] else []
    models = fit_all(table)
    return Archive(folder, folder / "logs.jsonl", records, options, table, first_lines, models)


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """A Dask cluster of two worker processes; its scheduler's address."""
    with LocalCluster(  # type: ignore[no-untyped-call]  # distributed has few types
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        dashboard_address=":0",
        worker_dashboard_address=None,
    ) as running:
        yield running.scheduler_address


@pytest.mark.parametrize("way", WAYS)
def test_files_of_any_kind(archive: Archive, way: Callable[[Archive], list[str]]) -> None:
    """The kinds of files differ, what comes of them does not."""
    table = count(*way(archive), *archive.options)
    assert_same(table, archive.table)
    assert fit_all(table) == archive.models


@pytest.mark.parametrize("way", [as_json, as_gzip, as_csv, as_parquet])
def test_the_line_of_a_record_is_found(
    archive: Archive, way: Callable[[Archive], list[str]]
) -> None:
    """What a report shows beside a record is the first line that gave it, and where it stands."""
    (path,) = way(archive)
    loaded = required_data(make_parser().parse_args(["fit", path])).count()
    assert loaded.table.places is not None
    some = slice(None, None, 1 + loaded.table.n_distinct // 20)
    keys, places = loaded.table.keys[some], loaded.table.places[some]
    top = msgspec.structs.replace(loaded.table, keys=keys, places=places)
    between = ":" if way in (as_json, as_gzip) else ", record "
    lines = {key: archive.first_lines[key] for key in keys.tolist()}
    assert loaded.examples(top) == {
        key: (f"{path}{between}{line}", archive.records[line - 1]["message"][:1_000])
        for key, line in lines.items()
    }


@pytest.mark.parametrize("end", ["parquet", "csv"])
def test_the_printed_query_in_duckdb(archive: Archive, end: str) -> None:
    """What DuckDB makes of raw logs by the query we print is read as our own table."""
    printed = io.StringIO()
    relation = f"read_json('{archive.plain}')"
    with contextlib.redirect_stdout(printed):
        assert (
            main(["sql", "--dialect", "duckdb", "--from", relation, *TIMED, *archive.options]) == 0
        )
    result = archive.file(f"counts.{end}")
    with duckdb.connect() as connection:
        connection.execute(f"COPY ({printed.getvalue()}) TO '{result}'")
    table = count("--counts", str(result))
    assert_same(table, archive.table)
    assert fit_all(table) == archive.models


def test_count_tables_add_up(archive: Archive) -> None:
    """Tables of several runs, in several files, are one training set."""
    tables = []
    for number in range(2):
        printed = io.StringIO()
        relation = (
            f"(SELECT * FROM read_json('{archive.plain}') WHERE length(message) % 2 = {number})"
        )
        with contextlib.redirect_stdout(printed):
            main(["sql", "--dialect", "duckdb", "--from", relation, *TIMED, *archive.options])
        tables.append(archive.file(f"part-{number}.parquet"))
        with duckdb.connect() as connection:
            connection.execute(f"COPY ({printed.getvalue()}) TO '{tables[-1]}'")
    table = count("--counts", str(tables[0]), "--counts", str(tables[1]))
    assert_same(table, archive.table)


def test_tiny_partitions(archive: Archive) -> None:
    """Where files are cut does not matter, and each record is known to stand where it stands."""
    arguments = [str(archive.plain), *archive.options]
    executor = Executor(processes=1, partition_bytes=TINY_BYTES)
    counted, locate = count_in_parts(arguments, executor)
    assert len(counted.records) > 10
    assert_same(counted.table, archive.table)
    assert fit_all(counted.table) == archive.models
    places = counted.table.places
    assert places is not None
    for key, place in zip(counted.table.keys.tolist(), places.tolist(), strict=True):
        line = archive.first_lines[key]
        assert locate(Place.unpack(place)) == f"{archive.plain}:{line}"


def test_two_processes(archive: Archive) -> None:
    """Processes share the work; small files are repeated, since they would not be shared."""
    times = 1 + 20_000_000 // archive.plain.stat().st_size
    path = archive.file("repeated.jsonl")
    path.write_bytes(archive.plain.read_bytes() * times)
    executor = Executor(processes=2, partition_bytes=3_000_001)
    counted, _ = count_in_parts([str(path), *archive.options], executor)
    table, expected = counted.table, archive.table
    np.testing.assert_array_equal(table.keys, expected.keys)
    np.testing.assert_array_equal(table.counts, expected.counts * times)
    assert table.services == expected.services


def test_a_dask_cluster(archive: Archive, cluster: str) -> None:
    """Workers elsewhere, in any order: the same table, the same models."""
    for arguments in (as_folder(archive), as_parquet(archive)):
        table = count(*arguments, *archive.options, "--dask", cluster)
        assert_same(table, archive.table)
    executor = Executor(dask=cluster, partition_bytes=archive.plain.stat().st_size // 7)
    counted, _ = count_in_parts([str(archive.plain), *archive.options], executor)
    assert len(counted.records) > 6
    assert_same(counted.table, archive.table)
    assert fit_all(counted.table) == archive.models


def test_scoring_on_a_dask_cluster(archive: Archive, cluster: str) -> None:
    """Verdicts are the same wherever they are made, and in their order."""
    (folder,) = as_folder(archive)
    where = ["--model-dir", str(archive.file("models"))]
    if not archive.file("models").exists():
        assert main(["fit", folder, *where, "--detector", "surprisal", "--n-estimators", "20"]) == 0
    verdicts = []
    for number, options in enumerate([[], ["--dask", cluster]]):
        out = archive.file(f"verdicts-{number}.jsonl")
        assert main(["score", folder, *where, "--out", str(out), *options]) == 0
        verdicts.append(out.read_bytes())
    assert verdicts[0] == verdicts[1]
    assert verdicts[0].count(b"\n") == len(archive.records)


class Features(NamedTuple):
    """The features of an archive as records of their own, and the table of them."""

    plain: Path
    rows: list[dict[str, Any]]
    table: CountTable
    models: Models


@pytest.fixture(scope="module")
def features(archive: Archive) -> Features:
    """What a client would send in place of the archive's raw logs."""
    rows = []
    for record in archive.records:
        made = extract(record["message"], Level(record["level"]), record["service"])
        values = [getattr(made, name) for name in FEATURE_NAMES]
        row = dict(zip(FEATURE_NAMES, values, strict=True)) | {"level": made.level.value}
        row["timestamp"] = record["timestamp"]
        rows.append(row | ({"fault": record["fault"]} if "fault" in record else {}))
    plain = archive.file("features.jsonl")
    plain.write_text("".join(json.dumps(row) + "\n" for row in rows))
    table = archive.table.without_traits()
    return Features(plain, rows, table, fit_all(table))


def test_feature_records_of_any_kind(archive: Archive, features: Features, cluster: str) -> None:
    """JSON lines, CSV, and Parquet: through DuckDB, by a worker, or cut into several files."""
    table, parquet = archive.file("features.csv"), archive.file("features.parquet")
    write_csv(table, features.rows)
    to_parquet(features.plain, parquet)
    halves = [archive.file(f"half-{number}.parquet") for number in range(2)]
    for number, half in enumerate(halves):
        to_parquet(features.plain, half, f"message_length % 2 = {number}")
    several = [str(half) for half in halves]
    for arguments in (
        [str(features.plain)],
        [str(table)],
        [str(parquet)],
        several,
        [*several, "--dask", cluster],
    ):
        counted = count(*arguments, *archive.options)
        assert_same(counted, features.table)
        assert fit_all(counted) == features.models


@pytest.mark.parametrize("end", ["parquet", "csv"])
def test_the_printed_query_on_features(archive: Archive, features: Features, end: str) -> None:
    """The query on features, by an engine outside, gives the table as well."""
    printed = io.StringIO()
    arguments = ["--dialect", "duckdb", "--kind", "features", "--from", str(features.plain), *TIMED]
    with contextlib.redirect_stdout(printed):
        assert main(["sql", *arguments, *archive.options]) == 0
    result = archive.file(f"feature-counts.{end}")
    with duckdb.connect() as connection:
        connection.execute(f"COPY ({printed.getvalue()}) TO '{result}'")
    table = count("--counts", str(result))
    assert_same(table, features.table)
    assert fit_all(table) == features.models


def _fits_a_line(record: dict[str, Any]) -> bool:
    message: str = record["message"]
    return message.isprintable() and message == message.strip() != ""


def test_lines_of_plain_text(archive: Archive) -> None:
    """Logs written as log4j writes them are the logs that they were before, line by line."""
    records = [record for record in archive.records if _fits_a_line(record)]
    assert len(records) > len(archive.records) / 2
    path = archive.file("app.log")
    write_log4j(path, records)
    alike = [record | {"timestamp": "2026-11-22T11:00:07.543Z"} for record in records]
    expected, first_lines = count_record_by_record(alike)
    executor = Executor(processes=1, partition_bytes=TINY_BYTES)
    counted, locate = count_in_parts([str(path)], executor)
    assert_same(counted.table, msgspec.structs.replace(expected, positives=None))
    places = counted.table.places
    assert places is not None
    for key, place in zip(counted.table.keys.tolist(), places.tolist(), strict=True):
        assert locate(Place.unpack(place)) == f"{path}:{first_lines[key]}"


def test_records_of_several_lines_in_plain_text(archive: Archive) -> None:
    """A record stays whole, and belongs to one part, wherever its file is cut."""
    path = archive.file("traces.log")
    write_log4j(path, archive.records)
    whole, _ = count_in_parts([str(path)], Executor(processes=1))
    part_bytes = 1 + path.stat().st_size // 500
    several, _ = count_in_parts([str(path)], Executor(processes=1, partition_bytes=part_bytes))
    assert len(several.records) > 400
    assert_same(several.table, whole.table)
    assert (several.n_records, several.n_bad) == (whole.n_records, whole.n_bad)
    assert whole.n_bad <= 1  # a line of Redis that nothing shows to continue a record
