"""Reading training data."""

import gzip
import json
from pathlib import Path

import pytest

from trainer.errors import InputError
from trainer.reading import MAX_LINE_BYTES, read_features

LINE = json.dumps(
    {
        "message_length": 120,
        "level": "INFO",
        "service": "a",
        "has_exception": False,
        "has_timeout": False,
        "has_connection_error": False,
    }
).encode()


@pytest.mark.parametrize("compress", [bytes, gzip.compress], ids=["plain", "gzip"])
@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n", b"\n\n  \n"])
def test_lines_are_read(tmp_path: Path, compress: object, end: bytes) -> None:
    """Plain or gzipped, with or without a last newline, with blank lines."""
    path = tmp_path / "logs"
    path.write_bytes(compress(LINE + b"\n\n" + LINE + end))  # type: ignore[operator]
    assert [log.message_length for log in read_features(path)] == [120, 120]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (LINE + b"\n{}\n", r"logs:2: message_length: is required; level: is required"),
        (LINE + b"\n" + LINE.replace(b"INFO", b"LOUD"), r"logs:2: level: Expected one of DEBUG"),
        (LINE + b"\nnot json\n", r"logs:2: not JSON"),
        (b"[]\n", r"logs:1: line: Expected `object`"),
        (b"x" * (MAX_LINE_BYTES + 1), r"logs:1: longer than"),
        (gzip.compress(LINE * 50)[:-20], r"logs: damaged gzip"),
        (gzip.compress(LINE)[:-1], r"logs: damaged gzip"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, content: bytes, message: str) -> None:
    """File, line and field stand in the error."""
    path = tmp_path / "logs"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        list(read_features(path))


@pytest.mark.parametrize("name", ["missing", "."])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str) -> None:
    """A missing file and a directory are one clear error."""
    with pytest.raises(InputError, match=str(tmp_path)):
        list(read_features(tmp_path / name))
