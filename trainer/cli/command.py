"""A command and what it may answer with."""

import argparse
from collections.abc import Callable

import msgspec


class UsageError(Exception):
    """Options are missing, contradict each other or are out of range; a line each."""


class Work(msgspec.Struct, frozen=True):
    """The work that a job did.

    Attributes:
        n_rows: records that it used.
    """

    n_rows: int


class Command(msgspec.Struct, frozen=True):
    """A command.

    Attributes:
        summary: a line.
        add_arguments: declares its options.
        run: does it; a job says what it did.
        description: more than the summary, for its own --help.
        uses_store: takes --model-dir.
        is_job: takes --metrics-file.
    """

    summary: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], Work | None]
    description: str = ""
    uses_store: bool = True
    is_job: bool = False
