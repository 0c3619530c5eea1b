"""Structured records: what they say under the names that loggers use."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.intake.cleaning import clean_text
from inference.intake.documents import DocumentReader, Named
from inference.intake.exports import take_apart
from inference.intake.levels import LevelNames
from inference.intake.records import RecordReader, read_pairs
from inference.intake.times import read_time
from schemas.record.features import Level
from schemas.record.levels import SCALES

READER = RecordReader(LevelNames())

# document, message, level, service
DOCUMENTS: list[tuple[dict[str, Any], str, Level | None, str | None]] = [
    ({"msg": "a", "lvl": "error"}, "a", Level.ERROR, None),
    ({"message": "", "msg": "a"}, "a", None, None),
    ({"level": 4, "levelName": "ERROR", "message": "a"}, "a", Level.ERROR, None),
    ({"level": 3, "reqId": "x", "app": "core", "message": "a"}, "a", Level.ERROR, "core"),
    ({"Level": 4, "ProviderName": "p", "Message": "a"}, "a", Level.INFO, "p"),
    ({"level": 3, "short_message": "a", "host": "h"}, "a", Level.ERROR, None),
    ({"PRIORITY": "3", "MESSAGE": "a", "_SYSTEMD_UNIT": "c.service"}, "a", Level.ERROR, "c"),
    ({"severityNumber": 17, "body": "a"}, "a", Level.ERROR, None),
    ({"level": 200, "level_name": "?", "message": "a"}, "a", Level.INFO, None),
    ({"level": 30, "msg": "a", "name": "n"}, "a", Level.INFO, "n"),
    ({"severity": "DEFAULT", "textPayload": "a"}, "a", None, None),
    ({"jsonPayload": {"message": "a", "level": "warn"}}, "a", Level.WARN, None),
    ({"labels": {"app": "c", "level": "error"}, "line": "a"}, "a", Level.ERROR, "c"),
    ({"t": {"$date": "x"}, "s": "W", "c": "NETWORK", "msg": "a"}, "a", Level.WARN, "NETWORK"),
    ({"log": '{"level":"error","msg":"a","service":"c"}\n'}, "a", Level.ERROR, "c"),
    ({"log": "2024-05-01 10:00:00,000 ERROR a.B: x\n"}, "x", Level.ERROR, "a.B"),
    ({"message": "warning: a", "program": "p"}, "a", Level.WARN, "p"),
    ({"message": "level=error msg=a"}, "a", Level.ERROR, None),
    ({"message": "level=error msg=a name=/x", "program": "p"}, "a", Level.ERROR, "p"),
    ({"message": 'id=firewall pri=3 n=12 msg="a"'}, "a", Level.ERROR, None),
    ({"message": "src/a.c:7:5: error: b"}, "src/a.c:7:5: b", Level.ERROR, None),
    ({"message": "[error||8 |x] a"}, "a", Level.ERROR, None),
    ({"ts": 1.5, "caller": "a.go:7", "msg": "a", "err": "b"}, "a\nb", Level.ERROR, None),
    ({"ts": 1.5, "caller": "a.go:7", "msg": "a", "err": "b", "v": 0}, "a\nb", None, None),
    ({"time": "x", "type": "platform.report", "record": {"a": 1}}, "platform.report", None, None),
    ({"time": "x", "type": "function", "record": "order placed"}, "order placed", None, None),
    ({"type": "gauge", "message": "a", "source": "a/b.go:7"}, "a", None, "a/b.go"),
    ({"message": "a", "err": {"stack": "E: b\n at c"}}, "a\nE: b\n at c", None, None),
    ({"message": "a b", "error": "b"}, "a b", None, None),
    ({"message": "a", "error": "null", "exception": "", "err": False}, "a", None, None),
    ({"message": "a", "error.stack_trace": "E: b"}, "a\nE: b", None, None),
    ({"message": "a", "exceptionMessage": "E: b"}, "a\nE: b", None, None),
    ({"message": "a", "context": {"exception": {"class": "E"}}}, "a\nE", None, None),
    ({"message": "a", "extra": {"data": {"err": "E: b"}}}, "a\nE: b", None, None),
    ({"message": "a", "attributes": {"error": "b", "exception.type": "E"}}, "a\nE\nb", None, None),
    ({"message": "a {}", "formattedMessage": "a 7"}, "a 7", None, None),
    ({"eventMessage": "a", "messageType": "Error", "eventType": "x"}, "a", Level.ERROR, None),
    ({"error_severity": "PANIC", "message": "a"}, "a", Level.FATAL, None),
    ({"level": 3, "levelText": "info", "message": "a"}, "a", Level.INFO, None),
    ({"level": "\x1b[31merror\x1b[39m", "message": "a"}, "a", Level.ERROR, None),
    ({"level": ["error"], "message": "a"}, "a", Level.ERROR, None),
    ({"context": {"level": "error", "service": "c"}, "message": "a"}, "a", Level.ERROR, "c"),
    ({"type": "Warning", "message": "a"}, "a", Level.WARN, None),
    ({"type": "alert", "kind": "A", "message": "a"}, "a", None, None),
    ({"type": "error", "level": "info", "message": "a"}, "a", Level.INFO, None),
    ({"tags": ["error", "data"], "message": "a"}, "a", Level.ERROR, None),
    ({"Level": 4, "app": "s", "operationName": "x", "message": "a"}, "a", Level.INFO, "s"),
    ({"Level": 2, "EventID": 7, "Channel": "System", "Message": "a"}, "a", Level.ERROR, "System"),
    ({"LogLevel": 4, "Category": "c", "EventId": 7, "Message": "a"}, "a", Level.ERROR, "c"),
    ({"levelValue": 900, "message": "a"}, "a", Level.WARN, None),
    ({"levelValue": 40000, "message": "a"}, "a", Level.ERROR, None),
    ({"prio": 1, "err_code": 5, "msg": "a", "subsystem": "InnoDB"}, "a", Level.ERROR, "InnoDB"),
    ({"level": -4, "msg": "a"}, "a", Level.DEBUG, None),
    ({"level": 99, "pid": 1, "hostname": "h", "msg": "a"}, "a", Level.FATAL, None),
    ({"levelno": Decimal("40.0"), "msg": "a"}, "a", Level.ERROR, None),
    ({"levelno": "40.0", "msg": "a"}, "a", Level.ERROR, None),
    ({"levelno": float("inf"), "msg": "a"}, "a", None, None),
    ({"severity": 500, "msg": "a"}, "a", Level.ERROR, None),
    ({"level": 500, "msg": "a"}, "a", Level.FATAL, None),
    ({"msg": "a", "log4j_stacktrace": "E: b", "has_exception": "yes"}, "a\nE: b", None, None),
    ({"reason": "x", "message": {"level": "warn", "msg": "a"}}, "a", Level.WARN, None),
    ({"reason": "x", "message": {"b": "a"}}, '{"b":"a"}', None, None),
    ({"verbosity": 2, "msg": "a"}, "a", None, None),
    ({"verbosity": "Error", "category": "c", "msg": "a"}, "a", Level.ERROR, "c"),
    ({"level": "Fatal error", "msg": "a"}, "a", Level.FATAL, None),
    ({"message": 'app.c\t{"level":"error","msg":"a"}'}, "a", Level.ERROR, "app.c"),
    ({"message": 'got {"msg":"a"}'}, 'got {"msg":"a"}', None, None),
    ({"httpRequest": {"uri": "/x"}, "action": "BLOCK"}, "/x", None, None),
    ({"status": 500, "message": "a"}, "a", Level.ERROR, None),
    ({"process": 7, "module": "m", "message": "a"}, "a", None, "m"),
    ({"service": 7, "message": "a"}, "a", None, "7"),
    ({"tag": "cart[7]:", "message": "a"}, "a", None, "cart"),
    ({"@module": "m", "@message": "a", "@level": "warn"}, "a", Level.WARN, "m"),
]  # fmt: skip


@pytest.mark.parametrize(("document", "message", "level", "service"), DOCUMENTS)
def test_parts_are_found(
    document: dict[str, Any], message: str, level: Level | None, service: str | None
) -> None:
    """Each part under its usual names, in every record anew."""
    record = READER.of_document(document)
    assert record is not None
    assert (record.message, record.level, record.service) == (message, level, service)


def test_a_clock_has_the_day_that_stands_beside_it() -> None:
    """A time with a day of its own, and a day that is none, are left as they are."""

    def time_of(**fields: object) -> object:
        record = READER.of_document({"msg": "a", **fields})
        assert record is not None
        return record.time

    assert time_of(date="2024-05-01", time="10:00:00") == "2024-05-01 10:00:00"
    assert time_of(date="2024-05-01", time="2024-05-02T10:00:00Z") == "2024-05-02T10:00:00Z"
    assert time_of(date="2024-05-01", time=7) == 7
    assert time_of(date="2024-05-01") == "2024-05-01"
    assert read_time(time_of(date=None, time="10:00:00")) is None


def test_an_open_number_is_not_guessed() -> None:
    """Three means something else to each logger; a scale that is given decides."""
    record = READER.of_document({"message": "a", "level": 3})
    assert record is not None
    assert (record.level, record.unknown, record.is_open) == (None, "3", True)
    for scale in SCALES:
        known = DocumentReader(LevelNames(), scale=scale).read({"message": "a", "level": 3})
        assert known is not None
        name = SCALES[scale].get(3)
        if name is not None:
            assert known.level is Level(name)


def test_a_scale_that_is_implied_goes_before_an_open_one() -> None:
    """Of several numbers; a status, which may mean something else, comes after both."""
    reader = DocumentReader(LevelNames(), open_scale="syslog")
    for document, level in (
        ({"message": "a", "level": 2, "levelno": 20}, Level.INFO),
        ({"message": "a", "level": 3, "status": 200}, Level.ERROR),
        ({"message": "a", "level": 3}, Level.ERROR),
        ({"message": "a", "level": 77, "status": 404}, Level.WARN),
    ):
        record = reader.read(document)
        assert record is not None
        assert record.level is level


def test_a_field_that_is_named_goes_first() -> None:
    """Also as a path into objects."""
    named = Named(message="a.b", level="c")
    record = DocumentReader(LevelNames(), named).read(
        {"message": "x", "a": {"b": "y"}, "c": "warn", "level": "error"}
    )
    assert record is not None
    assert (record.message, record.level) == ("y", Level.WARN)


def test_exports_are_taken_apart() -> None:
    """One object may hold the records of many services."""
    otlp = {
        "resourceLogs": [
            {
                "resource": {
                    "attributes": [{"key": "service.name", "value": {"stringValue": "o"}}]
                },
                "scopeLogs": [
                    {
                        "logRecords": [
                            {"severityNumber": 9, "body": {"stringValue": n}} for n in "ab"
                        ]
                    }
                ],
            }
        ]
    }
    found = [READER.of_document(document) for document in take_apart(otlp)]
    read = [(record.message, record.level, record.service) for record in found if record]
    assert read == [("a", Level.INFO, "o"), ("b", Level.INFO, "o")]
    loki = {"streams": [{"stream": {"app": "c"}, "values": [["1", "x"], ["2", "y"]]}]}
    assert [part["line"] for part in take_apart(loki)] == ["x", "y"]
    assert list(take_apart({"message": "a"})) == [{"message": "a"}]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["level", "msg", "error", "log", "a.b", ""]), inner)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["message", "level", "service", "log", "err"]), json_values))
def test_any_object_is_read_or_has_no_message(document: dict[str, Any]) -> None:
    """Nothing raises, and what comes out can be written as JSON."""
    for part in take_apart(document):
        record = READER.of_document(part)
        if record is not None:
            msgspec.json.encode(record.message)


def test_pairs_are_read() -> None:
    """Quotes and what they escape are no part of a value."""
    assert read_pairs('a=1 b="x \\"y\\"" c= level=info') == {
        "a": "1", "b": 'x "y"', "c": "", "level": "info",
    }  # fmt: skip


def test_colours_are_no_part_of_a_message() -> None:
    """Nor are NULs, marks and half characters."""
    assert clean_text("\x1b[31merror\x1b[0m\0\ufeff \ud83d") == "error \ufffd"
    assert clean_text("\x1b]0;title\x07x\x1b[1;38;5;7my") == "xy"


@given(st.text())
def test_cleaning_is_done_once(text: str) -> None:
    """A clean text stays as it is."""
    clean = clean_text(text)
    assert "\0" not in clean
    assert clean_text(clean) == clean or "\x1b" in clean


def test_few_texts_of_traces_are_looked_for_in_a_message() -> None:
    """Each search takes as long as the message is: all of these would not end within hours."""
    document = {"message": "a" * 400_000 + "b", "error": ["aab"] * 90_000 + ["lost"]}
    record = READER.of_document(document)
    assert record is not None
    assert record.message == document["message"]
