"""`python -m trainer fit`: train on data, publish the model and report on it."""

import argparse
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import msgspec

from schemas.bundle.manifest import REPORT_FILE
from trainer.cli.data import find_examples, load
from trainer.cli.parsing import (
    DATA_HELP,
    DETECTORS,
    Command,
    add_counts,
    add_data,
    add_train_options,
    train_options,
)
from trainer.cli.summary import print_summary
from trainer.cli.terminal import say
from trainer.store.candidate import current_version, load_candidate
from trainer.store.registry import ModelRegistry

_DESCRIPTION: Final = f"""\
Train on logs, prove the model equal to what training computed, publish it and make it current; a
running inference service takes it up before its next answer. A report is written beside the model.

{DATA_HELP}"""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_data(parser, required=False)
    add_counts(parser)
    add_train_options(parser)
    reporting = parser.add_argument_group("report")
    reporting.add_argument(
        "--compare", action="store_true", help="show the active model on the same data as well"
    )
    reporting.add_argument(
        "--no-examples", action="store_true", help="keep log lines out of the report"
    )


def _run(arguments: argparse.Namespace) -> None:
    # Checked before seconds of imports and minutes of reading.
    options = train_options(arguments)
    registry = ModelRegistry(arguments.model_dir)
    registry.check_writable()
    started = time.perf_counter()
    loaded = load(arguments)

    from trainer.fitting.pipeline import fit, prove  # noqa: PLC0415 - as above
    from trainer.judging.evaluation import Subject, make_report  # noqa: PLC0415 - seconds
    from trainer.judging.judged import find_top, judge, judged_already  # noqa: PLC0415 - as above
    from trainer.report.page import render  # noqa: PLC0415 - as above

    table = loaded.table
    if table.n_distinct:
        say(f"{table.n_samples:,} rows, {table.n_distinct:,} distinct; fitting")
    fitted = fit(table, options)
    judged = [judged_already(table, fitted)]
    with ThreadPoolExecutor(1) as thread:
        proof = thread.submit(prove, fitted)
        if options.contamination != "auto":
            # The other detector is not published: the report shows what it would have done.
            (other,) = set(DETECTORS) - {options.detector}
            beside = fit(table, msgspec.structs.replace(options, detector=other))
            judged.append(judged_already(table, beside))
        files = proof.result()
    if arguments.compare and registry.signature() is None:
        say("nothing to compare with: no model has been published yet")
    elif arguments.compare:
        active = load_candidate(registry, current_version(registry), "active")
        judged.append(judge(table, active))
    top = find_top(table, judged[0])
    examples = {} if arguments.no_examples else find_examples(loaded, top.table)
    subject = Subject(
        sources=loaded.sources,
        detected=loaded.said,
        n_bad=loaded.n_bad,
        bad=loaded.bad,
        warnings=fitted.warnings,
    )
    report = make_report(subject, table, judged, top, examples)

    def make_files(version: int) -> dict[str, bytes]:
        titled = msgspec.structs.replace(report, title=f"Model {version}")
        return {**files, REPORT_FILE: render(titled)}

    version = registry.publish(make_files)
    print(f"version {version} published to {arguments.model_dir} and current")
    print_summary(report, time.perf_counter() - started)
    print(f"report: {registry.path(version) / REPORT_FILE}")


COMMAND: Final = Command("train on logs and publish the model", _add_arguments, _run, _DESCRIPTION)
