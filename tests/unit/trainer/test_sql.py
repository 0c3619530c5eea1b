"""The SQL that counts logs does what the extractor in Python does, row by row.

DuckDB runs here and Spark in tests/e2e. Of Trino and BigQuery no engine is at hand: their text is
parsed back in their own grammar, and its literals and functions are checked. That is no proof
that they run it.
"""

import gzip
import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.intake.cleaning import clean_text
from schemas.record.features import Level
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
from tests.sql_runs import FIELDS, run, run_raw
from trainer.reading.plan import Fields
from trainer.sql import logs_query, patterns_query

SAMPLES = Path(__file__).parents[3] / "samples" / "logs.jsonl.gz"


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
