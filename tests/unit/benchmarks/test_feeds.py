"""The bodies that raw logs are sent in: what is timed must be what is judged."""

from collections.abc import Sequence

import msgspec
import pytest

from benchmarks.feeds import FEEDS, JSON_LINES, OTLP_BODY_CHARS, OTLP_JSON, OTLP_PROTOBUF
from benchmarks.load import http_post
from benchmarks.workloads import TRAINED_SEED, other_numbers
from inference.intake.otlp.json_body import read_json
from inference.intake.otlp.protobuf_body import read_protobuf
from inference.intake.otlp.reader import OtlpReader
from inference.intake.raw_logs import Tally
from schemas.api.predictions import RawLog
from schemas.record.features import Level

LOGS = [
    RawLog(f"order {number} of {'x' * number} failed", list(Level)[number % 5], f"s{number % 3}")
    for number in range(250)
]


@pytest.mark.parametrize("name", FEEDS)
def test_a_body_holds_as_many_logs_as_it_says(name: str) -> None:
    """What is left over is left out, and no two bodies are equal."""
    found = list(FEEDS[name].bodies(LOGS, 100))
    assert len(set(found)) == len(found) == 2


@pytest.mark.parametrize("name", [OTLP_PROTOBUF, OTLP_JSON])
def test_otlp_is_read_as_what_was_meant(name: str) -> None:
    """Every record is taken, with its level, its service and the end of its message."""
    (body,) = FEEDS[name].bodies(LOGS, len(LOGS))
    tally, reader = Tally(), OtlpReader()
    read = read_protobuf if name == OTLP_PROTOBUF else read_json
    logs = [log for block in read(body, reader, tally) for log in block.logs]
    assert tally.n_bad == 0
    assert sorted(logs, key=str) == sorted(map(_as_read, LOGS), key=str)


def _as_read(log: RawLog) -> tuple[str, Level, str]:
    return log.message[-OTLP_BODY_CHARS:], log.level, log.service


def test_lines_are_raw_logs() -> None:
    """Each line is one log."""
    bodies: Sequence[bytes] = list(FEEDS[JSON_LINES].bodies(LOGS, 50))
    decode = msgspec.json.Decoder(RawLog).decode
    assert [decode(line) for body in bodies for line in body.splitlines()] == LOGS


def test_a_request_says_what_its_body_is() -> None:
    """The media type is the feed's own."""
    assert b"\r\nContent-Type: text/plain\r\n" in http_post("/", b"{}", "text/plain")


def test_a_feed_has_other_numbers_in_each_pass() -> None:
    """So that no line comes again before all have, and none is one that a model was trained on."""
    feed = FEEDS[JSON_LINES]
    lines = [line for body in feed.requests(LOGS, 50) for line in body.split(b"\n")]
    assert len(lines) == len(set(lines)) == feed.passes * len(LOGS)
    trained = {
        line
        for body in feed.bodies(other_numbers(LOGS, TRAINED_SEED), 50)
        for line in body.split(b"\n")
    }
    assert not trained.intersection(lines)
