"""How the C library keeps the memory of a job."""

import subprocess
import sys

SCRIPT = """
import threading
from trainer.cli.allocator import keep_one_heap
keep_one_heap()
held = []
threads = [threading.Thread(target=lambda: held.append(bytearray(100_000))) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
import ctypes
ctypes.CDLL(None).malloc_stats()
"""


def test_threads_of_a_job_share_one_heap() -> None:
    """A single arena is counted, though several threads have taken memory."""
    done = subprocess.run([sys.executable, "-c", SCRIPT], check=True, capture_output=True)
    arenas = [line for line in done.stderr.splitlines() if line.startswith(b"Arena")]
    assert arenas == [b"Arena 0:"]
