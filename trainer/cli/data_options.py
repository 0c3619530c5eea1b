"""Options on where data is and how it is read."""

import argparse
import re
from collections.abc import Sequence
from typing import Final

from inference.intake.layouts import LAYOUTS
from inference.intake.lines import custom_layout
from schemas.record.features import Level
from schemas.record.levels import SCALES
from trainer.cli.command import UsageError
from trainer.counting.run import Executor
from trainer.jobs.count_tables import CountTables
from trainer.jobs.data import Data
from trainer.jobs.dataset import Dataset
from trainer.jobs.unusable import FEW_BAD, MAX_BAD_FRACTION
from trainer.reading.formats.table import FORMATS
from trainer.reading.layout_choice import describe_unknown
from trainer.reading.options import ReadingOptions
from trainer.reading.plan import Fields
from trainer.reading.sources import Source

_NUMBER: Final = re.compile(r"-?[0-9]*\.?[0-9]+(?:[eE]-?[0-9]+)?")

DATA_HELP: Final = """\
DATA is files, globs, folders, - for standard input, or s3://, gs:// and az:// URLs; plain, gzip,
bzip2, xz, zstd or lz4; JSON lines, CSV, Parquet, XML or plain text. Records are raw logs
(message, level, service) or the six features; what was detected is shown. Standard output gets
results only.
"""


def _layout(name: str) -> str:
    if name not in LAYOUTS:
        raise argparse.ArgumentTypeError(describe_unknown(name))
    return name


def add_data(parser: argparse.ArgumentParser, *, required: bool = True) -> None:
    """Where the data is and how to read it."""
    parser.add_argument(
        "data",
        nargs="+" if required else "*",
        metavar="DATA",
        help="files, globs, folders, -, URLs",
    )
    add_reading(parser)


def add_reading(parser: argparse.ArgumentParser) -> None:
    """How to read data, and what works on it."""
    reading = parser.add_argument_group("how to read it (detected unless given)")
    reading.add_argument("--format", choices=sorted(FORMATS), help="how files are written")
    for part in ("message", "level", "service", "time", "label"):
        more = "; non-empty, non-zero is an anomaly" if part == "label" else ""
        reading.add_argument(
            f"--{part}-field", metavar="NAME", help=f"field or path with the {part}{more}"
        )
    reading.add_argument(
        "--layout",
        type=_layout,
        metavar="NAME",
        help=f"layout of plain text, see docs/formats.md: {', '.join(sorted(LAYOUTS))}",
    )
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
    reading.add_argument(
        "--columns",
        metavar="NAMES",
        help="of CSV without a header",
    )
    reading.add_argument(
        "--levels",
        choices=sorted(SCALES),
        metavar="NAME",
        help="whose numbers levels are: %(choices)s",
    )
    reading.add_argument(
        "--level-map",
        metavar="NAME=LEVEL,...",
        help="what names of levels mean, as in E=ERROR,Note=INFO",
    )
    reading.add_argument("--default-level", metavar="LEVEL", help="for records without (INFO)")
    reading.add_argument("--default-service", metavar="NAME", help="for records without")
    reading.add_argument(
        "--max-bad-fraction",
        type=float,
        metavar="SHARE",
        help=f"stop if more records than this cannot be used (default: {MAX_BAD_FRACTION}, or "
        f"{FEW_BAD} records where that is more, and never more than half)",
    )
    work = parser.add_argument_group("where to work")
    work.add_argument("--processes", type=int, metavar="N", help="here (default: one per core)")
    work.add_argument("--dask", default="", metavar="ADDRESS", help="a Dask scheduler's address")


def add_counts(parser: argparse.ArgumentParser) -> None:
    """Count tables in the place of data."""
    parser.add_argument(
        "--counts",
        action="append",
        default=[],
        metavar="FILE",
        help="a count table in the place of DATA, made by `python -m trainer count` or by the "
        "query of `python -m trainer sql`; a glob in quotes too; repeatable",
    )


def add_fault_field(parser: argparse.ArgumentParser) -> None:
    """The option on faults, beside `add_data`."""
    parser.add_argument(
        "--fault-field",
        metavar="NAME",
        help="field that labels records with the name of a fault; else a fault is a run of "
        "labelled lines of a service",
    )


def dataset(arguments: argparse.Namespace) -> Dataset:
    """As `dataset_of`, for the data that a command was given."""
    return dataset_of(arguments, arguments.data)


def dataset_of(
    arguments: argparse.Namespace, data: Sequence[str], held_out: Sequence[Source] = ()
) -> Dataset:
    """Data, read by a command's options.

    Args:
        arguments: of the command.
        data: where it is.
        held_out: what is no part of it, though `data` may name it.

    Raises:
        UsageError: an option is out of range.
        InputError: there is no such data, or its format is unknown.
    """
    _check_fraction(arguments)
    if arguments.processes is not None and arguments.processes < 1:
        raise UsageError(f"--processes {arguments.processes}: Expected 1 or more")
    return Dataset.find(
        data,
        _reading(arguments),
        Executor(processes=arguments.processes, dask=arguments.dask),
        arguments.max_bad_fraction,
        held_out,
    )


def data_or_counts(arguments: argparse.Namespace, held_out: Sequence[Source] = ()) -> Data | None:
    """The data that a command was given, or the count tables; None for neither.

    Args:
        arguments: of the command.
        held_out: what is no part of it, though the command may name it.

    Raises:
        UsageError: both were given, or an option is out of range.
        InputError: as `dataset`.
    """
    if arguments.counts and arguments.data:
        raise UsageError("give either DATA or --counts FILE, not both")
    if arguments.counts:
        _check_fraction(arguments)
        reading = _reading(arguments)
        return CountTables(arguments.counts, arguments.max_bad_fraction, held_out, reading)
    return dataset_of(arguments, arguments.data, held_out) if arguments.data else None


def required_data(arguments: argparse.Namespace, held_out: Sequence[Source] = ()) -> Data:
    """As `data_or_counts`, for commands that need either.

    Raises:
        UsageError: as `data_or_counts`, or neither was given.
        InputError: as `dataset`.
    """
    data = data_or_counts(arguments, held_out)
    if data is None:
        raise UsageError("give DATA to read, or --counts FILE")
    return data


def add_holdout(parser: argparse.ArgumentParser) -> None:
    """The option on data that a model does not learn from."""
    parser.add_argument(
        "--holdout",
        action="append",
        default=[],
        metavar="SHARE|DATA",
        help="do not learn from this share of the records, the newest, or from this data (with "
        "--counts a count table), which the rest may name too; say how the model does on it, and "
        "have a gate compare on it; data is repeatable",
    )


def holdout(arguments: argparse.Namespace) -> float | Data | None:
    """A share, data of the kind that the command was given, or None.

    Raises:
        UsageError: the share is out of range.
        InputError: as `dataset`.
    """
    names: list[str] = arguments.holdout
    if not names:
        return None
    if len(names) == 1 and _NUMBER.fullmatch(names[0]):
        share = float(names[0])
        if not 0 < share < 1:
            raise UsageError(f"--holdout {share:g}: Expected more than 0 and less than 1")
        return share
    if arguments.counts:
        return CountTables(names, arguments.max_bad_fraction)
    return dataset_of(arguments, names)


def _check_fraction(arguments: argparse.Namespace) -> None:
    if arguments.max_bad_fraction is not None and not 0 <= arguments.max_bad_fraction <= 1:
        raise UsageError(f"--max-bad-fraction {arguments.max_bad_fraction}: Expected 0 to 1")


def _level(flag: str, name: str) -> Level:
    try:
        return Level(name)
    except ValueError as error:
        known = ", ".join(level.value for level in Level)
        raise UsageError(f"{flag} {name}: Expected one of {known}") from error


def _level_map(text: str | None) -> dict[str, Level]:
    levels = {}
    for pair in (text or "").split(",") if text else ():
        name, equals, level = pair.partition("=")
        if not name.strip() or not equals:
            raise UsageError(f"--level-map {text}: Expected names and levels, as in E=ERROR,N=INFO")
        levels[name.strip()] = _level("--level-map", level)
    return levels


def _label_field(arguments: argparse.Namespace) -> str | None:
    label: str | None = arguments.label_field
    fault: str | None = getattr(arguments, "fault_field", None)
    if label is not None and fault is not None and label != fault:
        raise UsageError("--label-field and --fault-field: Expected the same field for both")
    return fault or label


def _reading(arguments: argparse.Namespace) -> ReadingOptions:
    level = arguments.default_level
    level = None if level is None else _level("--default-level", level)
    if arguments.pattern is not None:
        try:
            custom_layout(arguments.pattern, continued=arguments.multiline)
        except ValueError as error:
            raise UsageError(f"--pattern: {error}") from error
    return ReadingOptions(
        format=arguments.format,
        fields=Fields(
            message=arguments.message_field,
            level=arguments.level_field,
            service=arguments.service_field,
            time=arguments.time_field,
            label=_label_field(arguments),
        ),
        named_faults=getattr(arguments, "fault_field", None) is not None,
        layout=arguments.layout,
        pattern=arguments.pattern,
        multiline=arguments.multiline,
        delimiter=arguments.delimiter,
        columns=tuple(name.strip() for name in (arguments.columns or "").split(",") if name),
        scale=arguments.levels,
        levels=_level_map(arguments.level_map),
        default_level=level,
        default_service=arguments.default_service,
    )
