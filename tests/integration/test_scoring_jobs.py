"""Verdicts on archives: what the served model says of each record, in the order of the input."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pytest

from inference.model.explanations import why
from inference.model.model import Model
from inference.store.versions import ModelStore
from schemas.record.features import FEATURE_NAMES, Level, LogFeatures
from tests.integration.archives import to_parquet, write_csv, write_log4j
from tests.integration.conftest import ROOT
from tests.integration.jobs import RunJob, runner
from trainer.cli import main
from trainer.cli.data_options import dataset
from trainer.cli.main import make_parser
from trainer.counting.run import Executor, Locator
from trainer.reading.cutting import cut
from trainer.scoring.records import Target, score_records

LOGS = ROOT / "samples" / "logs.jsonl.gz"
FEATURES = ROOT / "samples" / "features.jsonl.gz"
VERSIONS = (1, 2)
"""Of the plain forest, and of surprisal."""

VERDICT = ("is_anomaly", "anomaly_score", "decision", "percentile")
N_MANY = 400_000

Verdicts = list[dict[str, Any]]


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> RunJob:
    """Runs jobs."""
    return runner(capfd)


@pytest.fixture(scope="module")
def model_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a version of each detector."""
    folder = tmp_path_factory.mktemp("models")
    for detector in ("isolation_forest", "surprisal"):
        options = ["--detector", detector, "--n-estimators", "20", "--model-dir", str(folder)]
        assert main(["fit", str(LOGS), *options]) == 0
    return folder


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample logs as JSON lines."""
    path = tmp_path_factory.mktemp("logs") / "logs.jsonl"
    with duckdb.connect() as connection:
        connection.execute(f"COPY (FROM read_json('{LOGS}')) TO '{path}' (FORMAT json)")
    return path


@pytest.fixture(scope="module")
def records(plain: Path) -> list[dict[str, Any]]:
    """The sample logs."""
    return [json.loads(line) for line in plain.read_bytes().splitlines()]


def load_model(model_dir: Path, version: int) -> Model:
    """A version as it serves."""
    return Model(ModelStore(model_dir).bundle(version), memo_capacity=1)


def answer(model: Model, features: LogFeatures) -> dict[str, Any]:
    """What the service would answer for one record, but for the log id; why, of anomalies."""
    verdict = model.verdict(features)
    found: dict[str, Any] = json.loads(b'{"":0' + verdict.json + b"}")
    del found[""]
    return found | ({"why": why(model, features, verdict)} if verdict.is_anomaly else {})


def answers(model: Model, records: Sequence[dict[str, Any]]) -> Verdicts:
    """The same for raw logs, one by one."""
    known: dict[LogFeatures, dict[str, Any]] = {}
    found = []
    for record in records:
        level, service = Level(record["level"]), record["service"]
        features = model.extract(record["message"], level, service)
        if features not in known:
            known[features] = answer(model, features)
        found.append(known[features])
    return found


def none_of(end: str, verdict: dict[str, Any]) -> dict[str, None]:
    """The members that a table holds without a value."""
    return {"why": None} if end == "parquet" and "why" not in verdict else {}


def read_verdicts(path: Path) -> Verdicts:
    """A file of verdicts."""
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in path.read_bytes().splitlines()]
    with duckdb.connect() as connection:
        result = connection.execute(f"FROM read_parquet('{path}')")
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("end", ["jsonl", "parquet"])
def test_raw_logs(
    model_dir: Path,
    plain: Path,
    records: list[dict[str, Any]],
    tmp_path: Path,
    run: RunJob,
    version: int,
    end: str,
) -> None:
    """A verdict for each record, the served model's own, with file and line, in both formats."""
    out = tmp_path / f"verdicts.{end}"
    job = ("score", plain, "--model-dir", model_dir, "--version", version, "--out", out)
    done = run(*job)
    assert done.code == 0
    assert f"{len(records):,} verdicts by version {version}" in done.out
    expected = answers(load_model(model_dir, version), records)
    assert read_verdicts(out) == [
        {"source": str(plain), "line": line, **verdict, **none_of(end, verdict)}
        for line, verdict in enumerate(expected, start=1)
    ]
    assert any(verdict.get("why") for verdict in expected)
    assert [path.name for path in tmp_path.iterdir()] == [out.name]


def test_logs_in_csv(
    model_dir: Path, records: list[dict[str, Any]], tmp_path: Path, run: RunJob
) -> None:
    """Records of CSV are numbered as records, since they may have several lines."""
    table, out = tmp_path / "logs.csv", tmp_path / "verdicts.jsonl"
    write_csv(table, records)
    assert run("score", table, "--model-dir", model_dir, "--out", out).code == 0
    expected = answers(load_model(model_dir, 2), records)
    assert read_verdicts(out) == [
        {"source": str(table), "line": line, **verdict}
        for line, verdict in enumerate(expected, start=1)
    ]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("end", ["jsonl", "parquet"])
def test_features_in_parquet(
    model_dir: Path, tmp_path: Path, run: RunJob, version: int, end: str
) -> None:
    """Rows of several files keep their order and their columns, and get a verdict each."""
    files = [tmp_path / name for name in ("z.parquet", "a.parquet")]
    for number, file in enumerate(files):
        to_parquet(FEATURES, file, f"message_length % 2 = {number}")
    out = tmp_path / f"verdicts.{end}"
    job = ("score", *files, "--model-dir", model_dir, "--version", version, "--out", out)
    assert run(*job).code == 0
    model = load_model(model_dir, version)
    rows = [row for file in files for row in read_verdicts(file)]
    expected = []
    for row in rows:
        verdict = answer(model, msgspec.convert(row, LogFeatures))
        named = {name: verdict[name] for name in VERDICT}
        judgement = {"model_version": str(version), "why": verdict.get("why")}
        expected.append(row | named | judgement)
    assert any(row["why"] for row in expected)
    assert read_verdicts(out) == expected


def test_many_rows_in_parquet_keep_their_order(
    model_dir: Path, tmp_path: Path, run: RunJob
) -> None:
    """However DuckDB shares the work out."""
    many, out = tmp_path / "many.parquet", tmp_path / "verdicts.parquet"
    with duckdb.connect() as connection:
        columns = ", ".join(FEATURE_NAMES[2:])
        connection.execute(
            f"COPY (SELECT (i * 7919) % 20000 AS message_length, 'INFO' AS level, {columns}, i "
            f"FROM range({N_MANY}) AS r(i), "
            f"(FROM read_json('{FEATURES}') LIMIT 1)) TO '{many}' (ROW_GROUP_SIZE 10000)"
        )
    assert run("score", many, "--model-dir", model_dir, "--out", out).code == 0
    with duckdb.connect() as connection:
        found = connection.execute(f"SELECT i FROM read_parquet('{out}')").fetchnumpy()["i"]
    assert found.tolist() == list(range(N_MANY))


def test_lines_are_right_across_parts(
    model_dir: Path, records: list[dict[str, Any]], tmp_path: Path
) -> None:
    """Also where records have several lines, some lines are no records, and others are blank."""
    log, lines = tmp_path / "app.log", tmp_path / "logs.jsonl"
    write_log4j(log, records)
    texts = [json.dumps(record) for record in records]
    for number in range(0, len(texts), 50):
        texts[number] = ("", "no JSON", '{"level": "INFO"}')[number % 3]
    lines.write_text("\n".join(texts))
    for path in (log, lines):
        wholes, parts = (
            score_in_parts(model_dir, path, tmp_path, partition_bytes)
            for partition_bytes in (10_000_000, 4_001)
        )
        assert parts == wholes
    verdicts, n_bad, bad = wholes
    expected = [line for line, text in enumerate(texts, start=1) if len(text) > 20]
    assert [verdict["line"] for verdict in verdicts] == expected
    assert n_bad == sum(1 for text in texts if 0 < len(text) < 20)
    assert bad[0] == f"{lines}:51"


def score_in_parts(
    model_dir: Path, path: Path, tmp_path: Path, partition_bytes: int
) -> tuple[Verdicts, int, list[str]]:
    """Verdicts, how many records cannot be used, and where some of these stand."""
    data = dataset(make_parser().parse_args(["score", str(path), "--out", "-"]))
    executor = Executor(processes=1, partition_bytes=partition_bytes)
    folder = tmp_path / f"{path.name}-{partition_bytes}"
    folder.mkdir()
    target = Target(str(model_dir), 2, str(folder))
    parts = cut(data.files, partition_bytes)
    scored = score_records(parts, executor, target, lambda _bytes, _records: None)
    out = tmp_path / "verdicts.jsonl"
    target.join(parts, out, "json")
    locate = Locator(parts, scored.records)
    verdicts = read_verdicts(out)
    assert scored.n_verdicts == len(verdicts)
    assert scored.n_anomalies == sum(verdict["is_anomaly"] for verdict in verdicts)
    return verdicts, scored.n_bad, [locate(place) for place, _ in scored.bad]
