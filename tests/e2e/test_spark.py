"""The SQL for Spark, run by Spark, does what the extractor in Python does."""

import gzip
import json
import os
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from inference.intake.cleaning import clean_text
from schemas.record.extractor import EXTRACTOR
from schemas.record.features import Level
from schemas.record.labels import NO_ANOMALY, is_positive
from schemas.record.templates import pattern_id, template_of
from tests.e2e.containers import ROOT
from tests.raw_logs import Extracted, RawLog, extract_raw, number_logs, tricky_messages
from trainer.reading.plan import Fields
from trainer.sql import features_query, logs_query, patterns_query

FIELDS = Fields(message="message", level="level", service="service")
Rows = list[list[Any]]


@pytest.fixture
def scratch(tmp_path: Path) -> dict[str, str]:
    """An environment in which Spark leaves nothing behind outside the test's own directory."""
    return {
        **os.environ,
        "SPARK_LOCAL_DIRS": str(tmp_path),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "PYTHONPATH": "",
        "JAVA_TOOL_OPTIONS": f"-Djava.io.tmpdir={tmp_path} -Dderby.system.home={tmp_path}",
    }


def run(query: str, columns: dict[str, str], rows: Rows, environment: dict[str, str]) -> Rows:
    """Run a query on Spark over the table `logs` with these rows."""
    done = subprocess.run(
        [ROOT / ".venv/spark/bin/python", Path(__file__).with_name("run_on_spark.py")],
        input=json.dumps({"query": query, "columns": columns, "rows": rows}),
        capture_output=True,
        text=True,
        cwd=environment["SPARK_LOCAL_DIRS"],
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4_000:]
    result: Rows = json.loads(done.stdout)
    return result


def run_raw(logs: list[RawLog], environment: dict[str, str]) -> Rows:
    """Count raw logs."""
    columns = dict.fromkeys(RawLog._fields, "string")
    query = logs_query("spark", "logs", FIELDS, default_level=None, default_service=None)
    found = run(query, columns, [list(log) for log in logs], environment)
    assert {row[-1] for row in found} == {EXTRACTOR}
    return [row[:-1] for row in found]


def test_tricky_messages(scratch: dict[str, str]) -> None:
    """Examples of all rules, hostile texts, other alphabets, quotes, nulls: row by row the same."""
    logs = number_logs(tricky_messages())
    missing = [RawLog(None, "INFO", "a"), RawLog("text", None, "b"), RawLog("text", "loud", None)]
    rows = run_raw([*logs, *missing], scratch)
    found = {row[2]: tuple(row[:-1]) for row in rows}
    text = extract_raw("text", "INFO", "b")

    assert len(rows) == len(logs) + len(missing)
    for message, level, service in logs:
        assert message is not None
        assert level is not None
        assert service is not None
        assert found[service] == extract_raw(message, level, service), message
    assert found["a"] == (None, "INFO", "a", None, None, None, None, None)
    assert found["b"] == text._replace(level=None)
    assert found[None] == text._replace(level="loud", service=None)


def test_patterns(scratch: dict[str, str]) -> None:
    """Ids and masked texts of the same messages are those that Python gives."""
    logs = number_logs(tricky_messages())
    query = patterns_query("spark", "logs", FIELDS)
    rows = run(query, dict.fromkeys(RawLog._fields, "string"), [list(log) for log in logs], scratch)
    found = {service: (identity, text) for identity, service, _, text, _ in rows}

    for message, _, service in logs:
        assert message is not None
        text = clean_text(message)
        assert found[service] == (f"{pattern_id(text):016x}", template_of(text)), message


def test_sample_logs(scratch: dict[str, str]) -> None:
    """The samples make the table that Python makes."""
    with gzip.open(ROOT / "samples" / "logs.jsonl.gz", "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    logs = [RawLog(record["message"], record["level"], record["service"]) for record in records]
    expected = Counter(extract_raw(*map(str, log)) for log in logs)

    assert {Extracted(*row[:-1]): row[-1] for row in run_raw(logs, scratch)} == expected


def test_features_and_labels(scratch: dict[str, str]) -> None:
    """Records of features are counted under the levels' own names, and labels by their words."""
    labels = [None, *NO_ANOMALY, " OK\n", "0", "0.0", "-0E0", "disk-full", "1", "true"]
    columns = {
        "message_length": "int",
        "level": "string",
        "service": "string",
        "has_exception": "boolean",
        "has_timeout": "boolean",
        "has_connection_error": "boolean",
        "why": "string",
    }
    rows: Rows = [[9, " Warning\n", "cart", True, False, None, label] for label in labels]

    assert run(features_query("spark", "logs", label="why"), columns, rows, scratch) == [
        [9, Level.WARN.name, "cart", True, False, None, len(rows), sum(map(is_positive, labels))]
    ]
