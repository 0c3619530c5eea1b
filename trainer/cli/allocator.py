"""How the C library keeps the memory of a job."""

import ctypes
from contextlib import suppress
from typing import Final

_M_ARENA_MAX: Final = -8
"""glibc, malloc.h."""


def keep_one_heap() -> None:
    """Have all threads of this process take memory from one heap.

    glibc gives nearly each thread a heap of its own, and what one of them has freed no other takes:
    a fit, whose columns come and go on several threads, would hold a fifth more. It has to be said
    before threads start. Other C libraries are left as they are.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)
