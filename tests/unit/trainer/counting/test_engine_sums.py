"""Count tables of ours are added up by DuckDB, to the same as read one by one."""

from pathlib import Path

import duckdb
import numpy as np
import pytest

from schemas.record.extractor import EXTRACTOR
from trainer.counting.engine import read_table
from trainer.counting.engine_sums import sum_tables
from trainer.counting.sums import Counted, PartSum
from trainer.errors import InputError
from trainer.reading.sources import Source, find_sources

ROWS = 400
COLUMNS = ("keys", "counts", "positives", "first_seen", "last_seen")
PATTERN_COLUMNS = (
    "names",
    "services",
    "patterns",
    "keys",
    "counts",
    "positives",
    "first_times",
    "last_times",
)


def write(path: Path, seed: int, change: str = "") -> Path:
    """A table as `count` writes it, with records that other tables have as well.

    Args:
        path: where to.
        seed: another seed makes another table.
        change: what SQL replaces or excludes of its columns.
    """
    duckdb.execute(
        f"""
        COPY (SELECT * {change} FROM (
          SELECT range * 7 % 90 AS message_length,
            ['INFO', 'ERROR'][1 + range % 2] AS level,
            ['billing', 'cart', 'ärger'][1 + (hash(range, {seed}) % 3)::BIGINT] AS service,
            range % 3 = 0 AS has_exception, false AS has_timeout, false AS has_connection_error,
            CASE WHEN range % 5 > 0 THEN printf('%016x', hash(range % 11)) END AS pattern,
            CASE WHEN range % 5 > 0 THEN range % 2 = 0 END AS has_failure,
            1 + (hash(range, {seed}) % 1000)::BIGINT AS n, (hash(range) % 2)::BIGINT AS n_positive,
            1760000000000000 + (hash(range, {seed}, 1) % 1000000)::BIGINT AS first_seen,
            1760000001000000 + (hash(range, {seed}, 2) % 1000000)::BIGINT AS last_seen,
            '{EXTRACTOR}' AS extractor
          FROM range({ROWS} * {seed} // 3, {ROWS} * ({seed} + 1))
        )) TO '{path}'
        """
    )
    return path


def sources(*paths: Path) -> list[Source]:
    """The tables as sources."""
    return find_sources([str(path) for path in paths])


def table_by_table(tables: list[Source]) -> Counted:
    """The sum of tables that are read by themselves."""
    total = PartSum()
    for number, table in enumerate(tables):
        total.add(read_table(table, number))
    return total.counted()


@pytest.mark.parametrize("change", ["", "EXCLUDE (n_positive)", "EXCLUDE (first_seen, last_seen)"])
def test_the_sum_is_the_same(tmp_path: Path, change: str) -> None:
    """Records, counts, labels, moments, services and patterns, for each set of columns."""
    tables = sources(*(write(tmp_path / f"{n}.parquet", n, change) for n in range(3)))
    summed = sum_tables(tables)
    assert summed is not None
    expected = table_by_table(tables)
    for name in COLUMNS:
        found, wanted = getattr(summed.table, name), getattr(expected.table, name)
        assert (found is None) == (wanted is None)
        assert found is None or np.array_equal(found, wanted)
    assert summed.table.n_distinct < sum(read_table(table, 0).table.n_distinct for table in tables)
    assert summed.table.services == expected.table.services
    for name in PATTERN_COLUMNS:
        assert np.array_equal(getattr(summed.patterns, name), getattr(expected.patterns, name))
    assert summed.n_records == expected.n_records


@pytest.mark.parametrize(
    "change",
    [
        "EXCLUDE (first_seen, last_seen)",  # not what the other table has
        "EXCLUDE (extractor)",  # made elsewhere
        "REPLACE (NULL AS extractor)",
        "REPLACE (if(message_length = 7, NULL, n) AS n)",
        "REPLACE (n - 3 AS n)",
        "REPLACE (if(level = 'INFO', 'loud', level) AS level)",
    ],
)
def test_others_are_left_to_who_names_the_row(tmp_path: Path, change: str) -> None:
    """What is not alike, or has a row at fault, is not added up here."""
    good, other = write(tmp_path / "good.parquet", 0), write(tmp_path / "other.parquet", 1, change)
    assert sum_tables(sources(good, good)) is not None
    assert sum_tables(sources(good, other)) is None


def test_tables_of_other_rules_are_refused(tmp_path: Path) -> None:
    """As when it is read by itself."""
    other = write(tmp_path / "other.parquet", 1, "REPLACE ('ab12' AS extractor)")
    with pytest.raises(InputError, match="extractor ab12"):
        sum_tables(sources(write(tmp_path / "good.parquet", 0), other))


def test_text_tables_are_read_one_by_one(tmp_path: Path) -> None:
    """CSV has no types that could be added up."""
    path = tmp_path / "table.csv"
    path.write_text("message_length,n\n1,1\n")
    assert sum_tables(sources(path)) is None
