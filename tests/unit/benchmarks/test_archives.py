"""Archives to work on, jobs as whole processes, and the bars and tables made of them."""

import sys
from pathlib import Path

import duckdb
import msgspec
import pytest

from benchmarks.archive_bars import archive_bars
from benchmarks.archive_files import make_features_files, make_lines_file, make_pool
from benchmarks.archive_report import archives
from benchmarks.archives import COUNT_LINES, COUNT_TEXT, FIT_FEATURES, FIT_TABLES, TABLE_PEER
from benchmarks.bar import NOT_MEASURED
from benchmarks.competitors import OURS
from benchmarks.conventional_jobs import main as fit_conventionally
from benchmarks.conventional_jobs import read_features, read_lines
from benchmarks.counting import main as count
from benchmarks.job_runs import Job, JobRun
from benchmarks.jobs import JobError, run_job
from benchmarks.results import About, ArchiveSection
from benchmarks.table_files import make_count_tables
from schemas.record.encoding import FeatureEncoder
from schemas.record.extraction import extract_features
from schemas.record.features import Level, LogFeatures
from tests.made_logs import make_logs, make_raw_logs
from trainer.counting.engine_sums import sum_tables
from trainer.reading.sources import find_sources

POOL = 3_000
ABOUT = About("2026-11-24T10:00:00+00:00", "python -m benchmarks", 3, 3, quick=False)


@pytest.fixture(scope="module")
def pool() -> list[LogFeatures]:
    """A small pool."""
    return make_pool(make_logs(200), POOL)


@pytest.fixture(scope="module")
def raw_lines() -> list[bytes]:
    """Real lines, shorter than an archive's."""
    return [
        msgspec.json.encode({"level": log.level, "service": log.service, "message": log.message})
        for log in make_raw_logs(300)
    ]


def test_a_pool_has_the_size_asked_for(pool: list[LogFeatures]) -> None:
    """No tuple stands twice, and the same logs make the same pool."""
    assert len(set(pool)) == len(pool) == POOL
    assert make_pool(make_logs(200), POOL) == pool


def test_count_tables_are_those_of_ours(tmp_path: Path, pool: list[LogFeatures]) -> None:
    """They hold as many rows as asked for, and are added up before a row is read."""
    tables = make_count_tables(tmp_path, pool, 1_000_000, days=3)
    summed = sum_tables(find_sources([str(path) for path in tables]))
    assert summed is not None
    assert summed.n_records == pytest.approx(1_000_000, rel=0.01)
    assert POOL / 2 < summed.table.n_distinct <= POOL
    assert summed.table.has_times


def test_every_features_file_holds_the_whole_pool(tmp_path: Path, pool: list[LogFeatures]) -> None:
    """Whatever its size: the distinct rows are the same, only their counts differ, and much so."""
    files = make_features_files(tmp_path, pool, (10_000, 30_001))
    assert list(files) == [10_000, 30_001]
    for size, file in files.items():
        with duckdb.connect() as connection:
            distinct = connection.execute(
                f"SELECT *, count(*) AS n FROM '{file}' GROUP BY ALL ORDER BY n DESC"
            ).fetchall()
        assert sum(row[-1] for row in distinct) == size
        assert {LogFeatures(row[0], Level(row[1]), *row[2:6]) for row in distinct} == set(pool)
        assert sum(row[-1] for row in distinct[: POOL // 10]) > size / 3
    assert sorted(path.name for path in tmp_path.iterdir()) == ["10000.parquet", "30001.parquet"]


def test_raw_lines_have_the_length_and_variety_that_are_stated(
    tmp_path: Path, raw_lines: list[bytes]
) -> None:
    """550 bytes on average, and the share of distinct messages is counted, not guessed."""
    made = make_lines_file(tmp_path / "raw.jsonl", raw_lines, 1_000_000)
    lines = made.path.read_bytes().splitlines()
    messages = {msgspec.json.decode(line)["message"] for line in lines}
    assert made.n_lines == len(lines)
    assert made.size_bytes == made.path.stat().st_size >= 1_000_000
    assert made.size_bytes / made.n_lines == pytest.approx(550, abs=3)
    assert made.distinct_share == len(messages) / len(lines) > 1 / 3


def test_counting_alone_counts_every_line(tmp_path: Path, raw_lines: list[bytes]) -> None:
    """A count that is not that of the file is a failure, never a figure."""
    made = make_lines_file(tmp_path / "raw.jsonl", raw_lines, 1_000_000)
    count(str(made.path), str(made.n_lines))
    with pytest.raises(SystemExit, match=f"counted {made.n_lines} lines"):
        count(str(made.path), str(made.n_lines + 1))


def test_the_conventional_jobs_see_what_ours_see(
    tmp_path: Path, pool: list[LogFeatures], raw_lines: list[bytes]
) -> None:
    """The peers' matrices hold the rows that the project's encoder makes of the same records."""
    files = make_features_files(tmp_path, pool, (POOL,))
    rows = read_features(files[POOL], POOL)
    expected = FeatureEncoder().matrix(pool)
    assert sorted(map(tuple, rows.tolist())) == sorted(map(tuple, expected.tolist()))

    path = tmp_path / "raw.jsonl"
    path.write_bytes(b"\n".join(raw_lines))
    logs = [extract_features(log.message, log.level, log.service) for log in make_raw_logs(300)]
    assert read_lines(path, 100).tolist() == FeatureEncoder().matrix(logs[:100]).tolist()

    model = tmp_path / "model.joblib"
    fit_conventionally("features", str(files[POOL]), "1000", str(model))
    assert model.stat().st_size > 0


# Works on for a while, so that somebody looks.
_CHILD = "x = b'.' * 60_000_000; sum(range(20_000_000))"
_PARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {_CHILD!r}], check=True)"


def test_a_jobs_memory_is_that_of_its_children_too(tmp_path: Path) -> None:
    """The largest process is the child here; all together are more than that, and not ours."""
    run = run_job([sys.executable, "-c", _PARENT], tmp_path / "log")
    assert 60_000_000 < run.largest_bytes < 100_000_000
    assert run.all_bytes > run.largest_bytes


def test_a_job_that_fails_has_no_figures(tmp_path: Path) -> None:
    """What it printed last is the reason."""
    with pytest.raises(JobError, match=r"exit code 3: .*no such file"):
        run_job(
            [sys.executable, "-c", "import sys; print('no such file'); sys.exit(3)"],
            tmp_path / "log",
        )


def section(*jobs: Job) -> ArchiveSection:
    """The experiment's results."""
    return ArchiveSection(ABOUT, {"raw JSON lines, 5": "2,750 bytes"}, list(jobs))


def job(what: str, rows: int, *runs: tuple[float, int], target: str = OURS) -> Job:
    """A job of which each run is its seconds and megabytes."""
    return Job(target, what, rows, [JobRun(s, mb * 10**6, mb * 10**6) for s, mb in runs])


def test_time_is_the_median_and_memory_the_highest_of_the_rounds() -> None:
    """Ours alone counts, and each size has its own bar."""
    found = archive_bars(
        section(
            job(FIT_FEATURES, 1_000_000, (1.0, 100), target=TABLE_PEER),
            job(FIT_FEATURES, 10_000_000, (5.0, 400), (9.0, 410), (5.5, 405)),
            job(FIT_FEATURES, 100_000_000, (50.0, 492)),
            job(FIT_TABLES, 1_000_000_000, (14.0, 601)),
            job(COUNT_LINES, 2_000_000, (5.0, 300)),
            job(COUNT_TEXT, 900_000, (5.0, 300)),
        )
    )
    assert [(bar.measured, bar.reached) for bar in found] == [
        ("5.50 s", True),
        ("50.00 s", False),
        ("410 MB", True),
        ("1.20x", True),
        ("14.00 s", True),
        ("601 MB", False),
        ("400,000", True),
        ("180,000", False),
    ]


def test_archives_of_other_sizes_reach_nothing() -> None:
    """A quick run's smaller archive is not held to the bar; a failure says why."""
    void = Job(OURS, FIT_FEATURES, 10_000_000, [], "exit code 3: no such file")
    found = archive_bars(section(job(FIT_FEATURES, 1_000_000, (1.0, 100)), void))
    assert [(bar.measured, bar.reached) for bar in found] == [
        ("void: exit code 3: no such file", None),
        (NOT_MEASURED, None),
        ("void: exit code 3: no such file", None),
        *[(NOT_MEASURED, None)] * 5,
    ]


def test_every_job_stands_in_the_report() -> None:
    """With its rate, its spread and its memory, or why it has none; and what it worked on."""
    void = Job(TABLE_PEER, FIT_FEATURES, 5, [], "killed")
    text = archives(section(job(COUNT_LINES, 2_000_000, (5.0, 300), (4.0, 310)), void))
    assert f"| {COUNT_LINES} | {OURS} | 2,000,000 | 4.50 | 4.00 - 5.00 | 444,444 | 310 |" in text
    assert f"| {FIT_FEATURES} | {TABLE_PEER} | 5 | void: killed |" in text
    assert "| raw JSON lines, 5 | 2,750 bytes |" in text
    assert archives(None) == ""
