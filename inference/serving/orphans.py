"""Ends a worker whose master is gone.

A master that is killed (SIGKILL, out of memory) cannot end its workers, which would go on
answering and hold the port, so that no other service could start in its place.
"""

import logging
import os
import signal
import threading
import time
from typing import Final

LOOK_S: Final = 1.0
"""How often a worker checks who its parent is."""

GRACE_S: Final = 5.0
"""How long it then may finish what it has begun."""

ORPHANED_EXIT: Final = 1

_log = logging.getLogger(__name__)


def end_with(parent: int) -> None:
    """End this process some seconds after its parent, whatever it is doing then.

    By a thread, since the loop may be busy, or gone while a request is waited for. A training that
    is cut off publishes nothing.

    Args:
        parent: id of the process that made this process.
    """
    threading.Thread(target=_watch, args=(parent,), name="parent-watch", daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK_S)
    _log.warning("worker.orphaned", extra={"parent": parent})
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_S)
    os._exit(ORPHANED_EXIT)
