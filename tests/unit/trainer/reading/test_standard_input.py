"""Standard input as a source."""

import io
import random
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.stored_bytes import CONTENT, STORED
from trainer.errors import InputError
from trainer.reading.sources import find_sources, open_source, read_head


class Trickle(io.RawIOBase):
    """A pipe whose writer is in no hurry: each read gives a few bytes."""

    def __init__(self, content: bytes) -> None:
        self._content = io.BytesIO(content)
        self._random = random.Random(1)

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override] # no name before 3.12
        """Some of what the caller asks for."""
        size = self._random.randint(1, 3000)
        return self._content.readinto(buffer[:size])


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], None]:
    """Puts bytes into standard input."""

    def fill(content: bytes) -> None:
        stream = io.TextIOWrapper(io.BufferedReader(Trickle(content)))
        monkeypatch.setattr(sys, "stdin", stream)

    return fill


@pytest.mark.parametrize("stored", STORED)
def test_standard_input_is_read_after_its_head(
    stored: str, pipe: Callable[[bytes], None], tmp_path: Path
) -> None:
    """The head may be read, twice and differently, and the whole is read all the same."""
    pipe(STORED[stored])
    (tmp_path / "log").touch()
    source, other = find_sources(["-", str(tmp_path / "log"), "-"])
    assert (source.uri, source.size_bytes, source.splittable) == ("-", None, False)
    assert source.compression == stored.partition("-")[0]
    assert other.uri == str(tmp_path / "log")
    assert read_head(source, 100_000) == CONTENT[:100_000]
    assert read_head(source, 10) == CONTENT[:10]
    with open_source(source) as stream:
        assert stream.readline() == b"0 \n"
        assert b"0 \n" + stream.read() == CONTENT
    assert not sys.stdin.buffer.closed
    for opened in (open_source, lambda source: read_head(source, 10)):
        with pytest.raises(InputError, match="standard input can be read once only"):
            opened(source)


def test_each_standard_input_is_its_own(pipe: Callable[[bytes], None]) -> None:
    """Nothing of a source is seen in another that takes its place; an empty source is fine."""
    for content in (b"first\n", b"", b"second\n"):
        pipe(content)
        (source,) = find_sources(["-"])
        with open_source(source) as stream:
            assert stream.read() == content


def test_a_process_may_have_no_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """That is reported like a missing file."""
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(InputError, match="-: there is no standard input"):
        find_sources(["-"])
