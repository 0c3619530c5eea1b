"""Data that cannot be used, outputs that cannot be written: a clear line, nothing half-done."""

import gzip
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from backports import zstd

from inference.store.versions import ModelStore
from schemas.bundle.manifest import REPORT_FILE
from tests.integration.archives import to_parquet
from tests.integration.conftest import ROOT
from tests.integration.jobs import RunJob, runner
from trainer.cli import EXIT_CODES
from trainer.errors import InputError, OutputError, StoreError, TooFewRowsError

LOGS = ROOT / "samples" / "logs.jsonl.gz"
FEATURES = ROOT / "samples" / "features.jsonl.gz"
QUICK = ("--n-estimators", "5")
SECRET = "4929-1234"
BAD = (
    (f'{{"message": null, "level": "{SECRET}", "service": "x"}}', "message"),
    (f"card {SECRET} is no JSON", "not JSON"),
    (f'{{"level": "INFO", "colour": "{SECRET}"}}', "message"),
    (f'["{SECRET}"]', "record"),
    (f'{{"message": "{SECRET}", "level": "INFO", "service": "{"s" * 300}"}}', "service"),
)
"""Lines that cannot be used, and the reason given; no text of theirs may be shown."""

EVERY = 150
"""Of so many lines one is replaced by a bad line, which is less than a hundredth."""


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> RunJob:
    """Runs jobs."""
    return runner(capfd)


@pytest.fixture
def lines() -> list[str]:
    """The sample logs."""
    return gzip.decompress(LOGS.read_bytes()).decode().splitlines()


@pytest.fixture
def spoilt(tmp_path: Path, lines: list[str]) -> Path:
    """The sample logs with bad lines among them, the first of them line 100."""
    path = tmp_path / "spoilt.jsonl"
    bad = range(99, len(lines), EVERY)
    for number, line in enumerate(bad):
        lines[line] = BAD[number % len(BAD)][0]
    path.write_text("\n".join(lines) + "\n")
    return path


def test_some_bad_lines_are_reported_and_passed_over(
    tmp_path: Path, spoilt: Path, run: RunJob
) -> None:
    """The job says how many, and where and why for the first; the report has them too."""
    n_bad = len(range(99, 6_666, EVERY))
    done = run("fit", spoilt, "--model-dir", tmp_path / "models", *QUICK)
    assert done.code == 0
    assert f"warning: {n_bad} of 6,666 records cannot be used" in done.err
    report = (ModelStore(tmp_path / "models").path(1) / REPORT_FILE).read_text()
    for number, (_, reason) in enumerate(BAD):
        place = f"{spoilt}:{100 + number * EVERY}"
        assert place in report
        if number < 3:
            assert f"{place}: {reason}" in done.err
    assert SECRET not in done.err + done.out + report
    assert f"{n_bad} unusable" in done.out
    manifest = ModelStore(tmp_path / "models").manifest(1)
    assert manifest.training.n_samples == 6_666 - n_bad


@pytest.mark.parametrize("command", ["fit", "evaluate", "score", "recalibrate"])
def test_too_many_bad_lines_stop_a_job(
    tmp_path: Path, spoilt: Path, run: RunJob, command: str
) -> None:
    """Above the share that is allowed, the first of them are named, and nothing is written."""
    models, out = tmp_path / "models", tmp_path / "out.jsonl"
    assert run("fit", LOGS, "--model-dir", models, *QUICK).code == 0
    more: dict[str, tuple[object, ...]] = {
        "score": ("--out", out),
        "evaluate": ("--report", out),
        "recalibrate": ("--contamination", 0.1),
    }
    options = ("--max-bad-fraction", 0.005, "--model-dir", models, *more.get(command, ()))
    done = run(command, spoilt, *options)
    assert (done.code, done.out) == (EXIT_CODES[InputError], "")
    *_, error = done.err.splitlines()
    assert error.startswith("error: 44 of 6666 records cannot be used")
    assert f"{spoilt}:100: message: " in error
    assert SECRET not in done.err
    assert ModelStore(models).versions() == [1]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["models", spoilt.name]


def cut_gzip(data: bytes) -> bytes:
    """As left by a copy that was broken off."""
    return gzip.compress(data)[:-5_000]


def damaged_gzip(data: bytes) -> bytes:
    """With one bit turned."""
    packed = bytearray(gzip.compress(data))
    packed[len(packed) // 2] ^= 1
    return bytes(packed)


def cut_zstd(data: bytes) -> bytes:
    """As left by a copy that was broken off."""
    return zstd.compress(data)[:-5_000]


def damaged_zstd(data: bytes) -> bytes:
    """With one bit turned; the program zstd writes a checksum by default."""
    packed = bytearray(zstd.compress(data, options={zstd.CompressionParameter.checksum_flag: 1}))
    packed[len(packed) // 2] ^= 1
    return bytes(packed)


@pytest.mark.parametrize("damage", [cut_gzip, damaged_gzip, cut_zstd, damaged_zstd])
def test_damaged_files_are_named(
    tmp_path: Path, run: RunJob, damage: Callable[[bytes], bytes]
) -> None:
    """Whatever could be read of them is not trained on."""
    damaged = tmp_path / "damaged"
    damaged.write_bytes(damage(gzip.decompress(LOGS.read_bytes())))
    done = run("fit", LOGS, damaged, "--model-dir", tmp_path / "models")
    assert (done.code, done.out) == (EXIT_CODES[InputError], "")
    assert done.err.splitlines()[-1].startswith(f"error: {damaged}: ")
    assert not (tmp_path / "models").exists()


@pytest.mark.parametrize("command", ["fit", "score"])
def test_a_parquet_file_that_lacks_a_column(tmp_path: Path, run: RunJob, command: str) -> None:
    """It is named with the column, be it the first file or another; so is a damaged file."""
    whole, part, cut = (tmp_path / f"{name}.parquet" for name in ("whole", "part", "cut"))
    to_parquet(FEATURES, whole)
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT * EXCLUDE (level) FROM '{whole}') TO '{part}'")
    cut.write_bytes(whole.read_bytes()[:-2_000])
    models, out = tmp_path / "models", tmp_path / "out.parquet"
    assert run("fit", whole, "--model-dir", models, *QUICK).code == 0
    options = ("--model-dir", models, *(("--out", out) if command == "score" else ()))
    for files, named, why in (
        ([part], part, "level"),
        ([whole, part], part, "level"),
        ([cut], cut, ""),
        ([whole, cut], cut, ""),
    ):
        done = run(command, *files, *options)
        assert done.code == EXIT_CODES[InputError]
        *_, error = done.err.splitlines()
        assert error.startswith("error: ")
        assert str(named) in error
        assert why in error
    assert ModelStore(models).versions() == [1]
    assert not out.exists()


@pytest.mark.parametrize(
    ("arguments", "code", "reason"),
    [
        ((LOGS, "--message-field", "massage"), 3, "--message-field: no record has"),
        ((LOGS, "--label-field", "label"), 3, "`fault`"),
        ((LOGS, "--layout", "syslog"), 3, "the layout syslog"),
        ((LOGS, "--processes", "0"), 2, "--processes 0"),
        ((LOGS, "--max-bad-fraction", "2"), 2, "--max-bad-fraction 2"),
        ((LOGS, "--default-level", "LOUD"), 2, "--default-level LOUD"),
        ((LOGS, "--detector", "surprisal", "--contamination", "auto"), 2, "--contamination"),
        (("nowhere.jsonl",), 3, "nowhere.jsonl"),
        (("nowhere/*.jsonl",), 3, "nowhere/*.jsonl"),
        ((LOGS, "--counts", LOGS), 2, "either DATA or --counts"),
        ((), 2, "give DATA"),
        ((LOGS, "--pattern", "(?P<mess>.*)"), 2, "--pattern"),
        (("--counts", FEATURES), 3, f"{FEATURES}"),
        (("-", "--dask", "tcp://127.0.0.1:1"), 3, "standard input"),
        ((LOGS, "--dask", "scheduler"), 3, "tcp://host:8786"),
    ],
)
def test_what_is_asked_wrongly_is_named(
    tmp_path: Path,
    run: RunJob,
    arguments: tuple[object, ...],
    code: int,
    reason: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An option, a field, a file: in one line or a line each, before anything is done."""
    with LOGS.open("rb") as logs:
        monkeypatch.setattr("sys.stdin", logs)
        monkeypatch.setattr("sys.stdin.buffer", logs, raising=False)
        done = run("fit", *arguments, "--model-dir", tmp_path / "models")
    assert (done.code, done.out) == (code, "")
    assert reason in done.err
    assert not (tmp_path / "models").exists()


@pytest.mark.parametrize("content", [b"", b"\n\n", b'{"message": "m", "level": "INFO"}\n' * 5])
def test_too_little_data(tmp_path: Path, run: RunJob, content: bytes) -> None:
    """Nothing, or the same record over and over, is no training set."""
    path = tmp_path / "few.jsonl"
    path.write_bytes(content)
    done = run("fit", path, "--model-dir", tmp_path / "models")
    assert done.code in (EXIT_CODES[InputError], EXIT_CODES[TooFewRowsError])
    assert done.err.splitlines()[-1].startswith("error: ")
    assert not (tmp_path / "models").exists()


@pytest.mark.parametrize("end", ["csv", "parquet"])
def test_rows_of_count_tables_are_named(tmp_path: Path, run: RunJob, end: str) -> None:
    """Which table, which row, which column; the bad share is a share of records, not rows."""
    tables = [tmp_path / f"{name}.{end}" for name in ("good", "bad")]
    with duckdb.connect() as connection:
        distinct = f"SELECT DISTINCT * FROM read_json('{FEATURES}')"
        connection.execute(f"CREATE TABLE good AS SELECT *, 10 AS n FROM ({distinct})")
        connection.execute("CREATE TABLE bad AS FROM good LIMIT 2")
        connection.execute("INSERT INTO bad SELECT * REPLACE ('LOUD' AS level) FROM bad LIMIT 1")
        for name, table in zip(("good", "bad"), tables, strict=True):
            connection.execute(f"COPY {name} TO '{table}'")
    counts = ("--counts", tables[0], "--counts", tables[1], "--model-dir", tmp_path / "models")
    done = run("fit", *counts, *QUICK)
    assert done.code == 0
    assert f"{tables[1]}, row 3: level: " in done.err
    assert "10 unusable" in done.out
    done = run("fit", *counts, "--max-bad-fraction", 0)
    assert done.code == EXIT_CODES[InputError]
    assert f"{tables[1]}, row 3: level: " in done.err


def test_places_that_cannot_be_written(tmp_path: Path, run: RunJob) -> None:
    """The code says whether it was the output or the store; what was there stays as it was."""
    models, file = tmp_path / "models", tmp_path / "file"
    file.write_text("precious")
    store = ("--model-dir", models)
    assert run("fit", LOGS, *store, *QUICK).code == 0
    for out in (file / "out.jsonl", file / "out.parquet"):
        done = run("score", LOGS, *store, "--out", out)
        assert done.code == EXIT_CODES[OutputError]
        assert str(out) in done.err
    folder = tmp_path / "folder.jsonl"
    folder.mkdir()
    assert run("score", LOGS, *store, "--out", folder).code == EXIT_CODES[OutputError]
    for report in (file / "report.html", folder):
        done = run("evaluate", LOGS, *store, "--report", report)
        assert done.code == EXIT_CODES[OutputError]
    assert run("score", LOGS, *store, "--out", tmp_path / "out.txt").code == 2
    assert run("fit", LOGS, "--model-dir", file, *QUICK).code == EXIT_CODES[StoreError]
    no_model = ("--model-dir", tmp_path / "none", "--out", tmp_path / "out.jsonl")
    assert run("score", LOGS, *no_model).code == EXIT_CODES[StoreError]
    assert run("evaluate", LOGS, *store, "--version", 9).code == EXIT_CODES[StoreError]
    assert file.read_text() == "precious"
    assert sorted(path.name for path in tmp_path.rglob("*") if models not in path.parents) == [
        "file",
        "folder.jsonl",
        "models",
    ]
