"""What jobs over archives must reach, and whether they do."""

from collections.abc import Iterator
from typing import Final

from benchmarks.archives import COUNT_LINES, COUNT_TEXT, FIT_FEATURES, FIT_TABLES
from benchmarks.bar import MB, NOT_MEASURED, Bar, at_least, at_most
from benchmarks.competitors import OURS
from benchmarks.job_runs import Job
from benchmarks.results import ArchiveSection

FEW: Final = 10_000_000
MANY: Final = 100_000_000
WINDOW: Final = 1_000_000_000


def archive_bars(section: ArchiveSection | None) -> Iterator[Bar]:
    """The bars of the experiment `archives`; a quick run's archives are too small for some."""
    few, many = (_find(section, FIT_FEATURES, rows) for rows in (FEW, MANY))
    for rows, job, most in ((FEW, few, 6.0), (MANY, many, 45.0)):
        what = f"fit on {rows:,} rows of Parquet features, the whole process"
        yield at_most(what, job.median_s if job else None, most, "{:.2f} s", _missing(job))
    small, large = (job.peak_bytes if job else None for job in (few, many))
    what = f"fit on {FEW:,} rows of Parquet features: peak memory of all its processes"
    yield at_most(what, small / MB if small else None, 500, "{:.0f} MB", _missing(few))
    what = f"fit on {MANY:,} rows: peak memory / that of {FEW:,} rows"
    ratio = large / small if small and large else None
    yield at_most(what, ratio, 1.2, "{:.2f}x", _missing(many))
    window = _find(section, FIT_TABLES, WINDOW)
    what = f"fit on daily count tables of {WINDOW:,} rows together, the whole process"
    yield at_most(what, window.median_s if window else None, 15.0, "{:.2f} s", _missing(window))
    peak = window.peak_bytes if window else None
    yield at_most(
        f"{what}: peak memory", peak / MB if peak else None, 600, "{:.0f} MB", _missing(window)
    )
    for named, lines, least in (
        (COUNT_LINES, "raw JSON log lines (550 bytes each)", 300_000),
        (COUNT_TEXT, "log4j lines", 200_000),
    ):
        count = _find(section, named, None)
        what = f"{lines} to a count table, 2 processes: lines a second"
        yield at_least(what, count.rate if count else None, least, "{:,.0f}", _missing(count))


def _find(section: ArchiveSection | None, what: str, rows: int | None) -> Job | None:
    """Our job of a kind; `rows` None takes any size."""
    for job in section.jobs if section else ():
        if (job.target, job.what) == (OURS, what) and rows in {None, job.rows}:
            return job
    return None


def _missing(job: Job | None) -> str:
    return f"void: {job.void}" if job and job.void else NOT_MEASURED
