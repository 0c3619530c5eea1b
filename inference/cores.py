"""How much of the machine's processors is for this process."""

import os
from pathlib import Path, PurePosixPath
from typing import Final

_OWN_GROUP: Final = Path("/proc/self/cgroup")
_GROUPS: Final = Path("/sys/fs/cgroup")


def usable_cores(own_group: Path = _OWN_GROUP, groups: Path = _GROUPS) -> int:
    """Cores that this process may use: those that it may run on, or fewer by its CPU limit.

    A container's limit is a quota of time, so a process in it sees all cores of the node and may
    run on each; more threads than the limit allows would only wait in turns. A part of a core
    counts as a whole core. The limit is read from Linux's control groups of version 2, from the
    process's own group up to the topmost that can be seen.

    Args:
        own_group: says in which group this process is.
        groups: where the groups are mounted.
    """
    cores = len(os.sched_getaffinity(0))
    name = _read(own_group).rpartition("0::/")[2].partition("\n")[0]
    path = PurePosixPath(name.lstrip("/"))
    for group in (path, *path.parents):
        quota, _, period = _read(groups / group / "cpu.max").strip().partition(" ")
        if quota.isdecimal() and period.isdecimal() and int(period):
            whole = -(-int(quota) // int(period))  # rounded up
            cores = min(cores, whole)
    return max(cores, 1)


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except (OSError, ValueError):
        return ""  # another system, or version 1
