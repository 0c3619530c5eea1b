"""What the commands' options have in common."""

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from inference.environment import SettingsError
from schemas.api.validation import field_error
from schemas.bundle.options import TrainOptions
from schemas.record.features import Level
from trainer.counting.run import MAX_BAD_FRACTION, Executor
from trainer.reading.formats.table import FORMATS
from trainer.reading.layouts import LAYOUTS
from trainer.reading.options import ReadingOptions
from trainer.reading.plan import Fields

DETECTORS: Final = ("isolation_forest", "surprisal")

DATA_HELP: Final = """\
DATA is files, globs, folders, - for standard input, or s3://, gs:// and az:// URLs; plain, gzip or
zstd; JSON lines, CSV, Parquet or plain text. Records are raw logs (message, level, service) or the
six features; what was detected is said. Standard output gets results only.
"""


class Command(msgspec.Struct, frozen=True):
    """One command.

    Attributes:
        summary: in one line.
        add_arguments: declares its options.
        run: does it.
        description: more than the summary, for its own --help.
        uses_store: takes --model-dir.
    """

    summary: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], None]
    description: str = ""
    uses_store: bool = True


def add_model_dir(parser: argparse.ArgumentParser) -> None:
    """The model store."""
    parser.add_argument(
        "--model-dir",
        type=Path,
        default=Path(os.environ.get("MODEL_DIR") or "models"),
        help="the model store (default: $MODEL_DIR, else models)",
    )


def add_data(parser: argparse.ArgumentParser, *, required: bool = True) -> None:
    """Where the data is and how to read it."""
    parser.add_argument(
        "data",
        nargs="+" if required else "*",
        metavar="DATA",
        help="files, globs, folders, -, URLs",
    )
    reading = parser.add_argument_group("how to read it (detected unless given)")
    reading.add_argument("--format", choices=sorted(FORMATS), help="how files are written")
    for part in ("message", "level", "service", "label"):
        more = "; non-empty, non-zero is an anomaly" if part == "label" else ""
        reading.add_argument(
            f"--{part}-field", metavar="NAME", help=f"field or path with the {part}{more}"
        )
    reading.add_argument("--layout", choices=sorted(LAYOUTS), help="layout of plain text")
    reading.add_argument(
        "--pattern",
        metavar="REGEX",
        help="layout of plain text: groups (?P<message>), (?P<level>), (?P<service>)",
    )
    reading.add_argument(
        "--multiline",
        action="store_true",
        help="with --pattern: lines that do not match continue the record before",
    )
    reading.add_argument("--delimiter", metavar="CHAR", help="between columns of CSV")
    reading.add_argument("--default-level", metavar="LEVEL", help="for records without (INFO)")
    reading.add_argument("--default-service", metavar="NAME", help="for records without")
    reading.add_argument(
        "--max-bad-fraction",
        type=float,
        default=MAX_BAD_FRACTION,
        metavar="SHARE",
        help="stop if more records than this cannot be used (default: %(default)s)",
    )
    work = parser.add_argument_group("where to work")
    work.add_argument("--processes", type=int, metavar="N", help="processes here (default: cores)")
    work.add_argument("--dask", default="", metavar="ADDRESS", help="a Dask scheduler's address")


def add_counts(parser: argparse.ArgumentParser) -> None:
    """A table that an SQL engine made."""
    parser.add_argument(
        "--counts",
        action="append",
        default=[],
        metavar="FILE",
        help="a count table made by the query of `python -m trainer sql`; repeatable",
    )


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


def train_options(arguments: argparse.Namespace) -> TrainOptions:
    """The options as the REST service would check them.

    Raises:
        SettingsError: names every one at fault.
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
    if problems:
        raise SettingsError("\n".join(problems))
    try:
        return msgspec.convert(values, TrainOptions, strict=False)
    except msgspec.ValidationError as error:
        raise SettingsError(f"--contamination: {error}") from error


def given(arguments: argparse.Namespace) -> ReadingOptions:
    """What the user said of the data.

    Raises:
        SettingsError: a level is none, or a share is out of range.
    """
    level = None
    if arguments.default_level is not None:
        try:
            level = Level(arguments.default_level)
        except ValueError as error:
            known = ", ".join(one.value for one in Level)
            raise SettingsError(
                f"--default-level {arguments.default_level}: Expected one of {known}"
            ) from error
    if not 0 <= arguments.max_bad_fraction <= 1:
        raise SettingsError(f"--max-bad-fraction {arguments.max_bad_fraction}: Expected 0 to 1")
    return ReadingOptions(
        format=arguments.format,
        fields=Fields(
            message=arguments.message_field,
            level=arguments.level_field,
            service=arguments.service_field,
            label=arguments.label_field,
        ),
        layout=arguments.layout,
        pattern=arguments.pattern,
        multiline=arguments.multiline,
        delimiter=arguments.delimiter,
        default_level=level,
        default_service=arguments.default_service,
    )


def executor(arguments: argparse.Namespace) -> Executor:
    """Where to work.

    Raises:
        SettingsError: a number out of range.
    """
    if arguments.processes is not None and arguments.processes < 1:
        raise SettingsError(f"--processes {arguments.processes}: Expected 1 or more")
    return Executor(processes=arguments.processes, dask=arguments.dask)
