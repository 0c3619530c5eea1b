"""Reading training data: JSON lines of features, plain or gzipped."""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from schemas.features import LogFeatures
from schemas.validation import BodyDecoder, InvalidBodyError, MalformedJsonError
from trainer.errors import InputError

MAX_LINE_BYTES: Final = 1_048_576

_GZIP_MAGIC: Final = b"\x1f\x8b"


def read_features(path: Path) -> Iterator[LogFeatures]:
    """The features in a file, line by line; blank lines are skipped.

    Raises:
        InputError: the file cannot be read, or a line is wrong; names file, line and fields.
    """
    decode = BodyDecoder(LogFeatures).decode
    number = 0
    try:
        with _open(path) as file:
            while line := file.readline(MAX_LINE_BYTES + 1):
                number += 1
                if len(line) > MAX_LINE_BYTES:
                    raise InputError(f"{path}:{number}: longer than {MAX_LINE_BYTES} bytes")
                if not line.isspace():
                    yield decode(line)
    except InvalidBodyError as error:
        faults = "; ".join(f"{fault.path or 'line'}: {fault.message}" for fault in error.errors)
        raise InputError(f"{path}:{number}: {faults}") from error
    except MalformedJsonError as error:
        raise InputError(f"{path}:{number}: not JSON: {error}") from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(f"{path}: damaged gzip behind line {number}: {error}") from error
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from error


def _open(path: Path) -> IO[bytes]:
    """Open a file, gzipped or not as its first bytes say."""
    with open(path, "rb") as file:
        magic = file.read(len(_GZIP_MAGIC))
    if magic == _GZIP_MAGIC:
        return gzip.open(path, "rb")  # type: ignore[return-value]  # a GzipFile reads as an IO
    return open(path, "rb")
