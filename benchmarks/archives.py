"""Jobs over archives, each as a whole process, beside what is run without this project."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from benchmarks.archive_files import (
    POOL_SIZE,
    LinesFile,
    make_features_files,
    make_lines_file,
    make_pool,
    make_text_file,
)
from benchmarks.bar import MB
from benchmarks.competitors import OURS
from benchmarks.conventional_jobs import CONTAMINATION
from benchmarks.job_runs import Job
from benchmarks.jobs import JobError, run_job
from benchmarks.lab import Lab
from benchmarks.progress import say
from benchmarks.results import ArchiveSection
from benchmarks.table_files import DAYS, make_count_tables
from benchmarks.workloads import REAL, real_lines

FIT_FEATURES: Final = "fit, Parquet of features"
FIT_TABLES: Final = f"fit, {DAYS} daily count tables"
SCORE_FEATURES: Final = "score, Parquet of features"
COUNT_LINES: Final = "count, raw JSON lines"
COUNT_TEXT: Final = "count, log4j lines"
FIT_LINES: Final = "fit, raw JSON lines"
SCORE_LINES: Final = "score, raw JSON lines"
TABLE_PEER: Final = "DuckDB + numpy + scikit-learn"
LINES_PEER: Final = "a loop of Python + scikit-learn"

MAX_ROUNDS: Final = 3

_PEER: Final = ("benchmarks.conventional_jobs",)


class Plan(msgspec.Struct, frozen=True):
    """How large archives are.

    Attributes:
        rows: of the files of features, the smaller first.
        table_rows: of all count tables together.
        raw_bytes: of the file of raw lines.
        peer_rows: of the smaller file of features, for the peer.
        peer_lines: of the file of raw lines, for the peer.
    """

    rows: tuple[int, int]
    table_rows: int
    raw_bytes: int
    peer_rows: int
    peer_lines: int


WHOLE: Final = Plan((10_000_000, 100_000_000), 1_000_000_000, 1_100_000_000, 1_000_000, 100_000)
QUICK: Final = Plan((1_000_000, 10_000_000), 100_000_000, 200_000_000, 200_000, 20_000)


class Work(msgspec.Struct, frozen=True):
    """A job to run.

    Attributes:
        target: whose job.
        what: what it does.
        rows: on how many rows or lines.
        module: to run as a program, and its arguments.
        out: a file that it makes and nobody wants; None if there is none.
    """

    target: str
    what: str
    rows: int
    module: Sequence[str]
    out: Path | None = None


def measure_archives(lab: Lab) -> ArchiveSection:
    """Fit, count and score; everybody in turn, round after round."""
    rounds = min(lab.options.rounds, MAX_ROUNDS)
    plan = QUICK if lab.options.quick else WHOLE
    folder = lab.subfolder("archives")
    say("making archives")
    pool = make_pool(lab.records.by_kind[REAL], POOL_SIZE)
    tables = make_features_files(folder, pool, plan.rows)
    days = make_count_tables(folder, pool, plan.table_rows)
    lines = make_lines_file(folder / "raw.jsonl", real_lines(), plan.raw_bytes)
    text = make_text_file(folder / "log4j.log", real_lines(), plan.raw_bytes // 2)
    contents = _describe(len(pool), tables, lines, text)
    works = [
        *_features_work(folder, tables, plan),
        _tables_work(folder, days, plan),
        *_lines_work(folder, lines, plan),
        _count(text, COUNT_TEXT),
    ]
    jobs = [Job(work.target, work.what, work.rows, []) for work in works]
    for _ in range(rounds):
        jobs = [_run(*both, folder / "job.log") for both in zip(works, jobs, strict=True)]
    for path in (*tables.values(), *days, lines.path, text.path):
        path.unlink()
    about = msgspec.structs.replace(lab.options.about(), rounds=rounds)
    return ArchiveSection(about, contents, jobs)


def _describe(n_distinct: int, tables: Mapping[int, Path], *archives: LinesFile) -> dict[str, str]:
    contents = {}
    for rows, path in tables.items():
        size = path.stat().st_size / MB
        contents[f"features, {rows:,} rows"] = (
            f"{n_distinct:,} distinct tuples, {size:,.0f} MB Parquet"
        )
    for lines, what in zip(archives, ("raw JSON", "log4j"), strict=True):
        contents[f"{what} lines, {lines.n_lines:,}"] = (
            f"{lines.size_bytes / MB:,.0f} MB, {lines.size_bytes / lines.n_lines:.0f} bytes each, "
            f"{lines.distinct_share:.1%} of the messages distinct"
        )
    return contents


def _features_work(folder: Path, tables: Mapping[int, Path], plan: Plan) -> Iterator[Work]:
    (few, small), (many, large) = tables.items()
    store = folder / "features-models"
    for rows, path in ((few, small), (many, large)):
        yield Work(OURS, FIT_FEATURES, rows, _fit(path, store))
    yield _score(small, store, folder / "verdicts.parquet", SCORE_FEATURES, few)
    model = folder / "features.joblib"
    peer = [*_PEER, "features", str(small), str(plan.peer_rows), str(model)]
    yield Work(TABLE_PEER, FIT_FEATURES, plan.peer_rows, peer, model)


def _tables_work(folder: Path, days: Sequence[Path], plan: Plan) -> Work:
    """With the detector that decides by default: the tables hold messages."""
    options = [option for day in days for option in ("--counts", str(day))]
    store = str(folder / "tables-models")
    module = ["trainer", "fit", *options, "--model-dir", store]
    return Work(OURS, FIT_TABLES, plan.table_rows, module)


def _lines_work(folder: Path, lines: LinesFile, plan: Plan) -> Iterator[Work]:
    store, n_lines = folder / "lines-models", lines.n_lines
    yield _count(lines, COUNT_LINES)
    yield Work(OURS, FIT_LINES, n_lines, _fit(lines.path, store))
    yield _score(lines.path, store, folder / "verdicts.jsonl", SCORE_LINES, n_lines)
    model = folder / "lines.joblib"
    peer = [*_PEER, "lines", str(lines.path), str(plan.peer_lines), str(model)]
    yield Work(LINES_PEER, FIT_LINES, plan.peer_lines, peer, model)


def _count(lines: LinesFile, what: str) -> Work:
    arguments = ["benchmarks.counting", str(lines.path), str(lines.n_lines)]
    return Work(OURS, what, lines.n_lines, arguments)


def _fit(path: Path, store: Path) -> list[str]:
    arguments = ["--detector", "isolation_forest", "--contamination", str(CONTAMINATION)]
    arguments += ["--model-dir", str(store)]
    return ["trainer", "fit", str(path), *arguments]


def _score(path: Path, store: Path, out: Path, what: str, rows: int) -> Work:
    """By the model that a job before it has published."""
    arguments = ["trainer", "score", str(path), "--out", str(out), "--model-dir", str(store)]
    return Work(OURS, what, rows, arguments, out)


def _run(work: Work, job: Job, log: Path) -> Job:
    """One round more; a job that failed once does not run again."""
    if job.void:
        return job
    try:
        run = run_job([sys.executable, "-m", *work.module], log)
    except JobError as error:
        say(f"{job.target}, {job.what}: {error}")
        return msgspec.structs.replace(job, void=str(error))
    finally:
        if work.out:
            work.out.unlink(missing_ok=True)
    say(
        f"{job.target}, {job.what}, {job.rows:,}: {run.seconds:.2f} s, "
        f"{job.rows / run.seconds:,.0f}/s, {run.all_bytes / MB:,.0f} MB"
    )
    return msgspec.structs.replace(job, runs=[*job.runs, run])
