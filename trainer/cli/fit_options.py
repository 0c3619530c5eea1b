"""Options on how to fit, and on which model to work."""

import argparse

import msgspec

from schemas.api.validation import field_error
from schemas.bundle.budget import AlertBudget
from schemas.bundle.detectors import DETECTORS
from schemas.bundle.options import TrainOptions
from trainer.cli.command import UsageError


def add_train_options(parser: argparse.ArgumentParser) -> None:
    """How to fit; the values are checked by `train_options`, all of them at once."""
    defaults = TrainOptions()
    fitting = parser.add_argument_group("how to fit")
    fitting.add_argument(
        "--detector",
        default=defaults.detector,
        help=f"what decides: {' or '.join(DETECTORS)} (default: %(default)s)",
    )
    share = fitting.add_mutually_exclusive_group()
    share.add_argument(
        "--contamination",
        default=str(defaults.contamination),
        help='expected share of anomalies in (0, 0.5], or "auto" (default: %(default)s)',
    )
    add_budget(share, fitting)
    fitting.add_argument(
        "--per-service",
        action="store_true",
        help="give services with many records thresholds of their own",
    )
    fitting.add_argument(
        "--n-estimators", default=defaults.n_estimators, help="trees (default: %(default)s)"
    )
    fitting.add_argument(
        "--max-samples", default=defaults.max_samples, help="rows per tree (default: %(default)s)"
    )
    fitting.add_argument(
        "--seed",
        default=defaults.random_state,
        help="random_state; the same rows and seed give the same model (default: %(default)s)",
    )


def add_budget(
    share: argparse._MutuallyExclusiveGroup, options: argparse._ActionsContainer
) -> None:
    """The options on the alert budget that a contamination may follow from.

    Args:
        share: where `--contamination` is.
        options: where the rest belongs.
    """
    share.add_argument(
        "--alerts-per-day",
        metavar="N",
        help="flagged lines that somebody is willing to read; the contamination follows from it",
    )
    options.add_argument(
        "--lines-per-day",
        metavar="N",
        help="with --alerts-per-day: lines that will come (default: as in the data, by its times)",
    )


def alert_budget(arguments: argparse.Namespace) -> AlertBudget | None:
    """The budget that was given; None for none.

    Raises:
        UsageError: it is out of range.
    """
    if arguments.alerts_per_day is None:
        if arguments.lines_per_day is not None:
            raise UsageError("--lines-per-day: Expected with --alerts-per-day alone")
        return None
    problems = []
    for field in msgspec.structs.fields(AlertBudget):
        value = getattr(arguments, field.name)
        try:
            msgspec.convert(value, field.type, strict=False)
        except msgspec.ValidationError as error:
            flag = f"--{field.name.replace('_', '-')}"
            fault = field_error(error, field.type, flag)
            problems.append(f"{flag} {value}: {fault.message}")
    if problems:
        raise UsageError("\n".join(problems))
    values = {"alerts_per_day": arguments.alerts_per_day, "lines_per_day": arguments.lines_per_day}
    return msgspec.convert(values, AlertBudget, strict=False)


def add_version(parser: argparse.ArgumentParser) -> None:
    """The option on the model, for commands that also take data."""
    parser.add_argument("--version", type=int, metavar="N", help="the model (default: the current)")


def train_options(arguments: argparse.Namespace) -> TrainOptions:
    """The options as the REST service would check them.

    Raises:
        UsageError: names every option at fault.
    """
    values = {
        "contamination": arguments.contamination,
        "per_service": arguments.per_service,
        "n_estimators": arguments.n_estimators,
        "max_samples": arguments.max_samples,
        "random_state": arguments.seed,
        "detector": arguments.detector,
    }
    problems = []
    for field in msgspec.structs.fields(TrainOptions):
        try:
            msgspec.convert(values[field.name], field.type, strict=False)
        except msgspec.ValidationError as error:
            flag = "seed" if field.name == "random_state" else field.name.replace("_", "-")
            fault = field_error(error, field.type, f"--{flag}")
            problems.append(f"{fault.path} {values[field.name]}: {fault.message}")
    if arguments.detector not in DETECTORS:
        problems.append(f"--detector {arguments.detector}: Expected one of {', '.join(DETECTORS)}")
    if problems:
        raise UsageError("\n".join(problems))
    try:
        return msgspec.convert(values, TrainOptions, strict=False)
    except msgspec.ValidationError as error:
        raise UsageError(f"--{error}") from error
