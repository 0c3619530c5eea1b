"""Archives to work on, made of real logs: the same logs make the same records.

Features: rows drawn from one pool of tuples, each of which is a real tuple with another length and
now and then other flags. Raw lines: the real lines over and over, every third with a number of its
own in its message, so that no memory of messages seen before answers for them.
"""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import duckdb
import msgspec

from schemas.api.predictions import RawLog
from schemas.record.features import MAX_MESSAGE_LENGTH, LogFeatures

POOL_SIZE: Final = 358_581
"""Distinct tuples, in every archive of features."""

LINE_BYTES: Final = 550
MEMORY_LIMIT: Final = "2GB"
"""Of DuckDB while it makes files; what is more goes to disk, into the same folder."""

_FLAGS: Final = ("has_exception", "has_timeout", "has_connection_error")
_FLIP: Final = 0.02
_MARKED: Final = 3
"""One line in so many has a number of its own."""

_TRACE_BYTES: Final = len(b',"trace":""')
_MARK_DIGITS: Final = 8
_ADDED_BYTES: Final = round((_MARK_DIGITS + 3) / _MARKED) + 1
"""What marks add to a line on average, and its end."""

_LINES_AT_ONCE: Final = 20_000


class LinesFile(msgspec.Struct, frozen=True):
    """An archive of raw lines.

    Attributes:
        path: where it is.
        n_lines: how many lines it has.
        size_bytes: how large it is.
        distinct_share: share of the messages that are distinct.
    """

    path: Path
    n_lines: int
    size_bytes: int
    distinct_share: float


def make_pool(real: Sequence[LogFeatures], size: int) -> list[LogFeatures]:
    """Distinct tuples like real tuples, from which archives are drawn."""
    choose = random.Random(1)  # noqa: S311 - reproducible, not secret
    # Each distinct tuple as likely as any other: common tuples would be drawn over and over.
    real = list(dict.fromkeys(real))
    pool: dict[LogFeatures, None] = {}
    while len(pool) < size:
        log = choose.choice(real)
        length = round((log.message_length + 1) * choose.lognormvariate(0, 1))
        flags = {name: getattr(log, name) != (choose.random() < _FLIP) for name in _FLAGS}
        pool[
            msgspec.structs.replace(log, message_length=min(length, MAX_MESSAGE_LENGTH), **flags)
        ] = None
    return list(pool)


def make_features_files(
    folder: Path, pool: Sequence[LogFeatures], sizes: Sequence[int]
) -> dict[int, Path]:
    """Parquet files of so many rows each, in which every tuple of the pool occurs.

    Which tuple a row holds is a hash of its number, skewed: the commonest tenth of the pool makes
    over half of the rows. Rows at equal distances hold each tuple once.

    Returns:
        The files by size; no size is smaller than the pool.
    """
    pool_file = folder / "pool.jsonl"
    pool_file.write_bytes(msgspec.json.Encoder().encode_lines(list(pool)))
    files = {size: folder / f"{size}.parquet" for size in sizes}
    with duckdb.connect(
        config={"memory_limit": MEMORY_LIMIT, "temp_directory": str(folder / "spill")}
    ) as connection:
        connection.execute("SET enable_progress_bar = false")
        connection.execute(
            f"CREATE TABLE pool AS SELECT row_number() OVER () - 1 AS id, * "
            f"FROM read_json('{pool_file}', format = 'newline_delimited')"
        )
        for size, file in files.items():
            step = size // len(pool)
            connection.execute(
                f"""
                COPY (
                  SELECT pool.* EXCLUDE (id) FROM (
                    SELECT CASE
                      WHEN range % {step} = 0 AND range // {step} < {len(pool)}
                        THEN range // {step}
                      ELSE least({len(pool)} - 1,
                        floor({len(pool)} * pow(hash(range) / 18446744073709551616.0, 4))::BIGINT)
                    END AS id FROM range({size})
                  ) JOIN pool USING (id)
                ) TO '{file}' (FORMAT parquet)
                """
            )
    pool_file.unlink()
    return files


def make_lines_file(path: Path, real: Sequence[bytes], size_bytes: int) -> LinesFile:
    """Raw JSON lines of 550 bytes on average, if the real lines are not longer.

    Shorter lines get a field that no model reads.

    Args:
        path: where to write.
        real: JSON objects with a `message`, none of them empty.
        size_bytes: how large the file gets, give or take a part.
    """
    logs = [msgspec.json.decode(line, type=dict[str, object]) for line in real]
    messages = {log["message"] for log in logs}
    mean = sum(map(len, map(msgspec.json.encode, logs))) // len(logs) + _ADDED_BYTES
    digits = LINE_BYTES - mean - _TRACE_BYTES
    if digits >= _MARK_DIGITS:
        logs = [log | {"trace": f"{number:0{digits}x}"} for number, log in enumerate(logs)]
    return _write(path, [_split(log) for log in logs], len(messages), size_bytes)


def make_text_file(path: Path, real: Sequence[bytes], size_bytes: int) -> LinesFile:
    """The same logs as log4j writes them, each in one line.

    Args:
        path: where to write.
        real: JSON objects with `message`, `level` and `service`.
        size_bytes: how large the file gets, give or take a part.
    """
    logs = [msgspec.json.decode(line, type=RawLog) for line in real]
    messages = [" ".join(log.message.split()) for log in logs]
    parts = [
        (
            f"2026-11-26 10:00:{number % 60:02},{number % 1000:03} {log.level.value} "
            f"[main] {log.service}: ".encode(),
            f"{message}\n".encode(),
        )
        for number, (log, message) in enumerate(zip(logs, messages, strict=True))
    ]
    return _write(path, parts, len(set(messages)), size_bytes)


def _write(
    path: Path, parts: Sequence[tuple[bytes, bytes]], n_messages: int, size_bytes: int
) -> LinesFile:
    n_lines = n_marked = written = 0
    lines = _lines(parts)
    with open(path, "wb") as out:
        while written < size_bytes:
            block = [next(lines) for _ in range(_LINES_AT_ONCE)]
            n_lines += len(block)
            written += out.write(b"".join(line for _, line in block))
            n_marked += sum(marked for marked, _ in block)
    return LinesFile(path, n_lines, written, (n_marked + n_messages) / n_lines)


def _split(log: dict[str, object]) -> tuple[bytes, bytes]:
    """A log as JSON, before and from the first character of its message."""
    head, key, tail = msgspec.json.encode(log).partition(b'"message":"')
    return head + key, tail + b"\n"


def _lines(parts: Sequence[tuple[bytes, bytes]]) -> Iterator[tuple[bool, bytes]]:
    """The lines over and over, and whether each has a number of its own."""
    number = 0
    while True:
        # Other lines are marked each time.
        copy = number // len(parts)
        for index, (head, tail) in enumerate(parts):
            marked = (index + copy) % _MARKED == 0
            yield marked, b"%b[%08x] %b" % (head, number, tail) if marked else head + tail
            number += 1
