"""Which columns the SQL that counts logs reads, and which it gives."""

from pathlib import Path

import duckdb
import pytest

from schemas.record.extractor import EXTRACTOR
from schemas.record.features import FEATURE_NAMES
from schemas.record.labels import NO_ANOMALY, is_positive
from tests.raw_logs import (
    RawLog,
    extract_raw,
)
from tests.sql_runs import FIELDS, run, run_raw
from trainer.errors import InputError
from trainer.jobs.count_tables import CountTables
from trainer.reading.plan import Fields
from trainer.sql import features_query, logs_query


def test_a_message_field_is_needed() -> None:
    """Raw logs without a message are nothing to make features of."""
    with pytest.raises(ValueError, match="message"):
        logs_query("duckdb", "logs", Fields())


def test_fields_by_name() -> None:
    """Names may be any, and a dot leads into a struct, as in JSON."""
    relation = """(SELECT {'level': 'warn', 'text': 'order 7'} AS log, 'cart' AS "my ""svc" )"""
    fields = Fields(message="log.text", level="log.level", service='my "svc')

    assert run(logs_query("duckdb", relation, fields)) == [
        (*extract_raw("order 7", "WARN", "cart"), 1)
    ]


def test_names_with_dots() -> None:
    """In double quotes they are one name, of a column or of a field of a struct."""
    relation = """(SELECT {'a.b': 'lost', 'c': {'d.e': 'cart'}} AS log, 'error' AS "log.level")"""
    fields = Fields(message='log."a.b"', level='"log.level"', service='log.c."d.e"')

    assert run(logs_query("duckdb", relation, fields)) == [
        (*extract_raw("lost", "ERROR", "cart"), 1)
    ]


def test_a_path_is_a_relation_of_duckdb(tmp_path: Path) -> None:
    """A path with wildcards is read as it stands, without quotes."""
    for number in range(2):
        run(
            f"COPY (SELECT 'text' AS message, 'INFO' AS level, 'a' AS service) "
            f"TO '{tmp_path}/{number}.parquet'"
        )

    assert run(logs_query("duckdb", f"{tmp_path}/*.parquet", FIELDS)) == [
        (*extract_raw("text", "INFO", "a"), 2)
    ]


def test_the_query_is_an_expression() -> None:
    """The query, its head included, can stand in parentheses: COPY (...) TO, CREATE TABLE AS."""
    query = logs_query("duckdb", "logs", FIELDS)

    assert query.startswith("-- ")
    assert run_raw([RawLog("text", "INFO", "a")], f"SELECT count(*) FROM ({query})") == [(1,)]


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("TEXT", [None, *NO_ANOMALY, " OK\n", "Normal", "0E0", "-0.0", "disk-full", "1", "0x1"]),
        ("BOOLEAN", [None, True, False]),
        ("INTEGER", [None, 0, 1, -1]),
        ("DOUBLE", [None, 0.0, -0.0, float("nan"), 1e-300, 0.5, float("inf")]),
        ("DECIMAL(10, 2)", [None, "0.00", "0.01"]),
    ],
)
def test_labels(kind: str, values: list[object]) -> None:
    """A label says anomaly in SQL iff it does in Python, whatever its type."""
    fields = Fields(message="message", service="number", label="label")
    rows = run(
        logs_query("duckdb", "logs", fields),
        [("text", number, value) for number, value in enumerate(values)],
        f"message TEXT, number INTEGER, label {kind}",
    )
    found = [row[-1] for row in sorted(rows, key=lambda row: int(row[2]))]

    assert found == [is_positive(value) for value in values]
    assert {row[-2] for row in rows} == {1}


def test_features() -> None:
    """Records of features are counted as they are, their levels under their own names."""
    relation = """(VALUES
        (9, 'warning', 'cart', true, false, false, 'disk-full'),
        (9, ' Warn', 'cart', true, false, false, NULL),
        (9, 'loud', 'cart', true, false, false, 'ok'),
        (NULL, NULL, NULL, NULL, NULL, NULL, NULL)
    ) AS t(message_length, level, service, has_exception, has_timeout, has_connection_error, why)"""

    labelled = run(features_query("duckdb", relation, label="why"))
    assert set(labelled) == {
        (9, "WARN", "cart", True, False, False, 2, 1),
        (9, "loud", "cart", True, False, False, 1, 0),
        (None, None, None, None, None, None, 1, 0),
    }
    assert {row[:-1] for row in labelled} == set(run(features_query("duckdb", relation)))


def test_columns() -> None:
    """Both queries name the columns that the reader looks for, in one order."""
    labelled = Fields(message="message", label="message")
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE logs (message TEXT)")
        result = connection.execute(logs_query("duckdb", "logs", labelled))
        names = [column[0] for column in result.description or []]

    assert names == [*FEATURE_NAMES, "pattern", "has_failure", "n", "n_positive", "extractor"]


def test_a_table_says_what_made_it(tmp_path: Path) -> None:
    """The digest of its rules; a release with other rules refuses to train on it."""
    relation = "(SELECT 'up' AS message, 'INFO' AS level, 'cart' AS service)"
    query = logs_query("duckdb", relation, FIELDS)
    mine, other = tmp_path / "mine.parquet", tmp_path / "other.parquet"
    run(f"COPY ({query}) TO '{mine}'")
    run(f"COPY ({query.replace(EXTRACTOR, 'f' * 64)}) TO '{other}'")
    assert CountTables([str(mine)]).count().table.n_samples == 1
    with pytest.raises(InputError, match=r"other\.parquet: its records were made by the extractor"):
        CountTables([str(other)]).count()
