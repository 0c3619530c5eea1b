"""Running jobs: in this process for what they say, in one of their own for signals and pipes."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.integration.conftest import ROOT
from trainer.cli import main


class Done(NamedTuple):
    """A job that has ended: its exit code and what it printed."""

    code: int
    out: str
    err: str


RunJob = Callable[..., Done]
"""Runs `python -m trainer` with some arguments."""


def runner(capfd: pytest.CaptureFixture[str]) -> RunJob:
    """Runs jobs in this process."""

    def run(*arguments: object) -> Done:
        capfd.readouterr()
        code = main([str(argument) for argument in arguments])
        return Done(code, *capfd.readouterr())

    return run


def start(*arguments: object) -> subprocess.Popen[bytes]:
    """A job in a process and a process group of its own, with pipes to it."""
    return subprocess.Popen(
        [sys.executable, "-m", "trainer", *map(str, arguments)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def wait_for_line(job: subprocess.Popen[bytes], start_of_line: str) -> None:
    """Read what the job says until a line of it begins so."""
    assert job.stderr is not None
    lines = []
    for line in job.stderr:
        lines.append(line.decode())
        if lines[-1].startswith(start_of_line):
            return
    raise AssertionError(f"the job ended: {''.join(lines)}")


def wait_for_children(job: subprocess.Popen[bytes], count: int) -> list[int]:
    """Wait until the job has started so many processes; their ids."""
    children: list[int] = []
    while len(children) < count:
        assert job.poll() is None, "the job ended"
        found = Path(f"/proc/{job.pid}/task/{job.pid}/children").read_text()
        children = [int(child) for child in found.split()]
    return children
