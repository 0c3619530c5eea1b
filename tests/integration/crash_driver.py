"""Kills training jobs with SIGKILL and inspects the store they leave; run by `test_crash`.

A process of its own, so that a job is a fork of a process that has imported everything: seconds of
imports would be the moments that are hit, and nothing happens in them. For the same reason most
moments are counted from when the job begins to write, which is seen in the store.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from inference.errors import BrokenVersionError
from inference.model.model import Model
from inference.store.versions import CURRENT_FILE, ModelStore
from trainer.cli import main
from trainer.judging.evaluation import make_report
from trainer.report.page import render
from trainer.store.history import HISTORY_FILE

N_WHOLE_RUN: Final = 20
"""Kills spread over the whole job."""

N_WRITING: Final = 24
"""Kills spread over the writing of the version, a small part of the job."""

N_NAMED: Final = 16
"""Kills spread over what comes behind the version's renaming to its number."""

MAX_TRIES: Final = 20
OPTIONS: Final = ("--n-estimators", "10")

Moment = tuple[Callable[["Job"], bool], float]
"""How long behind what."""


class Job:
    """A job in a process of its own, on its way."""

    def __init__(self, model_dir: Path, data: Path) -> None:
        self._store = ModelStore(model_dir)
        self._root = self._store.root
        self._signature = self._store.signature()
        self._next = self._store.versions()[-1] + 1
        self.started = time.monotonic()
        self.pid = os.fork()
        if self.pid == 0:
            _become(lambda: main(["fit", str(data), "--model-dir", str(model_dir), *OPTIONS]))

    def wait_until(self, has_come: Callable[["Job"], bool]) -> bool:
        """Wait for a moment; False if the job ended before it was seen."""
        while not has_come(self):
            if _has_ended(self.pid):
                return False
        return True

    def has_begun(self) -> bool:
        """That it runs."""
        return True

    def is_writing(self) -> bool:
        """That it has begun to write the version."""
        return any(name.startswith(".tmp-") for name in os.listdir(self._root))  # noqa: PTH208 - thousands a second

    def has_named(self) -> bool:
        """That the version has its number."""
        return str(self._next) in os.listdir(self._root)  # noqa: PTH208 - as above

    def has_made_current(self) -> bool:
        """That CURRENT names the version."""
        return self._store.signature() != self._signature

    def kill_in(self, delay_s: float) -> bool:
        """Kill the job after a while; False if it ended by itself before."""
        signal.sigtimedwait([signal.SIGCHLD], delay_s)
        os.kill(self.pid, signal.SIGKILL)
        return self.end() == -signal.SIGKILL

    def end(self) -> int:
        """Wait for the end; the exit code as `subprocess` gives it."""
        code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        _forget_ended_children()
        return code


def _has_ended(pid: int) -> bool:
    """Whether a child has ended; it is still to be waited for."""
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _forget_ended_children() -> None:
    while signal.sigtimedwait([signal.SIGCHLD], 0):
        pass


def _become(work: Callable[[], int]) -> None:
    """Do the work in this process, quietly, and end it."""
    code = 1
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        code = work()
    finally:
        os._exit(code)


def inspect(model_dir: Path, data: Path) -> dict[str, Any]:
    """What a killed job left, and what the next job makes of it."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:

        def look() -> int:
            found = json.dumps(_inspect_here(model_dir, data))
            os.write(writing, found.encode())
            return 0

        _become(look)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        found = pipe.read()
    os.waitpid(pid, 0)
    _forget_ended_children()
    left: dict[str, Any] = json.loads(found or '{"problems": ["the next job crashed"]}')
    return left


def _inspect_here(model_dir: Path, data: Path) -> dict[str, Any]:
    store = ModelStore(model_dir)
    versions, leftovers = store.versions(), _leftovers(store)
    problems = _problems(store)
    if not problems:
        code = main(["fit", str(data), "--model-dir", str(model_dir), *OPTIONS])
        problems = _problems(store)
        if code != 0 or store.current_version() != versions[-1] + 1:
            problems.append(f"the next job ended with {code} at {store.current_version()}")
        if _leftovers(store):
            problems.append(f"the next job left {_leftovers(store)}")
    return {"versions": versions, "leftovers": leftovers, "problems": problems}


def _leftovers(store: ModelStore) -> list[str]:
    known = {CURRENT_FILE, HISTORY_FILE, ".lock", *map(str, store.versions())}
    return sorted({path.name for path in store.root.iterdir()} - known)


def _problems(store: ModelStore) -> list[str]:
    """What is wrong with a store; nothing may be, at any moment."""
    problems = []
    for version in store.versions():
        try:
            Model(store.bundle(version), memo_capacity=1)
        except BrokenVersionError as error:
            problems.append(str(error))
        if not (store.path(version) / "report.html").exists():
            problems.append(f"version {version} has no report")
    if store.current_version() not in store.versions():
        problems.append(f"CURRENT names {store.current_version()} of {store.versions()}")
    return problems


def plan_moments(model_dir: Path, data: Path) -> list[Moment]:
    """When to kill, by how long an undisturbed job takes."""
    job = Job(model_dir, data)
    job.wait_until(Job.is_writing)
    writing = time.monotonic()
    job.wait_until(Job.has_named)
    named = time.monotonic()
    job.wait_until(Job.has_made_current)
    current = time.monotonic()
    job.end()
    spread = (
        (Job.has_begun, N_WHOLE_RUN, current - job.started),
        (Job.is_writing, N_WRITING, named - writing),
        (Job.has_named, N_NAMED, current - named),
    )
    return [
        (has_come, 1.2 * length_s * number / count)
        for has_come, count, length_s in spread
        for number in range(count)
    ]


def run(model_dir: Path, data: Path) -> list[dict[str, Any]]:
    """Kill jobs at all moments; says what each left."""
    results = []
    for has_come, delay_s in plan_moments(model_dir, data):
        for attempt in range(MAX_TRIES):
            job = Job(model_dir, data)
            if not job.wait_until(has_come):
                job.end()
            # Runs differ: a job that was done before its moment is killed earlier the next time.
            elif job.kill_in(delay_s * 0.8**attempt):
                results.append({"behind": has_come.__name__, **inspect(model_dir, data)})
                break
    return results


if __name__ == "__main__":
    # Waited for instead: it says at once that a job has ended.
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
    # Loaded here, which each job would else do for itself.
    assert callable(make_report) and callable(render)  # noqa: PT018 - one fact
    sys.stdout.write(json.dumps(run(Path(sys.argv[1]), Path(sys.argv[2]))))
