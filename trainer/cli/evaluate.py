"""`python -m trainer evaluate`: how published models do on data."""

import argparse
from pathlib import Path
from typing import Final

from trainer.cli.command import Command, UsageError, Work
from trainer.cli.data_options import DATA_HELP, add_counts, add_data, add_fault_field, required_data
from trainer.cli.fit_options import add_version
from trainer.cli.store import open_models
from trainer.cli.summary import print_summary
from trainer.cli.terminal import Terminal
from trainer.jobs.evaluate import evaluate

_DESCRIPTION: Final = f"""\
Judge data with a published model and write the same report that training writes. Nothing is
published. With --label-field it says how well the model finds the labelled records, beside what
`level` alone and the message's length alone would.

{DATA_HELP}"""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_data(parser, required=False)
    add_counts(parser)
    add_fault_field(parser)
    add_version(parser)
    parser.add_argument(
        "--compare", action="store_true", help="show the active model on the same data as well"
    )
    parser.add_argument(
        "--newest",
        type=float,
        metavar="SHARE",
        help="say as well how the model does on this share of the records alone, the newest, and "
        "on those before them",
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


def _run(arguments: argparse.Namespace) -> Work:
    if arguments.newest is not None and not 0 < arguments.newest < 1:
        raise UsageError(f"--newest {arguments.newest}: Expected more than 0 and less than 1")
    evaluated = evaluate(
        required_data(arguments),
        model_dir=open_models(arguments),
        version=arguments.version,
        report_path=arguments.report,
        compare=arguments.compare,
        newest=arguments.newest,
        with_examples=not arguments.no_examples,
        listener=Terminal(),
    )
    print_summary(evaluated.report, evaluated.duration_s)
    print(f"report: {evaluated.report_path}")
    return Work(evaluated.report.n_rows)


COMMAND: Final = Command(
    "judge data with a published model, and report", _add_arguments, _run, _DESCRIPTION, is_job=True
)
