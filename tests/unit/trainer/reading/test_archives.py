"""Files within zip and tar archives, read where they lie."""

import gzip
import io
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Final

import pytest

from trainer.counting.parts import NOWHERE
from trainer.errors import InputError
from trainer.jobs.dataset import Dataset
from trainer.reading import archives
from trainer.reading.faults import Faults
from trainer.reading.records import read_records
from trainer.reading.sources import find_sources

LINE: Final = "2024-05-01 10:00:00,123 WARN  [main] shop.Cart - full {n}\n"
PLAIN: Final = "".join(LINE.format(n=n) for n in range(500)).encode()
JSON: Final = b'{"message": "up", "level": "INFO"}\n' * 300
FILES: Final = {
    "logs/cart.log": PLAIN,
    "logs/old/pay-2024-05-01.json": JSON,
    "./cart.log.gz": gzip.compress(PLAIN, mtime=0),
    "/var/log/absolute.log": PLAIN,
    "../../above.log": PLAIN,
    "empty.log": b"",
    ".hidden": PLAIN,
    "__MACOSX/logs": PLAIN,
    "picture.png": b"\x89PNG\r\n\x1a\n" + bytes(100),
}


def write_zip(path: Path, files: dict[str, bytes]) -> None:
    """A zip archive."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)


def write_tar(path: Path, files: dict[str, bytes]) -> None:
    """A tar archive, compressed as its name says, with links and a folder."""
    mode = {".gz": "w:gz", ".xz": "w:xz", ".bz2": "w:bz2"}.get(path.suffix, "w")
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]  # modes of a table
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE):
            entry = tarfile.TarInfo(f"special{kind!r}")
            entry.type, entry.linkname = kind, "/etc/passwd"
            archive.addfile(entry)


def read(path: Path) -> tuple[dict[str, int], Dataset]:
    """How many records each file has, by its name behind the folder."""
    data = Dataset.find([str(path)])
    found: dict[str, int] = {}
    for partition in data.partitions:
        faults = Faults()
        name = partition.source.uri.removeprefix(f"{path.parent}/")
        found[name] = found.get(name, 0) + sum(1 for _ in read_records(partition, faults))
        assert faults.n_bad == 0
    return found, data


@pytest.mark.parametrize(
    ("name", "write"),
    [("a.zip", write_zip), ("a.tar", write_tar), ("a.tar.gz", write_tar), ("a.tar.xz", write_tar)],
)
def test_members_are_files_of_their_own(
    tmp_path: Path, name: str, write: Callable[[Path, dict[str, bytes]], None]
) -> None:
    """Each with its own plan and name; what is no log is passed over, links are left out."""
    path = tmp_path / name
    write(path, FILES)
    found, data = read(path)
    assert found == {
        f"{name}/logs/cart.log": 500,
        f"{name}/logs/old/pay-2024-05-01.json": 300,
        f"{name}/cart.log.gz": 500,
        f"{name}/var/log/absolute.log": 500,
        f"{name}/above.log": 500,
    }
    assert any(f"{name}/picture.png: is a picture" in sentence for sentence in data.detected)
    assert not any("special" in sentence or "passwd" in sentence for sentence in data.detected)


def test_members_are_read_in_any_order(tmp_path: Path) -> None:
    """Forwards goes on in the same stream, backwards begins anew."""
    path = tmp_path / "a.tar.gz"
    write_tar(path, {f"{n}.log": PLAIN + LINE.format(n=n * 1_000).encode() for n in range(5)})
    parts = Dataset.find([str(path)]).partitions
    for part in [*parts, *reversed(parts), parts[2], parts[2]]:
        messages = [record.message for record in read_records(part, Faults())]
        assert len(messages) == 501
        assert messages[-1] == f"full {int(part.source.uri[-5]) * 1_000}"


def test_only_archives_that_hold_logs_are_looked_into(tmp_path: Path) -> None:
    """A program that is a zip archive too is none, unless a user names it."""
    (tmp_path / "app.log").write_bytes(PLAIN)
    write_zip(tmp_path / "app.jar", FILES)
    write_zip(tmp_path / "logs.zip", FILES)
    found = {source.uri.removeprefix(f"{tmp_path}/") for source in find_sources([str(tmp_path)])}
    assert {"app.jar", "app.log", "logs.zip/logs/cart.log"} <= found
    assert len(find_sources([str(tmp_path / "app.jar")])) == 7


def cut(path: Path) -> None:
    """A file without its end."""
    path.write_bytes(path.read_bytes()[:-600])


def test_damaged_archives_are_named(tmp_path: Path) -> None:
    """Whatever is broken."""
    write_zip(tmp_path / "a.zip", FILES)
    write_tar(tmp_path / "a.tar.gz", FILES)
    for name in ("a.zip", "a.tar.gz"):
        cut(tmp_path / name)
        with pytest.raises(InputError, match=f"{name}: "):
            find_sources([str(tmp_path / name)])
    write_zip(tmp_path / "none.zip", {})
    with pytest.raises(InputError, match="is a zip archive without files"):
        find_sources([str(tmp_path / "none.zip")])


def test_a_broken_member_fails_alone(tmp_path: Path) -> None:
    """One that is encrypted or whose bytes are damaged is passed over with its name."""
    path = tmp_path / "a.zip"
    write_zip(path, {"a.log": PLAIN, "b.log": JSON})
    raw = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        at = archive.getinfo("a.log").header_offset
    raw[at + 60 : at + 70] = b"\xff" * 10
    path.write_bytes(raw)
    data = Dataset.find([str(path)])
    assert [part.source.uri.rpartition("/")[2] for part in data.partitions] == ["b.log"]
    assert any("a.zip/a.log: " in sentence for sentence in data.detected)
    central = raw.rindex(b"PK\x01\x02")
    raw[central + 8] |= 1
    path.write_bytes(raw)
    with pytest.raises(InputError, match=r"b\.log: is encrypted"):
        Dataset.find([str(path)])


@pytest.mark.parametrize(("name", "write"), [("a.zip", write_zip), ("a.tar.gz", write_tar)])
def test_bombs_are_refused(
    tmp_path: Path, name: str, write: Callable[[Path, dict[str, bytes]], None]
) -> None:
    """What unpacks to very many times its size, or has very many files."""
    path = tmp_path / name
    write(path, {f"{n}.log": bytes(30_000_000) for n in range(10)})
    assert path.stat().st_size < 1_000_000
    with pytest.raises(InputError, match=f"{name}: unpacks to more than 250 times its size"):
        find_sources([str(path)])
    write(path, {f"{n}": b"" for n in range(archives.MAX_MEMBERS + 1)})
    with pytest.raises(InputError, match="more than 10,000 files"):
        find_sources([str(path)])


def test_names_cannot_write_to_a_terminal(tmp_path: Path) -> None:
    """Control characters of a name are shown as U+FFFD."""
    write_tar(tmp_path / "a.tar", {"a\x1b[2J\n.log": PLAIN})
    (source,) = find_sources([str(tmp_path / "a.tar")])
    assert source.uri.endswith("/a\ufffd[2J\ufffd.log")


def write_packed_zip(path: Path, files: dict[str, bytes]) -> None:
    """A zip archive that was compressed once more."""
    write_zip(path, files)
    path.write_bytes(gzip.compress(path.read_bytes(), mtime=0))


def test_a_compressed_zip_archive_is_named(tmp_path: Path) -> None:
    """Its list of files is at its end."""
    write_packed_zip(tmp_path / "a.zip.gz", FILES)
    with pytest.raises(InputError, match=r"a\.zip\.gz is a zip archive, .* unpack it"):
        Dataset.find([str(tmp_path / "a.zip.gz")])


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[bytes], None]:
    """Puts bytes into standard input, and what is temporary into a folder of its own."""
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))

    def fill(content: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))

    return fill


def left(tmp_path: Path) -> list[Path]:
    """What is in the folder for what is temporary."""
    return list((tmp_path / "tmp").iterdir())


@pytest.mark.parametrize(
    ("name", "write"), [("a.zip", write_zip), ("a.tar", write_tar), ("a.tar.xz", write_tar)]
)
def test_archives_come_by_standard_input(
    tmp_path: Path,
    given: Callable[[bytes], None],
    name: str,
    write: Callable[[Path, dict[str, bytes]], None],
) -> None:
    """They are read as files are, also twice, but nobody finds them later."""
    write(tmp_path / name, FILES)
    given((tmp_path / name).read_bytes())
    expected, _ = read(tmp_path / name)
    data = Dataset.find(["-"])
    found = {part.source.uri: 0 for part in data.partitions}
    for part in [*data.partitions, *reversed(data.partitions)]:
        found[part.source.uri] += sum(1 for _ in read_records(part, Faults()))
    assert found == {f"-{key.removeprefix(name)}": 2 * n for key, n in expected.items()}
    holdings = data.count()
    assert holdings.table.counts.sum() == sum(expected.values())
    assert set(holdings.parts) == {NOWHERE}
    assert set(find_sources(["-"])) >= set(data.sources)


def test_what_came_by_standard_input_leaves_nothing(
    tmp_path: Path, given: Callable[[bytes], None]
) -> None:
    """The temporary file goes with the stream that it is a copy of."""
    write_zip(tmp_path / "a.zip", FILES)
    given((tmp_path / "a.zip").read_bytes())
    assert find_sources(["-"])
    assert len(left(tmp_path)) == 1
    given(PLAIN)
    assert [source.uri for source in find_sources(["-"])] == ["-"]
    assert left(tmp_path) == []


def test_scratch_space_is_not_filled(
    tmp_path: Path, given: Callable[[bytes], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An archive that takes more than half of the room is refused, and leaves nothing."""
    write_tar(tmp_path / "a.tar", FILES)
    given((tmp_path / "a.tar").read_bytes())
    size = (tmp_path / "a.tar").stat().st_size
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=2 * size - 2))
    with pytest.raises(InputError, match=r"-: an archive .* less than twice the room .* TMPDIR"):
        find_sources(["-"])
    assert left(tmp_path) == []


@pytest.mark.parametrize("cut", [slice(-600), slice(4)])
def test_damaged_standard_input_is_named(
    tmp_path: Path, given: Callable[[bytes], None], cut: slice
) -> None:
    """As a file would be."""
    write_zip(tmp_path / "a.zip", FILES)
    given((tmp_path / "a.zip").read_bytes()[cut])
    with pytest.raises(InputError, match="-: damaged zip archive"):
        find_sources(["-"])


def test_an_archive_that_was_replaced_is_read_anew(tmp_path: Path) -> None:
    """What is kept of an archive between its files is not another archive's."""
    for name, write in (("a.zip", write_zip), ("a.tar", write_tar)):
        for text in (PLAIN, PLAIN.replace(b"full", b"void")):
            write(tmp_path / "new", {"a.log": text, "b.log": text})
            (tmp_path / "new").replace(tmp_path / name)
            for part in Dataset.find([str(tmp_path / name)]).partitions:
                (record, *_) = read_records(part, Faults())
                assert record.message is not None
                assert record.message.encode() == text.partition(b" - ")[2].partition(b"\n")[0]
