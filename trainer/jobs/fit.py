"""Trains on data, publishes the model and reports on it."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from schemas.bundle.budget import AlertBudget
from schemas.bundle.detectors import DETECTORS
from schemas.bundle.manifest import PATTERNS_FILE, REPORT_FILE
from schemas.bundle.options import MAX_NODES, TrainOptions
from trainer.counting.table import CountTable
from trainer.fitting.size import check_size
from trainer.jobs.activate import Decision, decide
from trainer.jobs.data import Data
from trainer.jobs.listener import SILENCE, Listener
from trainer.report.content import Report
from trainer.store.candidate import current_version, load_candidate
from trainer.store.carrying import corrections_to_carry
from trainer.store.opening import Models, registry_over

if TYPE_CHECKING:
    from trainer.fitting.holdout import Split

PARTLY: Final = "It learned from {:,} of these {:,} lines."
BASIS: Final = "These are the lines that it learned from; `evaluate` judges others."


class Fit(msgspec.Struct, frozen=True):
    """A published model.

    Attributes:
        version: its number.
        report: what the page beside it shows.
        report_path: where that page is.
        duration_s: of the whole job.
        decision: the gate's; None without a gate.
    """

    version: int
    report: Report
    report_path: Path
    duration_s: float
    decision: Decision | None = None


def fit(  # noqa: PLR0913 - a use case has plain arguments, most of them by name
    data: Data,
    *,
    model_dir: Models = "models",
    options: TrainOptions = TrainOptions(),
    budget: AlertBudget | None = None,
    compare: bool = False,
    with_examples: bool = True,
    max_nodes: int = MAX_NODES,
    activate: bool = True,
    gate: bool = False,
    holdout: float | Data | None = None,
    listener: Listener = SILENCE,
) -> Fit:
    """Train on data, prove the model equal to what training computed, and publish it.

    Args:
        data: the records.
        model_dir: the model store, or a registry over it.
        options: how to fit.
        budget: what the contamination follows from, in the place of that of the options.
        compare: report on the active model as well.
        with_examples: show log lines in the report, and keep the patterns' masked texts.
        max_nodes: bound for the nodes of the forest, see `trainer.fitting.size`.
        activate: make the model current; else it waits in the store.
        gate: make it current only if it is not worse than the active model on the same records,
            those that were held out if any were.
        holdout: what the model does not learn from: a share of the records in (0, 1), the newest
            (`trainer.fitting.holdout`), or data of its own. None for nothing.
        listener: receives the job's progress.

    Raises:
        TrainingError: nothing was published; says why.
    """
    started = time.perf_counter()
    registry = registry_over(model_dir)
    registry.check_writable()
    holdings = data.count(listener)

    from trainer.fitting import pipeline  # noqa: PLC0415 - a second of imports, after the data's faults
    from trainer.jobs.reporting import report_on  # noqa: PLC0415 - as above
    from trainer.judging.held_out import describe_held_out  # noqa: PLC0415 - as above
    from trainer.judging.judged import (  # noqa: PLC0415 - as above
        Judged,
        explained,
        flags_of_rows,
        judge,
        judged_already,
    )
    from trainer.judging.parts import learned_part  # noqa: PLC0415 - as above
    from trainer.judging.wording import budget_in_words  # noqa: PLC0415 - as above
    from trainer.patterns.lists import to_kept  # noqa: PLC0415 - as above
    from trainer.report.page import render  # noqa: PLC0415 - as above

    table = holdings.table
    check_size(options, table.n_samples, max_nodes)
    if table.n_distinct:
        listener.say(f"{table.n_samples:,} rows, {table.n_distinct:,} distinct; fitting")
    split = None if holdout is None else _split(table, holdout, listener)
    learned = table if split is None else split.learned

    def judged_by(fitted: pipeline.Fitted) -> Judged:
        return judged_already(table, fitted) if learned is table else judge(table, fitted.candidate)

    settled, rate = pipeline.settle(learned, options, budget)
    if rate is not None and table.n_distinct:
        listener.say(f"asked for: {budget_in_words(rate)}")
    others = _others(settled)
    with ThreadPoolExecutor(1) as thread:
        # Not published: the report shows what the other detectors would have done.
        compared = thread.submit(
            lambda: [judged_by(pipeline.fit(learned, other)) for other in others]
        )
        fitted = pipeline.fit(learned, options, budget)
        held_out = None if split is None else describe_held_out(split, fitted.candidate)
        files = pipeline.prove(fitted, None if held_out is None else held_out.summary)
        candidate, warnings, own = fitted.candidate, fitted.warnings, [judged_by(fitted)]
        del fitted  # with all that the fit has kept, before a large table is judged again
        judged = [explained(table, own.pop()), *compared.result()]
    if compare and registry.signature() is None:
        listener.say("nothing to compare with: no model has been published yet")
    elif compare:
        judged.append(judge(table, load_candidate(registry, current_version(registry), "active")))
    report = report_on(
        holdings,
        judged,
        with_examples=with_examples,
        corrections=corrections_to_carry(registry),
        warnings=warnings,
    )
    basis = BASIS if learned is table else PARTLY.format(learned.n_samples, table.n_samples)
    report = msgspec.structs.replace(
        report,
        basis=basis,
        held_out=held_out,
        parts=[] if split is None or learned is table else [learned_part(split, candidate)],
    )

    kept = {}
    if with_examples and holdings.patterns.n_rows:
        flagged = flags_of_rows(holdings.patterns, table, judged[0])
        kept[PATTERNS_FILE] = to_kept(holdings.list_patterns(flagged))

    def beside(version: int) -> dict[str, bytes]:
        return {
            REPORT_FILE: render(msgspec.structs.replace(report, title=f"Model {version}")),
            **kept,
        }

    version = registry.publish(files, beside, activate=activate and not gate)
    decision = None
    if gate:
        both = table if split is None else split.held_out
        decision = decide(registry, version, both, candidate)
    return Fit(
        version,
        msgspec.structs.replace(report, title=f"Model {version}"),
        registry.path(version) / REPORT_FILE,
        time.perf_counter() - started,
        decision,
    )


def _split(table: CountTable, holdout: float | Data, listener: Listener) -> "Split":
    """A table's records to learn from, and the records held out."""
    from trainer.fitting.holdout import hold_out, split_as_given  # noqa: PLC0415 - as in `fit`

    if isinstance(holdout, float):
        return hold_out(table, holdout)
    return split_as_given(table, holdout.count(listener).table)


def _others(options: TrainOptions) -> list[TrainOptions]:
    """The same training with each other detector that takes it."""
    return [
        msgspec.structs.replace(
            options,
            detector=spec.name,
            per_service=options.per_service and spec.takes_per_service,
        )
        for spec in DETECTORS.values()
        if spec.name != options.detector and (spec.takes_auto or options.contamination != "auto")
    ]
