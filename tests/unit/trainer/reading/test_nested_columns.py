"""Columns of Parquet that hold others, read as objects of JSON are."""

import json
from pathlib import Path
from typing import Any, Final

import duckdb
import pytest

from schemas.record.features import Level
from trainer.jobs.dataset import Dataset
from trainer.reading.faults import Faults
from trainer.reading.options import ReadingOptions
from trainer.reading.plan import Fields
from trainer.reading.records import read_records

TRACE: Final = "at shop.Cart.add(Cart.java:7)"
NO_FIELDS: Final = Fields()


def read(path: Path, fields: Fields = NO_FIELDS) -> list[tuple[str | None, Level, str]]:
    """What a file holds, as training reads it."""
    faults = Faults()
    (partition,) = Dataset.find([str(path)], ReadingOptions(fields=fields)).partitions
    found = [
        (record.message, record.features.level, record.features.service)
        for record in read_records(partition, faults)
    ]
    assert faults.n_bad == 0
    return found


def write(path: Path, *rows: str) -> None:
    """Rows as Parquet."""
    query = " UNION ALL ".join(f"SELECT {row}" for row in rows)
    duckdb.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet)")


@pytest.mark.parametrize(
    ("row", "document"),
    [
        (
            "{'level': 'ERROR', 'message': 'lost'} AS log, {'service': {'name': 'x'}} AS resource",
            {"log": {"level": "ERROR", "message": "lost"}, "resource": {"service": {"name": "x"}}},
        ),
        (
            "'lost' AS message, {'level': 'ERROR'} AS log, {'service.name': 'x'} AS attributes",
            {"message": "lost", "log": {"level": "ERROR"}, "attributes": {"service.name": "x"}},
        ),
        (
            "{'body': {'stringValue': 'lost'}, 'severityText': 'ERROR', 'app': 'x'} AS record",
            {"record": {"body": {"stringValue": "lost"}, "severityText": "ERROR", "app": "x"}},
        ),
        (
            "'lost' AS body, 'ERROR' AS severity, MAP {'service.name': 'x'} AS attributes",
            {"body": "lost", "severity": "ERROR", "attributes": {"service.name": "x"}},
        ),
        (
            "{'m': MAP {'it''s': {'level': 'ERROR'}}, 'app': 'x'} AS a, 'lost' AS msg",
            {"a": {"m": {"it's": {"level": "ERROR"}}, "app": "x"}, "msg": "lost"},
        ),
        (
            f"'lost' AS msg, 'ERROR' AS level, 'x' AS app, {{'stack_trace': '{TRACE}'}} AS error",
            {"msg": "lost", "level": "ERROR", "app": "x", "error": {"stack_trace": TRACE}},
        ),
    ],
)
def test_structs_and_maps_are_objects(tmp_path: Path, row: str, document: dict[str, Any]) -> None:
    """The usual names are found in them, and the same is read as of JSON."""
    write(tmp_path / "app.parquet", row)
    (tmp_path / "app.jsonl").write_text(json.dumps(document) + "\n")
    fields = Fields(level="a.m.it's.level", service="a.app") if "a" in document else NO_FIELDS
    found = read(tmp_path / "app.parquet", fields)
    assert found == read(tmp_path / "app.jsonl", fields)
    ((message, level, service),) = found
    assert (message or "").startswith("lost")
    assert (level, service) == (Level.ERROR, "x")


def test_keys_that_a_row_lacks_are_missing(tmp_path: Path) -> None:
    """As in JSON, where each record has names of its own."""
    path = tmp_path / "app.parquet"
    write(path, "'a' AS msg, MAP {'level': 'ERROR'} AS labels", "'b', MAP {'other': 'x'}")
    assert read(path) == [("a", Level.ERROR, "app"), ("b", Level.INFO, "app")]


def test_what_holds_others_may_be_the_message(tmp_path: Path) -> None:
    """Where there is no other, or a user says so; it is then the JSON of it."""
    path = tmp_path / "app.parquet"
    write(path, "{'a': 'lost', 'b': 7} AS message, 'ERROR' AS level")
    assert read(path) == [('{"a":"lost","b":7}', Level.ERROR, "app")]
    write(path, "{'a': 'lost'} AS event, {'text': 'up'} AS record")
    assert read(path) == [("up", Level.INFO, "app")]
    assert read(path, Fields(message="event")) == [('{"a":"lost"}', Level.INFO, "app")]


def test_a_column_of_that_very_name_goes_first(tmp_path: Path) -> None:
    """As a key of JSON does."""
    path = tmp_path / "app.parquet"
    write(path, """{'level': 'no'} AS log, 'ERROR' AS "log.level", 'lost' AS msg""")
    assert read(path) == [("lost", Level.ERROR, "app")]
