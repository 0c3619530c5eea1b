"""Count tables to add up: a window of days, each of as many records as a large installation has.

Records are drawn from the pool of distinct tuples that archives are made of (`archive_files`). Each
has one of its service's patterns, as lines of one template differ in length and flags.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import duckdb
import msgspec

from schemas.record.extractor import EXTRACTOR
from schemas.record.features import LogFeatures

DAYS: Final = 14
PATTERNS: Final = 20_000
"""Of all services together."""

SHARE: Final = 0.6
"""Of the pool that a day holds, another part each day, some of it every day."""

_DAY_US: Final = 86_400_000_000
_FIRST_DAY_US: Final = 1_760_000_000_000_000 // _DAY_US * _DAY_US


def make_count_tables(
    folder: Path, pool: Sequence[LogFeatures], rows: int, days: int = DAYS
) -> list[Path]:
    """Parquet tables as `count` writes them, one a day, that hold so many rows together.

    How often a record occurs is skewed: a hundredth of the pool makes most of the rows.

    Args:
        folder: where to write.
        pool: the distinct records without their patterns.
        rows: in all tables together, give or take a record each.
        days: how many tables.
    """
    pool_file = folder / "pool.jsonl"
    pool_file.write_bytes(msgspec.json.Encoder().encode_lines(list(pool)))
    services = {log.service for log in pool}
    half = _DAY_US // 2
    tables = []
    with duckdb.connect() as connection:
        connection.execute("SET enable_progress_bar = false")
        connection.execute(
            f"CREATE TABLE pool AS SELECT row_number() OVER () - 1 AS id, * "
            f"FROM read_json('{pool_file}', format = 'newline_delimited')"
        )
        for day in range(days):
            path = folder / f"day-{day:02}.parquet"
            begin = _FIRST_DAY_US + day * _DAY_US
            connection.execute(
                f"""
                COPY (
                  WITH of_day AS (
                    SELECT *, pow(1 + hash(id, 'rank') % {len(pool)}, -1.2) AS weight
                    FROM pool WHERE hash(id, {day}) % 1000 < {SHARE * 1000}
                  )
                  SELECT message_length, level, service,
                    has_exception, has_timeout, has_connection_error,
                    printf('%016x', hash(service, id % {PATTERNS // len(services)})) AS pattern,
                    has_exception AS has_failure,
                    1 + floor({rows / days} * weight / sum(weight) OVER ())::BIGINT AS n,
                    {begin} + (hash(id, 1, {day}) % {half})::BIGINT AS first_seen,
                    {begin + half} + (hash(id, 2, {day}) % {half})::BIGINT AS last_seen,
                    '{EXTRACTOR}' AS extractor
                  FROM of_day ORDER BY ALL
                ) TO '{path}' (FORMAT parquet, COMPRESSION zstd)
                """
            )
            tables.append(path)
    pool_file.unlink()
    return tables
