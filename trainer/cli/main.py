"""Parses a command, runs it and turns errors into a line and an exit code."""

import argparse
import sys
import time
from collections.abc import Sequence
from typing import Final

from inference.environment import WRONG_SETTINGS_EXIT, SettingsError
from schemas.version import __version__
from trainer.cli import (
    count,
    diff,
    evaluate,
    feedback,
    fit,
    look,
    patterns,
    recalibrate,
    report,
    score,
    serve,
    sql,
    versions,
)
from trainer.cli.allocator import keep_one_heap
from trainer.cli.command import Command, UsageError, Work
from trainer.cli.job_metrics import (
    EXPECTED,
    Outcome,
    add_metrics_file,
    is_collected,
    write_metrics_file,
)
from trainer.cli.store import add_model_dir
from trainer.errors import (
    BudgetError,
    ExportError,
    ForestTooLargeError,
    FoundDifferenceError,
    InputError,
    InsensitiveModelError,
    OutputError,
    ParityError,
    StoreError,
    TooFewRowsError,
    TooManyCorrectionsError,
    TrainingError,
    WorseModelError,
)

USAGE_EXIT: Final = WRONG_SETTINGS_EXIT
INTERRUPTED_EXIT: Final = 130
"""The exit code that shells give a program that Ctrl-C ended."""

EXIT_CODES: Final[dict[type[TrainingError], int]] = {
    BudgetError: USAGE_EXIT,
    ForestTooLargeError: USAGE_EXIT,
    InputError: 3,
    TooFewRowsError: 4,
    ExportError: 5,
    ParityError: 5,
    InsensitiveModelError: 5,
    TooManyCorrectionsError: USAGE_EXIT,
    StoreError: 6,
    OutputError: 7,
    FoundDifferenceError: 8,
    WorseModelError: 9,
}

_DESCRIPTION: Final = """\
Train anomaly detectors on logs, show what they learned, and manage the published versions.
"""

_EPILOG: Final = """\
examples:
  python -m trainer look logs/                          how they are read
  python -m trainer patterns logs/                      what they repeat, line by line
  python -m trainer diff monday/ tuesday/               what is new, gone or more frequent
  python -m trainer fit logs/                           train on all files of a folder
  python -m trainer fit app.jsonl.zst --label-field fault
  journalctl -o short-iso | python -m trainer fit - --layout syslog
  python -m trainer evaluate today.jsonl --version 3    how version 3 does on other data
  python -m trainer score today.jsonl --out verdicts.parquet

exit codes:
  0    done
  2    wrong option or setting
  3    the data cannot be read (file, line and field are named)
  4    fewer than two distinct rows
  5    the model could not be proved: it differs from what was fitted, or has learned nothing
  6    the model store cannot be written, or has no such version
  7    the output cannot be written
  8    `diff` found what --fail-on names
  9    the new model is worse than the active version: it is published, and not current
  130  interrupted (Ctrl-C)
  143  stopped (SIGTERM)
After any code but 0 and 9 the store is as it was before, and no output is left half-written.
"""

_COMMANDS: Final[dict[str, Command]] = {
    "look": look.COMMAND,
    "patterns": patterns.COMMAND,
    "diff": diff.COMMAND,
    "fit": fit.COMMAND,
    "evaluate": evaluate.COMMAND,
    "report": report.COMMAND,
    "score": score.COMMAND,
    "count": count.COMMAND,
    "recalibrate": recalibrate.COMMAND,
    "feedback": feedback.COMMAND,
    "sql": sql.COMMAND,
    "list": versions.LIST,
    "info": versions.INFO,
    "activate": versions.ACTIVATE,
    "rollback": versions.ROLLBACK,
    "shadow": versions.SHADOW,
    "delete": versions.DELETE,
    "serve": serve.COMMAND,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit code."""
    options = make_parser().parse_args(arguments)
    if _COMMANDS[options.command].is_job:
        keep_one_heap()
    path = getattr(options, "metrics_file", None)
    if path is None:
        return _run(options)[0]
    if not is_collected(path):
        print(f"error: --metrics-file {path}: {EXPECTED}", file=sys.stderr)
        return USAGE_EXIT
    began = time.perf_counter()
    code, work = INTERRUPTED_EXIT, None  # unless the command ends otherwise
    try:
        code, work = _run(options)
    except SystemExit as stopped:
        code = stopped.code if isinstance(stopped.code, int) else 1
        raise
    finally:
        outcome = Outcome(options.command, code, time.perf_counter() - began, work)
        write_metrics_file(path, outcome)
    return code


def _run(options: argparse.Namespace) -> tuple[int, Work | None]:
    """The exit code of a command, and what it did if it is a job that came to its end."""
    try:
        return 0, _COMMANDS[options.command].run(options)
    except TrainingError as error:
        store = f" (model store: {options.model_dir})" if isinstance(error, StoreError) else ""
        print(f"error: {error}{store}", file=sys.stderr)
        code = next(code for kind, code in EXIT_CODES.items() if isinstance(error, kind))
        return code, None
    except UsageError as error:
        print(f"error: {error}; see python -m trainer {options.command} --help", file=sys.stderr)
        return USAGE_EXIT, None
    except SettingsError as error:
        print(f"The settings are wrong:\n{error}", file=sys.stderr)
        return USAGE_EXIT, None


def make_parser() -> argparse.ArgumentParser:
    """The parser of all commands."""
    parser = argparse.ArgumentParser(
        prog="python -m trainer",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"log-anomaly {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")
    for name, command in _COMMANDS.items():
        sub = commands.add_parser(
            name,
            help=command.summary,
            description=command.description or command.summary,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        if command.uses_store:
            add_model_dir(sub)
        command.add_arguments(sub)
        if command.is_job:
            add_metrics_file(sub)
    return parser
