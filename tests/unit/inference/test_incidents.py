"""What becomes of anomalies: when alerts are sent and end, what is bounded, what lines count."""

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import pytest

from inference.incidents.alertmanager import QUIET_INTERVALS, Alertmanager
from inference.incidents.lines import MAX_WAITING_S, LineWriter
from inference.incidents.live import LiveIncidents
from inference.incidents.shared_counts import Seen, SharedCounts
from inference.metrics.board import NO_ROW, Board
from inference.metrics.reports import LINES, LIVE, LOST, POSTS, Reports
from inference.model.flagged import Flagged, FlaggedLogs
from inference.model.model import Model
from inference.store.versions import ModelStore
from schemas.record.features import Level, LogFeatures
from tests.integration.receivers import Receiver

FEATURES = LogFeatures(100, Level.FATAL, "cart", True, True, True)  # noqa: FBT003 - its three flags
INTERVAL_S = 60.0


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.s = 1_000.0

    def __call__(self) -> float:
        """The time."""
        return self.s


class Counted:
    """Reports on a board of their own."""

    def __init__(self) -> None:
        self.board = Board()
        self.reports = Reports(self.board)
        self.shared = SharedCounts(self.board, 3)
        self.board.open()

    def alerts(self, *urls: str, **more: Any) -> Alertmanager:
        """A sender of alerts that is counted here."""
        return Alertmanager(
            list(urls),
            limit=2,
            interval_s=INTERVAL_S,
            link="",
            reports=self.reports,
            shared=self.shared,
            **more,
        )

    def __getitem__(self, key: str) -> float:
        """The value of a sample, by its metric's name or by that and an outcome."""
        samples = [
            sample
            for family in self.reports.families(self.board.totals())
            for sample in family.samples
        ]
        (value,) = [
            sample.value
            for sample in samples
            if key == " ".join([sample.name, *sample.labels.values()])
        ]
        return value


@pytest.fixture(scope="module")
def model(surprisal_dir: Path) -> Model:
    """A model of raw logs."""
    return Model(ModelStore(surprisal_dir).bundle(1), memo_capacity=64)


def flagged(model: Model, message: str = "kernel panic", service: str = "cart") -> Flagged:
    """An anomaly, whatever the model says of it."""
    log = model.extract(message, Level.FATAL, service)
    return Flagged(log, model.verdict(log), lambda: message)


def test_logs_alike_are_one(model: Model) -> None:
    """Each distinct anomaly is added once and counted; what is no anomaly is left out."""
    ordinary = model.extract("", Level.DEBUG, "cart")
    panic, crash = (
        model.extract(message, Level.FATAL, "cart")
        for message in ("a panic", "java.io.IOException")
    )
    logs = [panic, ordinary, crash, panic]
    verdicts = model.verdicts(logs)
    assert [verdict.is_anomaly for verdict in verdicts] == [True, False, True, True]
    found = FlaggedLogs()
    found.add_all(logs, verdicts, ["p", "o", "c", "p2"], str)
    assert [(flagged.log, flagged.message(), flagged.count) for flagged in found] == [
        (panic, "p", 2),
        (crash, "c", 1),
    ]


def test_incidents_end_and_make_room(model: Model) -> None:
    """By service, level and pattern; beyond the bound one stands for all others, until it ends."""
    live = LiveIncidents(limit=1, quiet_s=10)
    first = live.see(model, flagged(model), 0.0)
    assert live.see(model, flagged(model), 5.0) is first
    other = live.see(model, flagged(model, service="shop"), 6.0)
    assert (other.service, other.pattern_id, other.finding) == ("other", "other", None)
    assert live.see(model, flagged(model, "out of memory"), 7.0) is other
    assert (first.count, other.count, len(live)) == (2, 2, 2)
    assert live.end(14.9) == []
    assert live.end(15.0) == [first]
    assert live.see(model, flagged(model, service="shop"), 16.0).service == "shop"
    assert live.end(17.0) == [other]
    assert len(live) == 1


def test_workers_add_up_what_they_have_seen(model: Model) -> None:
    """Of each incident, whichever place it has in a worker; what has ended makes room, and what a
    worker that ended had seen goes with it.
    """
    board = Board(2)
    shared = SharedCounts(board, 2)
    board.open()
    workers = [(board.join(), LiveIncidents(1, 10.0)) for _ in range(2)]

    def seen_by(number: int, log: Flagged, now: float) -> int:
        row, live = workers[number]
        board.enter(row)
        live.end(now)
        incident = live.see(model, log, now)
        shared.write(live)
        return incident.digest

    panic, shop = flagged(model), flagged(model, service="shop")
    digest = seen_by(0, panic, 1.0)
    assert seen_by(1, shop, 2.0) != digest
    other = seen_by(1, panic, 3.0)  # beyond the bound of that worker
    assert other not in {digest, 0}
    assert seen_by(0, panic, 4.0) == digest
    found = shared.read()
    assert (found[digest], found[other]) == (Seen(2, 4.0), Seen(1, 3.0))
    assert seen_by(1, panic, 12.5) == digest  # the shop has ended
    assert shared.read() == {digest: Seen(3, 12.5), other: Seen(1, 3.0)}
    assert seen_by(1, panic, 13.5) == digest
    assert shared.read() == {digest: Seen(4, 13.5)}
    board.leave(workers[0][0])
    assert shared.read() == {digest: Seen(2, 13.5)}


def test_features_alone_are_an_incident_without_text(model: Model) -> None:
    """A log that came without its message has neither pattern nor text."""
    incident = LiveIncidents(1, 10.0).see(
        model, Flagged(FEATURES, model.verdict(FEATURES), lambda: ""), 0.0
    )
    assert (incident.pattern_id, incident.text) == ("", "")


def test_alerts_are_sent_once_an_interval_until_they_end(model: Model) -> None:
    """At once, then each interval though no log comes, with the end moved on by later logs."""
    receiver, clock, counted = Receiver(), Clock(), Counted()
    alerts = counted.alerts(receiver.url, clock=clock, now=lambda: clock.s + 1_000_000)

    def sent_at(second: float) -> list[dict[str, Any]]:
        clock.s, known = second, len(receiver.bodies)
        asyncio.run(alerts.send())
        return [alert for body in receiver.bodies[known:] for alert in json.loads(body)]

    with receiver.running():
        assert sent_at(1_000) == []
        alerts.see(model, flagged(model))
        (first,) = sent_at(1_000)
        assert first["startsAt"] == "1970-01-12T14:03:20.000+00:00"
        assert first["endsAt"] == "1970-01-12T14:08:20.000+00:00"
        alerts.see(model, flagged(model))
        assert sent_at(1_059) == []
        clock.s = 1_030
        alerts.see(model, flagged(model))
        (second,) = sent_at(1_060)
        assert (second["startsAt"], second["annotations"]["count"]) == (first["startsAt"], "3")
        assert second["endsAt"] > first["endsAt"]
        assert counted[LIVE.name] == 1
        assert len(sent_at(1_120)) == 1
        assert sent_at(1_060 + QUIET_INTERVALS * INTERVAL_S) == []
    assert counted[LIVE.name] == 0
    assert counted[LOST.name] == 0
    assert counted[f"{POSTS.name} taken"] == 3


def test_a_worker_without_a_row_counts_for_itself(model: Model) -> None:
    """More workers than rows, as while old workers drain, still send their alerts."""
    receiver, counted = Receiver(), Counted()
    counted.board.enter(NO_ROW)
    alerts = counted.alerts(receiver.url)
    for _ in range(2):
        alerts.see(model, flagged(model))
    with receiver.running():
        asyncio.run(alerts.send())
    ((alert,),) = map(json.loads, receiver.bodies)
    assert alert["annotations"]["count"] == "2"


def test_failed_calls_wait_ever_longer(model: Model) -> None:
    """Up to an interval; what ended meanwhile is lost, and counted once."""
    clock, counted = Clock(), Counted()
    alerts = counted.alerts(Receiver().url, clock=clock)  # which is not there
    alerts.see(model, flagged(model))
    tries: list[int] = []
    for second in range(int(QUIET_INTERVALS * INTERVAL_S) + 1):
        clock.s = 1_000.0 + second
        asyncio.run(alerts.send())
        if counted[f"{POSTS.name} failed"] > len(tries):
            tries.append(second)
    assert tries == [0, 2, 6, 14, 30, 62, 122, 182, 242]
    assert counted[LOST.name] == 1


def test_each_alertmanager_gets_everything(model: Model) -> None:
    """What any of them took is taken; those that are away get it with the next interval."""
    here, away, clock, counted = Receiver(), Receiver(), Clock(), Counted()
    alerts = counted.alerts(here.url, away.url, clock=clock)
    alerts.see(model, flagged(model))
    with here.running():
        for _ in range(2):
            asyncio.run(alerts.send())
            clock.s += 1
        clock.s += INTERVAL_S
        with away.running():
            asyncio.run(alerts.send())
    assert [len(here.bodies), len(away.bodies)] == [2, 1]
    assert counted[f"{POSTS.name} taken"] == 3
    assert counted[f"{POSTS.name} failed"] == 1


def test_a_reader_that_stops_is_not_waited_for(model: Model) -> None:
    """So many lines wait for it; all others are counted, and the next line says how many."""
    reading, writing = os.pipe()
    clock, counted = Clock(), Counted()
    lines = LineWriter(2, counted.reports, writing, clock)
    many = flagged(model)
    many.count = 100
    for _ in range(10):
        lines.see(model, many)
        clock.s += 1
    asyncio.run(lines.write())
    lines.see(model, flagged(model))
    asyncio.run(lines.write())
    os.close(writing)
    lines.see(model, flagged(model))
    asyncio.run(lines.flush())  # to a file that is closed
    with os.fdopen(reading, "rb") as output:
        written = [json.loads(line) for line in output]
    assert len(written) == 2 * MAX_WAITING_S + 1
    assert [line["suppressed"] for line in written] == [
        *(0, 0, 98, 0, 98, 0, 98, 0, 98, 0),
        98 + 5 * 100,
    ]
    assert counted[f"{LINES.name} written"] == len(written)
    assert counted[f"{LINES.name} suppressed"] == 1_002 - len(written)
