"""Reads files of unknown origin: regular files of an expected size."""

import errno
import os
import stat
from pathlib import Path


def read_bounded(path: Path, max_bytes: int) -> bytes:
    """Read a whole regular file; never wait for a pipe or device in its place.

    Opening a pipe without a writer would wait for ever without `O_NONBLOCK`.

    Args:
        path: where it is; links are followed, as Kubernetes makes them for mounted files.
        max_bytes: how many bytes it may have.

    Raises:
        OSError: there is none, it is no regular file, or it has more bytes; `strerror` says which.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, "rb", buffering=0) as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "it is no regular file")
        data = file.read(max_bytes + 1) or b""
        while len(data) <= max_bytes and (more := file.read(max_bytes + 1 - len(data))):
            data += more  # a signal or a network file system may cut a read short
    if len(data) > max_bytes:
        raise OSError(errno.EFBIG, f"it has more than {max_bytes} bytes")
    return data
