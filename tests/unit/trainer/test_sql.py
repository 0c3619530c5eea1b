"""The SQL that counts logs does what the extractor in Python does, row by row.

DuckDB runs here and Spark in tests/e2e. Of Trino and BigQuery no engine is at hand: their text is
parsed back in their own grammar, and its literals and functions are checked. That is no proof
that they run it.
"""

import gzip
import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.intake.cleaning import clean_text
from schemas.record.extractor import EXTRACTOR, EXTRACTOR_COLUMN
from schemas.record.features import FEATURE_NAMES, Level
from schemas.record.labels import NO_ANOMALY, is_positive
from schemas.record.templates import pattern_id, template_of
from tests.conftest import REAL_LOGS
from tests.raw_logs import (
    Extracted,
    RawLog,
    extract_raw,
    level_spellings,
    number_logs,
    tricky_messages,
)
from trainer.errors import InputError
from trainer.jobs.count_tables import CountTables
from trainer.reading.plan import Fields
from trainer.sql import features_query, logs_query, patterns_query

Row = tuple[Any, ...]
FIELDS = Fields(message="message", level="level", service="service")
SAMPLES = Path(__file__).parents[3] / "samples" / "logs.jsonl.gz"


def run(query: str, rows: Iterable[Row] = (), columns: str = "") -> list[Row]:
    """Run a query in DuckDB, over the table `logs` with these rows if columns are given."""
    with duckdb.connect() as connection:
        if columns:
            connection.execute(f"CREATE TABLE logs ({columns})")
            for row in rows:
                marks = ", ".join("?" * len(row))
                connection.execute(f"INSERT INTO logs VALUES ({marks})", row)
        result = connection.execute(query)
        named = [column[0] for column in result.description or []]
        found = result.fetchall()
    if named[-1] != EXTRACTOR_COLUMN:
        return found
    assert {row[-1] for row in found} <= {EXTRACTOR}
    return [row[:-1] for row in found]


def run_raw(logs: Iterable[RawLog], query: str) -> list[Row]:
    """Run a query over raw logs."""
    return run(query, logs, "message TEXT, level TEXT, service TEXT")


def count_file(path: Path) -> Counter[Extracted]:
    """Count the logs of a file of JSON lines with the extractor in Python."""
    counter: Counter[Extracted] = Counter()
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            counter[extract_raw(record["message"], record["level"], record["service"])] += 1
    return counter


def assert_extracted(logs: list[RawLog]) -> None:
    """DuckDB makes of each log what Python does; each has a service of its own."""
    rows = run_raw(logs, logs_query("duckdb", "logs", FIELDS))
    found = {row[2]: row for row in rows}

    assert len(rows) == len(logs)
    for message, level, service in logs:
        assert message is not None
        assert level is not None
        assert service is not None
        assert found[service] == (*extract_raw(message, level, service), 1), message


def test_tricky_messages() -> None:
    """Examples of all rules, hostile texts, other alphabets, quotes and line ends: all the same."""
    assert_extracted(number_logs(tricky_messages()))


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.text(st.characters(exclude_categories=["Cs"])),
            st.lists(st.sampled_from(tricky_messages()), min_size=1, max_size=3).map(" ".join),
        ),
        min_size=1,
        max_size=40,
    )
)
def test_any_messages(messages: list[str]) -> None:
    """Whatever text a log holds, SQL and Python agree on it."""
    assert_extracted(number_logs(messages))


def test_patterns_of_tricky_messages() -> None:
    """Id and masked text of each message are those that Python gives; levels stand apart."""
    logs = number_logs(tricky_messages())
    rows = run_raw(logs, patterns_query("duckdb", "logs", FIELDS))
    found = {service: (identity, text) for identity, service, _, text, _ in rows}
    for message, _, service in logs:
        assert message is not None
        text = clean_text(message)
        assert found[service] == (f"{pattern_id(text):016x}", template_of(text)), message
    twice = [RawLog("a 1", "INFO", "x"), RawLog("a 2", "warning", "x"), RawLog("a 3", "WARN", "x")]
    identity = f"{pattern_id('a 0'):016x}"
    assert set(run_raw(twice, patterns_query("duckdb", "logs", FIELDS))) == {
        (identity, "x", "INFO", "a #", 1),
        (identity, "x", "WARN", "a #", 2),
    }


def test_when_patterns_were_seen() -> None:
    """The least and the greatest of a column of times, where such a column is named."""
    query = patterns_query("duckdb", "logs", Fields(message="message", time="seen_at"))
    rows = [("a 1", "2026-01-02"), ("a 2", "2026-01-01"), ("b", None)]
    found = run(query, rows, "message TEXT, seen_at DATE")
    assert {(row[3], str(row[5]), str(row[6])) for row in found} == {
        ("a #", "2026-01-01", "2026-01-02"),
        ("b", "None", "None"),
    }


def test_sample_logs() -> None:
    """The samples, read by DuckDB from the file itself, make the table that Python makes."""
    rows = run(logs_query("duckdb", str(SAMPLES), FIELDS))

    assert {Extracted(*row[:-1]): row[-1] for row in rows} == count_file(SAMPLES)


def test_real_logs() -> None:
    """64,322 lines of a system of 27 services make the table that Python makes."""
    path = REAL_LOGS / "trainticket-faults.jsonl.gz"
    if not path.exists():
        pytest.skip("the real logs are not beside the project (../shared/data)")
    rows = run(logs_query("duckdb", str(path), FIELDS))

    assert {Extracted(*row[:-1]): row[-1] for row in rows} == count_file(path)


def test_levels() -> None:
    """All spellings of a level become its name, and what is no level stays as it is."""
    decorated = ["INFO!", "[error]", "ERROR:", "ERROR+2", " <Warn> ", "info2", "(W)"]
    known = [*level_spellings(), *decorated]
    unknown = [" ", "5", " Loud ", "errors", "+2"]
    spellings = [*known, *unknown]
    logs = [RawLog("text", level, str(number)) for number, level in enumerate(spellings)]
    rows = run_raw(logs, logs_query("duckdb", "logs", FIELDS))
    found = [row[1] for row in sorted(rows, key=lambda row: int(row[2]))]

    assert found == [*(Level(spelt).name for spelt in known), *unknown]


def test_nothing_vanishes() -> None:
    """Records without a message, a level or a service are rows, for the reader to refuse."""
    logs = [RawLog(None, "INFO", "a"), RawLog("text", None, "a"), RawLog("text", "INFO", None)]
    query = logs_query("duckdb", "logs", FIELDS, default_level=None, default_service=None)
    text = extract_raw("text", "INFO", "a")

    assert set(run_raw([*logs, *logs], query)) == {
        (None, "INFO", "a", None, None, None, None, None, 2),
        (*text._replace(level=None), 2),
        (*text._replace(service=None), 2),
    }


def test_defaults() -> None:
    """What a record leaves out or empty, or no record has, is what the user says."""
    logs = [RawLog("text", None, None), RawLog("text", "", ""), RawLog("text", " warn", "cart")]
    given_fields = logs_query(
        "duckdb", "logs", FIELDS, default_level=Level.ERROR, default_service="it's"
    )
    no_fields = logs_query("duckdb", "logs", Fields(message="message"))

    assert {row[1:3] for row in run_raw(logs, given_fields)} == {
        ("ERROR", "it's"),
        ("WARN", "cart"),
    }
    assert [row[1:3] for row in run_raw(logs, no_fields)] == [("INFO", "unknown")]


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
