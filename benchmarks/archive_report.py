"""The part of `RESULTS.md` on jobs over archives."""

from benchmarks.bar import MB
from benchmarks.job_runs import Job
from benchmarks.results import ArchiveSection
from benchmarks.tables import about_line, table


def archives(section: ArchiveSection | None) -> str:
    """What was worked on, and each job's time, rate and memory."""
    if section is None:
        return ""
    titles = ("job", "whose", "rows", "s", "rounds", "rows/s", "largest process MB", "all MB")
    return "\n".join(
        (
            f"## Jobs over archives\n\n{about_line(section.about)}",
            table(("archive", ""), section.files.items()),
            table(titles, [_row(job) for job in section.jobs]),
        )
    )


def _row(job: Job) -> tuple[str, ...]:
    if job.median_s is None or job.rate is None or job.peak_bytes is None:
        return (job.what, job.target, f"{job.rows:,}", f"void: {job.void}", *[""] * 4)
    seconds = [run.seconds for run in job.runs]
    largest = max(run.largest_bytes for run in job.runs)
    return (
        job.what,
        job.target,
        f"{job.rows:,}",
        f"{job.median_s:.2f}",
        f"{min(seconds):.2f} - {max(seconds):.2f}",
        f"{job.rate:,.0f}",
        f"{largest / MB:,.0f}",
        f"{job.peak_bytes / MB:,.0f}",
    )
