"""Where training data is, and how it is opened."""

import gzip
import io
import os
import pickle
from pathlib import Path

import lz4.frame
import pytest
from backports import zstd

from inference.store.objects import describe_store_error
from tests.stored_bytes import CONTENT, HALF, STORED
from trainer.errors import InputError
from trainer.reading.sources import (
    READ_ERRORS,
    Source,
    describe_read_error,
    find_sources,
    open_source,
    read_head,
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of logs, which is the working directory's `logs`."""
    monkeypatch.chdir(tmp_path)
    for name in ["b.log", "a.log", "old/c.log", "old/.d.log", "_tmp/e.log", "_SUCCESS", ".git/f"]:
        path = tmp_path / "logs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return tmp_path / "logs"


def uris(*patterns: str) -> list[str]:
    """The names of what patterns mean."""
    return [source.uri for source in find_sources(patterns)]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        (["logs/b.log", "logs/a.log"], ["logs/b.log", "logs/a.log"]),
        (["logs"], ["logs/a.log", "logs/b.log", "logs/old/c.log"]),
        (["logs/"], ["logs/a.log", "logs/b.log", "logs/old/c.log"]),
        (["logs/*"], ["logs/a.log", "logs/b.log"]),
        (["logs/**/*.log"], ["logs/a.log", "logs/b.log", "logs/old/c.log"]),
        (["logs/**"], ["logs/a.log", "logs/b.log", "logs/old/c.log"]),
        (["logs/[b-z].l?g"], ["logs/b.log"]),
        (["logs/_*"], ["logs/_SUCCESS"]),
        (["logs/_tmp/*"], ["logs/_tmp/e.log"]),
        (["logs/_SUCCESS", "logs/old/.*"], ["logs/_SUCCESS", "logs/old/.d.log"]),
        (["logs/b.log", "logs"], ["logs/b.log", "logs/a.log", "logs/old/c.log"]),
        (["logs/a.log", "./logs/old/../a.log"], ["logs/a.log"]),
    ],
)
def test_patterns_are_found(patterns: list[str], expected: list[str]) -> None:
    """Patterns keep their order, are sorted within, skip hidden names, and give nothing twice."""
    assert uris(*patterns) == expected


def test_a_link_does_not_count_a_file_twice(folder: Path) -> None:
    """A link to a log beside it is the same log."""
    (folder / "current.log").symlink_to(folder / "b.log")
    assert uris("logs") == ["logs/a.log", "logs/b.log", "logs/old/c.log"]


def test_glob_characters_can_be_part_of_a_name(folder: Path) -> None:
    """A file that exists is taken by its name, whatever is in it."""
    (folder / "[x]*.log").write_text("")
    assert uris("logs/[x]*.log") == ["logs/[x]*.log"]


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("logs/z.log", r"logs/z\.log: cannot be read: No such file"),
        ("logs/a.log/x", r"logs/a\.log/x: cannot be read: Not a directory"),
        ("logs/*.gz", r"logs/\*\.gz: no file matches"),
        ("logs/empty", r"logs/empty: no file is in this directory"),
        ("logs/pipe", r"logs/pipe: no regular file; a pipe can be read as -"),
        ("http://127.0.0.1/a.log", r"http://127\.0\.0\.1/a\.log: expected s3://bucket/key"),
        ("s3://", r"s3://: expected s3://bucket/key"),
    ],
)
def test_what_cannot_be_found_is_named(folder: Path, pattern: str, message: str) -> None:
    """One clear error for a pattern without a file, and for what is no file."""
    (folder / "empty").mkdir()
    (folder / "empty" / "_SUCCESS").touch()
    (folder / "broken").mkdir()
    (folder / "broken" / "nothing").symlink_to(folder / "missing")
    os.mkfifo(folder / "pipe")
    with pytest.raises(InputError, match=message):
        find_sources(["logs/a.log", pattern])


@pytest.mark.parametrize("pattern", ["logs/*", "logs/broken*", "logs"])
def test_what_nobody_spelt_out_may_be_unreadable(folder: Path, pattern: str) -> None:
    """A link to nothing in a folder is a source with its problem, and stops nothing."""
    (folder / "broken.log").symlink_to(folder / "missing")
    problems = {source.uri: source.problem for source in find_sources([pattern])}
    assert problems.pop("logs/broken.log").startswith("logs/broken.log: cannot be read: No such")
    assert set(problems.values()) <= {""}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_is_named(folder: Path) -> None:
    """A file without permission that was spelt out stops before anything is read."""
    (folder / "a.log").chmod(0)
    with pytest.raises(InputError, match=r"logs/a\.log: cannot be read: Permission denied"):
        find_sources(["logs/a.log"])


@pytest.mark.parametrize("stored", STORED)
def test_sources_are_opened(tmp_path: Path, stored: str) -> None:
    """Bytes come decompressed, all members of them, whatever the name says; to workers too."""
    path = tmp_path / "log.txt"
    path.write_bytes(STORED[stored])
    (source,) = find_sources([str(path)])
    assert source == Source(str(path), len(STORED[stored]), stored.partition("-")[0])  # type: ignore[arg-type] # is one of them
    assert source.splittable == (stored == "none")
    assert read_head(source, 1000) == CONTENT[:1000]
    assert read_head(source, 10**9) == CONTENT
    with open_source(pickle.loads(pickle.dumps(source))) as stream:
        assert isinstance(stream, io.BufferedReader)
        assert stream.readline() == b"0 \n"
        assert b"0 \n" + b"".join(stream) == CONTENT


def test_plain_files_open_at_an_offset(tmp_path: Path) -> None:
    """An offset counts bytes of the file; at and behind its end there is nothing."""
    path = tmp_path / "log"
    path.write_bytes(CONTENT)
    (source,) = find_sources([str(path)])
    for start in [0, 1, HALF, len(CONTENT) - 1, len(CONTENT), len(CONTENT) + 1]:
        with open_source(source, start) as stream:
            assert stream.read() == CONTENT[start:]


def test_compressed_files_open_at_their_beginning_only(tmp_path: Path) -> None:
    """An offset into compressed bytes is a mistake of the caller."""
    path = tmp_path / "log"
    path.write_bytes(STORED["gzip"])
    (source,) = find_sources([str(path)])
    with pytest.raises(ValueError, match="offset"):
        open_source(source, 1)


@pytest.mark.parametrize("content", [b"", b"x", b"\x1f"])
def test_tiny_files_are_plain(tmp_path: Path, content: bytes) -> None:
    """Less than the bytes that show the compression is fine, nothing at all as well."""
    path = tmp_path / "log"
    path.write_bytes(content)
    (source,) = find_sources([str(path)])
    assert source == Source(str(path), len(content), "none")
    assert read_head(source, 10) == content
    with open_source(source) as stream:
        assert stream.read() == content


def test_a_file_that_went_is_named(tmp_path: Path) -> None:
    """Between finding and opening a file may vanish."""
    for compression in ("none", "gzip", "zstd", "lz4"):
        source = Source(str(tmp_path / "gone"), 1, compression)
        for opened in (open_source, lambda source: read_head(source, 10)):
            with pytest.raises(InputError, match="gone: cannot be read: No such file"):
                opened(source)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (STORED["gzip"][:-9], "ends too early"),
        (STORED["zstd"][:-9], "ends too early"),
        (STORED["lz4"][:-9], "ends too early"),
        (STORED["lz4"][:-4], "ends too early"),
        (gzip.compress(CONTENT)[:-8] + b"\0" * 8, "damaged gzip"),
        (gzip.compress(CONTENT) + b"more", "damaged gzip"),
        (gzip.compress(CONTENT)[:2000] + b"\xff" * 2000, "damaged gzip"),
        (zstd.compress(CONTENT) + b"more and more", "damaged zstd"),
        (lz4.frame.compress(CONTENT) + b"more and more", "damaged lz4"),
        (lz4.frame.compress(CONTENT, content_checksum=True)[:-4] + b"0000", "damaged lz4"),
    ],
)
def test_damaged_bytes_are_reported(tmp_path: Path, content: bytes, message: str) -> None:
    """Reading fails in one of the known ways, each with a phrase; the head is still there."""
    path = tmp_path / "log"
    path.write_bytes(content)
    (source,) = find_sources([str(path)])
    assert read_head(source, 100) == CONTENT[:100]
    with open_source(source) as stream, pytest.raises(READ_ERRORS) as raised:
        stream.read()
    assert message in describe_read_error(raised.value)


def test_bytes_damaged_from_the_beginning_have_no_head(tmp_path: Path) -> None:
    """Where nothing can be read, that is the error."""
    path = tmp_path / "log"
    path.write_bytes(b"\x1f\x8bnothing of the kind")
    (source,) = find_sources([str(path)])
    with pytest.raises(InputError, match="log: damaged gzip data"):
        read_head(source, 100)


def test_signatures_and_innards_stay_out_of_errors() -> None:
    """Of an error of the store one line is shown, without what follows a question mark."""
    error = OSError(
        "Error performing GET http://h/b?sig=secret in 1ms - 403: <Error><Message>No\n access"
        "</Message></Error>\n\nDebug source:\nsecret"
    )
    assert describe_store_error(error) == "the object store says: No access"
    error = OSError("Error performing GET http://h/b?sig=secret - 500\n\nDebug source:\nsecret")
    assert "secret" not in describe_store_error(error)
