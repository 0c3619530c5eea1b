"""Jobs as whole processes: how long they take, and how much memory they and their children hold."""

import os
import select
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import psutil

from benchmarks.job_runs import JobRun
from benchmarks.venvs import ROOT

SAMPLE_MS: Final = 100
"""Between two looks at the memory; looking takes about a hundredth of that."""

MAX_ERROR_CHARS: Final = 300


class JobError(Exception):
    """A job failed; the message is the end of what it printed."""


def run_job(command: Sequence[str], log: Path) -> JobRun:
    """Run a command from start to end, its output to `log`.

    The largest process is known from the kernel's own high-water marks. (What `wait4` returns would
    start with the memory of the process that forked.) The sum over all processes is that of
    samples, and counts pages that they share in each.

    Raises:
        JobError: its exit code is not 0.
    """
    largest = all_bytes = 0
    started = time.perf_counter()
    with open(log, "wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    ended = select.poll()
    handle = os.pidfd_open(process.pid)
    ended.register(handle, select.POLLIN)
    try:
        while not ended.poll(SAMPLE_MS):
            sizes = list(_sizes(process.pid))
            largest = max([largest, *(peak for peak, _ in sizes)])
            all_bytes = max(all_bytes, sum(now for _, now in sizes))
        seconds = time.perf_counter() - started
        code = process.wait()
    finally:
        os.close(handle)
        with suppress(ProcessLookupError):  # children that outlive it
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    if code:
        raise JobError(
            f"exit code {code}: {log.read_text(errors='replace').strip()[-MAX_ERROR_CHARS:]}"
        )
    return JobRun(seconds, largest, max(largest, all_bytes))


def _sizes(pid: int) -> Iterator[tuple[int, int]]:
    """Resident bytes of a process and its descendants: the highest so far, and now."""
    with suppress(psutil.NoSuchProcess):
        root = psutil.Process(pid)
        for process in (root, *root.children(recursive=True)):
            with suppress(OSError):  # it ended meanwhile
                lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
                kilobytes = {
                    name: int(value.split()[0])
                    for name, _, value in (line.partition(":") for line in lines)
                    if name in {"VmHWM", "VmRSS"}
                }
                yield 1024 * kilobytes.get("VmHWM", 0), 1024 * kilobytes.get("VmRSS", 0)
