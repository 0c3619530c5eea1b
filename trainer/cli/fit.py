"""`python -m trainer fit`: train on data, publish the model and report on it."""

import argparse
from typing import Final

from schemas.bundle.options import MAX_NODES
from trainer.cli.command import Command, UsageError, Work
from trainer.cli.data_options import (
    DATA_HELP,
    add_counts,
    add_data,
    add_fault_field,
    add_holdout,
    holdout,
    required_data,
)
from trainer.cli.decision import became_current, print_decision
from trainer.cli.fit_options import add_train_options, alert_budget, train_options
from trainer.cli.store import open_models
from trainer.cli.summary import print_summary
from trainer.cli.terminal import Terminal
from trainer.jobs.fit import fit

_DESCRIPTION: Final = f"""\
Train on logs, prove the model equal to what training computed, publish it and make it current; a
running inference service takes it up before its next answer. A report is written beside the model.

{DATA_HELP}"""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_data(parser, required=False)
    add_counts(parser)
    add_fault_field(parser)
    add_train_options(parser)
    parser.add_argument(
        "--max-nodes",
        type=int,
        default=MAX_NODES,
        metavar="N",
        help="refuse a forest of more nodes, trees x 2 x samples of each (default: %(default)s); "
        "for a larger forest services need a larger ANOMALY_SERVE_MAX_GRAPH_BYTES",
    )
    parser.add_argument(
        "--no-activate",
        dest="activate",
        action="store_false",
        help="publish the model and leave the current version in its place",
    )
    parser.add_argument(
        "--gate",
        action="store_true",
        help="publish the model, and make it current only if not worse than the active version "
        "on the same records (docs/models.md lists the rules)",
    )
    add_holdout(parser)
    reporting = parser.add_argument_group("report")
    reporting.add_argument(
        "--compare", action="store_true", help="show the active model on the same data as well"
    )
    reporting.add_argument(
        "--no-examples", action="store_true", help="keep log lines out of the report"
    )


def _run(arguments: argparse.Namespace) -> Work:
    options = train_options(arguments)  # checked before anything is read
    if arguments.gate and not arguments.activate:
        raise UsageError("give either --gate or --no-activate: a gate may make the model current")
    budget = alert_budget(arguments)
    held_out = holdout(arguments)
    given = [] if held_out is None or isinstance(held_out, float) else held_out.sources
    fitted = fit(
        required_data(arguments, given),
        options=options,
        budget=budget,
        model_dir=open_models(arguments),
        compare=arguments.compare,
        with_examples=not arguments.no_examples,
        max_nodes=arguments.max_nodes,
        activate=arguments.activate,
        gate=arguments.gate,
        holdout=held_out,
        listener=Terminal(),
    )
    is_current = arguments.activate
    if fitted.decision is not None:
        is_current = fitted.decision.is_current
    outcome = "current" if is_current else "not current: see python -m trainer activate"
    print(f"version {fitted.version} published to {arguments.model_dir} and {outcome}")
    print_summary(fitted.report, fitted.duration_s)
    print(f"report: {fitted.report_path}")
    if fitted.decision is not None:
        print_decision(fitted.decision)
        if fitted.decision.current not in {None, fitted.version}:
            print(became_current(fitted.decision))
    return Work(fitted.report.n_rows)


COMMAND: Final = Command(
    "train on logs and publish the model", _add_arguments, _run, _DESCRIPTION, is_job=True
)
