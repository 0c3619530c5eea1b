"""Options on how to fit, and on which model to work."""

import argparse

import msgspec

from schemas.api.validation import field_error
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
    fitting.add_argument(
        "--contamination",
        default=str(defaults.contamination),
        help='expected share of anomalies in (0, 0.5], or "auto" (default: %(default)s)',
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


def add_version(parser: argparse.ArgumentParser) -> None:
    """Which model, for commands that also take data."""
    parser.add_argument("--version", type=int, metavar="N", help="the model (default: the current)")


def train_options(arguments: argparse.Namespace) -> TrainOptions:
    """The options as the REST service would check them.

    Raises:
        UsageError: names every option at fault.
    """
    values = {
        "contamination": arguments.contamination,
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
