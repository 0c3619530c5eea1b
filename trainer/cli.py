"""The trainer's command line: jobs over files, and the store's versions."""

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

from inference.environment import SettingsError, load_settings
from inference.errors import BrokenVersionError, NoModelError
from schemas.encoding import FeatureEncoder
from schemas.features import LogFeatures
from schemas.training import TrainOptions, TrainResponse
from schemas.validation import field_error
from trainer.errors import (
    ExportError,
    InputError,
    ParityError,
    StoreError,
    TooFewRowsError,
    TrainingError,
)
from trainer.reading import read_features
from trainer.registry import ModelRegistry
from trainer.settings import PREFIX, TrainerSettings
from trainer.table import count_logs

USAGE_EXIT: Final = 2
EXIT_CODES: Final[dict[type[TrainingError], int]] = {
    InputError: 3,
    TooFewRowsError: 4,
    ExportError: 5,
    ParityError: 5,
    StoreError: 6,
}

_EPILOG: Final = """\
exit codes:
  0  done
  2  wrong option or setting
  3  the training data cannot be read (file, line and field are named)
  4  fewer than two distinct rows
  5  the exported graph could not be proved equal to scikit-learn's forest
  6  the model store cannot be written, or has no such version
After any code but 0 the store is as it was before.
"""

_FIT_DESCRIPTION: Final = """\
Train on files of JSON lines, plain or gzipped, one log's features a line:

  {"message_length": 120, "level": "INFO", "service": "payment-service",
   "has_exception": false, "has_timeout": false, "has_connection_error": false}

The model is proved equal to scikit-learn's, published to the model directory and
made current; a running inference service takes it up before its next answer.
"""

PROGRESS_EVERY: Final = 100_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    options = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], None] = options.command
    try:
        command(options)
    except TrainingError as error:
        print(f"error: {error}", file=sys.stderr)
        return EXIT_CODES[type(error)]
    except SettingsError as error:
        print(f"The settings are wrong:\n{error}", file=sys.stderr)
        return USAGE_EXIT
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m trainer",
        description="Train isolation forests on log features and manage the published versions.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    defaults = TrainOptions()

    def add(
        name: str, command: Callable[[argparse.Namespace], None], summary: str
    ) -> argparse.ArgumentParser:
        sub = commands.add_parser(
            name,
            help=summary,
            description=_FIT_DESCRIPTION if name == "fit" else summary,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        sub.set_defaults(command=command)
        if name != "serve":
            sub.add_argument(
                "--model-dir",
                type=Path,
                default=Path(os.environ.get("MODEL_DIR") or "models"),
                help="the model store (default: $MODEL_DIR, else models)",
            )
        return sub

    fit = add("fit", _fit, "train on files and publish the model")
    fit.add_argument("files", nargs="+", type=Path, metavar="FILE", help="JSON lines, plain or .gz")
    fit.add_argument(
        "--contamination",
        default=str(defaults.contamination),
        help='expected share of anomalies in (0, 0.5], or "auto" (default: %(default)s)',
    )
    fit.add_argument(
        "--n-estimators", default=defaults.n_estimators, help="trees (default: %(default)s)"
    )
    fit.add_argument(
        "--max-samples", default=defaults.max_samples, help="rows per tree (default: %(default)s)"
    )
    fit.add_argument(
        "--seed",
        default=defaults.random_state,
        help="random_state; the same rows and seed give the same model (default: %(default)s)",
    )
    add("list", _list, "list the published versions")
    activate = add("activate", _activate, "make a published version current")
    activate.add_argument("version", type=int, metavar="N")
    add("rollback", _rollback, "make the version before the current one current")
    add("serve", _serve, "run the REST service; configured by the environment, see README")
    return parser


def _fit(arguments: argparse.Namespace) -> None:
    from trainer.pipeline import train  # noqa: PLC0415 - seconds of imports, for this command only

    options = _train_options(arguments)
    encoder = FeatureEncoder()
    table = count_logs(_with_progress(_read_all(arguments.files)), encoder)
    if table.n_distinct:
        _say(f"{table.n_samples} rows, {table.n_distinct} distinct; fitting")
    trained = train(table, options, encoder, ModelRegistry(arguments.model_dir))
    _report(trained, arguments.model_dir)


def _train_options(arguments: argparse.Namespace) -> TrainOptions:
    """The options as the REST service would check them; exits with every one at fault."""
    values = {
        "contamination": arguments.contamination,
        "n_estimators": arguments.n_estimators,
        "max_samples": arguments.max_samples,
        "random_state": arguments.seed,
    }
    problems = []
    for field in msgspec.structs.fields(TrainOptions):
        try:
            msgspec.convert(values[field.name], field.type, strict=False)
        except msgspec.ValidationError as error:
            flag = "seed" if field.name == "random_state" else field.name.replace("_", "-")
            fault = field_error(error, field.type, f"--{flag}")
            problems.append(f"{fault.path} {values[field.name]}: {fault.message}")
    if problems:
        raise SettingsError("\n".join(problems))
    return msgspec.convert(values, TrainOptions, strict=False)


def _read_all(paths: Iterable[Path]) -> Iterator[LogFeatures]:
    for path in paths:
        yield from read_features(path)


def _with_progress(logs: Iterable[LogFeatures]) -> Iterator[LogFeatures]:
    for number, log in enumerate(logs, start=1):
        yield log
        if number % PROGRESS_EVERY == 0:
            _say(f"{number} lines read")


def _report(trained: TrainResponse, model_dir: Path) -> None:
    share = trained.n_anomalies / trained.n_samples
    print(f"version {trained.model_version} published to {model_dir} and current")
    print(f"  rows       {trained.n_samples} ({trained.n_distinct} distinct)")
    print(f"  anomalies  {trained.n_anomalies} ({share:.2%}) above score {trained.threshold:.6f}")
    print("  parity     labels identical to scikit-learn's, see the manifest")
    print(f"  duration   {trained.duration_s:.2f} s")
    for warning in trained.warnings:
        _say(f"warning: {warning}")


def _list(arguments: argparse.Namespace) -> None:
    registry = ModelRegistry(arguments.model_dir)
    try:
        current = registry.current_version()
    except NoModelError:
        current = 0
    except BrokenVersionError as error:
        _say(f"warning: {error}")
        current = 0
    print("  version  created                    rows      threshold")
    for version in registry.versions():
        mark = "*" if version == current else " "
        try:
            manifest = registry.manifest(version)
        except BrokenVersionError as error:
            print(f"{mark} {version:<8} broken: {error}")
        else:
            print(
                f"{mark} {version:<8} {manifest.created_at}  {manifest.training.n_samples:<9} "
                f"{manifest.scores.threshold:.6f}"
            )


def _activate(arguments: argparse.Namespace) -> None:
    ModelRegistry(arguments.model_dir).activate(arguments.version)
    print(f"version {arguments.version} is current")


def _rollback(arguments: argparse.Namespace) -> None:
    version = ModelRegistry(arguments.model_dir).rollback()
    print(f"version {version} is current")


def _serve(_arguments: argparse.Namespace) -> None:
    from inference.server import run_server  # noqa: PLC0415 - for this command only
    from trainer.app import create_app  # noqa: PLC0415 - as in _fit

    settings = load_settings(TrainerSettings, os.environ, PREFIX)
    run_server(
        lambda: create_app(settings),
        name="log-anomaly-trainer",
        host=settings.host,
        port=settings.port,
        workers=1,  # one training at a time; its lock lives in the process
        log_level=settings.log_level,
    )


def _say(text: str) -> None:
    """Tell a person, without getting into what a program reads from standard output."""
    print(text, file=sys.stderr)
