"""Training data in a real object store, an S3 server of its own on loopback."""

import gzip
import io
import tarfile
import zipfile
from collections.abc import Iterator

import duckdb
import obstore
import pytest

from tests.integration.s3_server import Server, running_server
from trainer.errors import InputError
from trainer.reading.object_stores import BLOCK_BYTES
from trainer.reading.sources import (
    READ_ERRORS,
    Source,
    describe_read_error,
    find_sources,
    open_source,
    read_head,
)
from trainer.reading.store_files import StoreFile, register_stores

LINES = b"".join(b'{"message": "line %d"}\n' % number for number in range(500_000))
N_ROWS = 200_000


@pytest.fixture(scope="module")
def parquet(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Rows in several row groups, so that there are ranges to choose from."""
    path = tmp_path_factory.mktemp("parquet") / "rows.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            f"copy (select range as n, hash(range)::varchar as h from range({N_ROWS})) "
            f"to '{path}' (format parquet, row_group_size 20480)"
        )
    return path.read_bytes()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, parquet: bytes) -> Iterator[Server]:
    """The server, with objects in it."""
    with running_server(tmp_path_factory.mktemp("weed")) as started:
        store = started.wait()
        for key, content in {
            "app/plain.jsonl": LINES,
            "app/old/packed.gz": gzip.compress(LINES, 1),
            "app/rows.parquet": parquet,
            "app/_SUCCESS": b"",
            "app/_temporary/part.gz": b"",
            "application.log": b"of another program",
            "odd/100% [x] #1?.parquet": parquet,
        }.items():
            obstore.put(store, key, content)
        yield started


@pytest.fixture(autouse=True)
def environ(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """The way to the server, in the variables that any S3 client reads."""
    for name, value in server.environ.items():
        monkeypatch.setenv(name, value)


def find(*patterns: str) -> list[str]:
    """Keys of what addresses mean."""
    return [source.uri.removeprefix("s3://logs/") for source in find_sources(patterns)]


ALL = ["app/old/packed.gz", "app/plain.jsonl", "app/rows.parquet"]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("app/plain.jsonl", ["app/plain.jsonl"]),
        ("app/", ALL),
        ("", [*ALL, "application.log", "empty", "odd/100% [x] #1?.parquet"]),
        ("app/*", ["app/plain.jsonl", "app/rows.parquet"]),
        ("app/**/*.gz", ["app/old/packed.gz"]),
        ("**/*.jsonl", ["app/plain.jsonl"]),
        ("app*.log", ["application.log"]),
        ("app/_*", ["app/_SUCCESS"]),
        ("odd/100% [x] #1?.parquet", ["odd/100% [x] #1?.parquet"]),
    ],
)
def test_objects_are_found(pattern: str, expected: list[str]) -> None:
    """Keys, prefixes and globs mean in a store what files, directories and globs mean."""
    assert find(f"s3://logs/{pattern}") == expected
    assert find(f"s3://logs/{pattern}", "s3://logs/" + expected[0]) == expected
    assert pattern or find("s3://logs") == expected


def test_objects_are_opened() -> None:
    """Size and compression are known; head, whole and lines are the object's."""
    packed, plain = find_sources(["s3://logs/app/old/", "s3://logs/app/plain.jsonl"])
    assert (packed.compression, packed.splittable) == ("gzip", False)
    assert plain == Source("s3://logs/app/plain.jsonl", len(LINES), "none")
    assert plain.splittable
    assert len(LINES) > BLOCK_BYTES  # so that there are several requests
    for source in (packed, plain):
        assert read_head(source, 1000) == LINES[:1000]
        with open_source(source) as stream:
            assert stream.readline() == LINES[: LINES.index(b"\n") + 1]
            assert stream.read() == LINES[LINES.index(b"\n") + 1 :]
        with open_source(source) as stream:
            assert b"".join(iter(lambda: stream.read(262_144), b"")) == LINES


def test_objects_open_at_an_offset() -> None:
    """At any byte, the end and behind it included; an empty object has none."""
    plain, empty = find_sources(["s3://logs/app/plain.jsonl", "s3://logs/empty"])
    for start in (1, BLOCK_BYTES - 1, len(LINES) - 3, len(LINES), len(LINES) + 1):
        with open_source(plain, start) as stream:
            assert stream.read() == LINES[start:]
    with open_source(empty) as stream:
        assert stream.read() == b""
    assert read_head(empty, 10) == b""


@pytest.fixture
def n_read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Sizes of what DuckDB reads."""
    sizes: list[int] = []
    read = StoreFile.read

    def counting_read(self: StoreFile, size: int) -> bytes:
        block = read(self, size)
        sizes.append(len(block))
        return block

    monkeypatch.setattr(StoreFile, "read", counting_read)
    return sizes


def test_parquet_is_read_by_ranges(parquet: bytes, n_read: list[int]) -> None:
    """DuckDB reads objects without an extension, and only the parts that it needs."""
    sources = find_sources(["s3://logs/app/*.parquet", "s3://logs/odd/*.parquet"])
    uris = [source.uri for source in sources]
    with duckdb.connect() as connection:
        register_stores(connection, sources)
        query = "select sum(n), count(*) from read_parquet($uris)"
        (row,) = connection.execute(query, {"uris": uris}).fetchall()
        assert row == (N_ROWS * (N_ROWS - 1), 2 * N_ROWS)
        assert 0 < sum(n_read) < len(parquet)


@pytest.mark.parametrize("n_threads", [1, 4])
def test_threads_read_one_object_at_once(n_threads: int) -> None:
    """Each thread of DuckDB gets the bytes it asked for, though all share one open file."""
    sources = find_sources(["s3://logs/app/*.parquet"])
    with duckdb.connect(config={"threads": n_threads}) as connection:
        query = f"select count(*) from '{sources[0].uri}' where h = hash(n)::varchar"
        for _ in range(5):
            register_stores(connection, sources)
            assert connection.execute(query).fetchall() == [(N_ROWS,)]


def test_duckdb_knows_the_given_objects_only() -> None:
    """What was not found before is no file; nothing is ever written."""
    sources = find_sources(["s3://logs/app/*.parquet"])
    with duckdb.connect() as connection:
        register_stores(connection, sources)
        with pytest.raises(duckdb.Error, match="No files found"):
            connection.execute("from read_parquet('s3://logs/odd/*.parquet')")
        with pytest.raises(duckdb.Error, match="objects are read only"):
            connection.execute("copy (select 1) to 's3://logs/new.parquet' (format parquet)")


def test_an_object_that_changed_is_reported(server: Server) -> None:
    """What is read is one version of an object, never two put together."""
    store = server.wait()
    obstore.put(store, "changing/log", LINES)
    (source,) = find_sources(["s3://logs/changing/log"])
    with open_source(source) as stream:
        stream.readline()
        obstore.put(store, "changing/log", LINES.upper())
        with pytest.raises(READ_ERRORS) as raised:
            stream.read()
    assert describe_read_error(raised.value).endswith("the object changed while it was read")
    obstore.delete(store, "changing/log")
    with pytest.raises(InputError, match="s3://logs/changing/log: cannot be read: the object"):
        open_source(source)


@pytest.mark.parametrize(
    ("variable", "value", "pattern", "message"),
    [
        ("AWS_REGION", "us-east-1", "s3://logs/app", "no such object; for everything below"),
        ("AWS_REGION", "us-east-1", "s3://logs/none/", "no object matches"),
        ("AWS_REGION", "us-east-1", "s3://logs/app/*.zip", "no object matches"),
        ("AWS_REGION", "us-east-1", "s3://nothing/app/", "bucket does not exist; check"),
        ("AWS_ACCESS_KEY_ID", "nobody", "s3://logs/app/", "access key .* does not exist"),
        ("AWS_ALLOW_HTTP", "", "s3://logs/app/", "AWS_ALLOW_HTTP=true allows it"),
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:1", "s3://logs/app/", "does not answer"),
    ],
)
def test_what_a_store_refuses_is_reported(
    variable: str, value: str, pattern: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line with the address, what is wrong and where to look, also where nobody answers."""
    monkeypatch.setenv(variable, value)
    with pytest.raises(InputError, match=message) as raised:
        find_sources([pattern])
    assert str(raised.value).startswith(f"{pattern}: ")
    assert "\n" not in str(raised.value)


MEMBERS = {"logs/a.log": LINES, "logs/b.log": LINES[:100_000], "c.log": LINES[:1_000]}


def zipped() -> bytes:
    """The members in a zip archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in MEMBERS.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def tarred(mode: str) -> bytes:
    """The members in a tar archive."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:  # type: ignore[call-overload] # modes of a table
        for name, data in MEMBERS.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.zip", zipped()), ("a.tar", tarred("w")), ("a.tar.gz", tarred("w:gz"))],
)
def test_archives_are_read_where_they_lie(server: Server, name: str, content: bytes) -> None:
    """Their files are found by the archive's name and below a prefix, and read in any order."""
    store = server.wait()
    obstore.put(store, f"packed/{name}", content)
    sources = find_sources([f"s3://logs/packed/{name}"])
    assert {source.uri.removeprefix(f"s3://logs/packed/{name}/") for source in sources} == {
        *MEMBERS
    }
    assert find_sources(["s3://logs/packed/"]) == sources
    for source in [*sources, *reversed(sources)]:
        expected = MEMBERS[source.uri.removeprefix(f"s3://logs/packed/{name}/")]
        assert source.lasting
        assert read_head(source, 50) == expected[:50]
        with open_source(source) as stream:
            assert stream.read() == expected
    obstore.put(store, f"packed/{name}", content[: len(content) // 2])
    with pytest.raises(InputError, match=f"s3://logs/packed/{name}: "):
        find_sources([f"s3://logs/packed/{name}"])
    (broken,) = find_sources(["s3://logs/packed/"])
    assert broken.problem.startswith(f"s3://logs/packed/{name}: ")
    obstore.delete(store, f"packed/{name}")
