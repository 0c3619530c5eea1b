"""UTF-16, as programs on Windows write it."""

import codecs
from pathlib import Path

import pytest

from trainer.reading.sources import Source, find_sources, open_source, read_head

TEXT = "".join(f"line {number} café \U0001f600\r\n" for number in range(20_000))


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [(codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")],
)
def test_it_is_read_as_utf_8(tmp_path: Path, mark: bytes, encoding: str) -> None:
    """All of it, in either order of bytes, without its mark, from the beginning only."""
    path = tmp_path / "ERRORLOG"
    path.write_bytes(mark + TEXT.encode(encoding))
    (source,) = find_sources([str(path)])
    assert source == Source(str(path), path.stat().st_size, "utf-16")
    assert not source.splittable
    assert read_head(source, 5) == b"line "
    with open_source(source) as stream:
        assert stream.read() == TEXT.encode()


def test_half_a_character_at_the_end_is_reported(tmp_path: Path) -> None:
    """What was cut off becomes U+FFFD; nothing before it is lost."""
    path = tmp_path / "cut.log"
    path.write_bytes(codecs.BOM_UTF16_LE + "up\n".encode("utf-16-le") + b"x")
    (source,) = find_sources([str(path)])
    with open_source(source) as stream:
        assert stream.read().decode() == "up\n\ufffd"


def test_utf_32_is_no_utf_16(tmp_path: Path) -> None:
    """Its mark begins with the same two bytes."""
    path = tmp_path / "x.log"
    path.write_bytes("up\n".encode("utf-32"))
    assert find_sources([str(path)])[0].compression == "none"
