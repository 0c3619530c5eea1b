"""`python -m trainer evaluate`: how published models do on data."""

import argparse
import time
from pathlib import Path
from typing import Final

from trainer.cli.data import find_examples, load
from trainer.cli.parsing import DATA_HELP, Command, add_counts, add_data
from trainer.cli.summary import print_summary
from trainer.errors import TooFewRowsError
from trainer.store.candidate import current_version, load_candidate
from trainer.store.files import write_atomically
from trainer.store.registry import ModelRegistry

_DESCRIPTION: Final = f"""\
Judge data with a published model and write the same report that training writes. Nothing is
published. With --label-field it says how well the model finds the labelled records, beside what
`level` alone and the message's length alone would.

{DATA_HELP}"""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_data(parser, required=False)
    add_counts(parser)
    parser.add_argument(
        "--version", type=int, metavar="N", help="the model (default: the current one)"
    )
    parser.add_argument(
        "--compare", action="store_true", help="show the active model on the same data as well"
    )
    parser.add_argument(
        "--report",
        type=Path,
        metavar="FILE",
        help="where the report goes (default: evaluation-N.html in this folder)",
    )
    parser.add_argument(
        "--no-examples", action="store_true", help="keep log lines out of the report"
    )


def _run(arguments: argparse.Namespace) -> None:
    from trainer.judging.evaluation import Subject, make_report  # noqa: PLC0415 - a second of imports
    from trainer.judging.judged import find_top, judge  # noqa: PLC0415 - as above
    from trainer.report.page import render  # noqa: PLC0415 - as above

    started = time.perf_counter()
    registry = ModelRegistry(arguments.model_dir)
    version = arguments.version or current_version(registry)
    candidates = [load_candidate(registry, version)]
    if arguments.compare and current_version(registry) != version:
        candidates.append(load_candidate(registry, current_version(registry), "active"))
    loaded = load(arguments)
    if not loaded.table.n_distinct:
        raise TooFewRowsError("the data has no usable record")
    judged = [judge(loaded.table, one) for one in candidates]
    top = find_top(loaded.table, judged[0])
    subject = Subject(
        title=f"Model {version} on other data",
        sources=loaded.sources,
        detected=loaded.said,
        n_bad=loaded.n_bad,
        bad=loaded.bad,
    )
    examples = {} if arguments.no_examples else find_examples(loaded, top.table)
    report = make_report(subject, loaded.table, judged, top, examples)
    path = arguments.report or Path(f"evaluation-{version}.html")
    write_atomically(path, render(report))
    print_summary(report, time.perf_counter() - started)
    print(f"report: {path}")


COMMAND: Final = Command(
    "judge data with a published model, and report", _add_arguments, _run, _DESCRIPTION
)
