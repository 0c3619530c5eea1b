"""Judges data with a published model and reports on it; publishes nothing."""

import time
from pathlib import Path

import msgspec

from schemas.bundle.corrections import in_force, utc_now
from trainer.errors import TooFewRowsError
from trainer.jobs.data import Data
from trainer.jobs.listener import SILENCE, Listener
from trainer.report.content import Report
from trainer.store.candidate import current_version, load_candidate
from trainer.store.files import write_atomically
from trainer.store.opening import Models, registry_over


class Evaluation(msgspec.Struct, frozen=True):
    """How a model does on data.

    Attributes:
        report: what the page shows.
        report_path: where the page was written.
        duration_s: of the whole job.
    """

    report: Report
    report_path: Path
    duration_s: float


def evaluate(
    data: Data,
    *,
    model_dir: Models = "models",
    version: int | None = None,
    report_path: Path | None = None,
    compare: bool = False,
    newest: float | None = None,
    with_examples: bool = True,
    listener: Listener = SILENCE,
) -> Evaluation:
    """Judge data with a published model, and write the report that training writes.

    Args:
        data: the records.
        model_dir: the model store, or a registry over it.
        version: the model; None for the current version.
        report_path: where the page goes; None for `evaluation-N.html` in the working directory.
        compare: report on the active model as well.
        newest: a share of the records, in (0, 1): say how the model does on the newest alone,
            and on those before them; None for all together.
        with_examples: show log lines in the report.
        listener: receives the job's progress.

    Raises:
        TrainingError: nothing was written; says why.
    """
    from trainer.fitting.holdout import hold_out  # noqa: PLC0415 - a second of imports
    from trainer.jobs.reporting import report_on  # noqa: PLC0415 - as above
    from trainer.judging.judged import judge  # noqa: PLC0415 - as above
    from trainer.judging.parts import newest_parts, whether_learned  # noqa: PLC0415 - as above
    from trainer.report.page import render  # noqa: PLC0415 - as above

    started = time.perf_counter()
    registry = registry_over(model_dir)
    number = version or current_version(registry)
    candidates = [load_candidate(registry, number)]
    if compare and current_version(registry) != number:
        candidates.append(load_candidate(registry, current_version(registry), "active"))
    holdings = data.count(listener)
    table = holdings.table
    if not table.n_distinct:
        raise TooFewRowsError("the data has no usable record")
    judged = [judge(table, candidate) for candidate in candidates]
    report = report_on(
        holdings,
        judged,
        with_examples=with_examples,
        corrections=in_force(judged[0].candidate.model.manifest.corrections, utc_now()),
        title=f"Model {number} on other data",
    )
    parts = [] if newest is None else newest_parts(hold_out(table, newest), candidates[0])
    basis = whether_learned(table, candidates[0].model.manifest)
    report = msgspec.structs.replace(report, basis=basis, parts=parts)
    path = report_path or Path(f"evaluation-{number}.html")
    write_atomically(path, render(report))
    return Evaluation(report, path, time.perf_counter() - started)
