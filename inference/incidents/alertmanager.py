"""Keeps Alertmanager informed of the incidents that last.

There is no queue of messages that could overflow: what waits to be sent is the bounded table of
live incidents itself. A call that failed is repeated, with what is true by then, for as long as
the incident lasts; a call that was taken too, once an interval, as a restarted Alertmanager knows
nothing of it any more. Of several Alertmanagers each is sent everything, as their clusters expect,
and what any of them took is taken.

Nothing ends an alert but its `endsAt`: each worker that sees another log moves it on, whoever sent
the alert first, and a killed worker's alerts end by themselves.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from typing import Final

import msgspec
import urllib3

from inference.incidents.alerts import alert_of
from inference.incidents.live import Incident, LiveIncidents
from inference.incidents.shared_counts import Seen, SharedCounts
from inference.metrics.reports import Reports
from inference.model.flagged import Flagged
from inference.model.model import Model
from inference.upstream import Upstream

ANSWER_TIMEOUT_S: Final = 5.0

QUIET_INTERVALS: Final = 5
"""An alert ends after so many intervals without a log: three calls in a row may fail."""

TICK_S: Final = 1.0
TICKS_PER_INTERVAL: Final = 4

FLUSH_S: Final = 3.0
"""How long a worker that ends waits for its last call."""

_HEADERS: Final = {"Content-Type": "application/json"}
_encode: Final = msgspec.json.Encoder().encode
_log = logging.getLogger(__name__)


class Alertmanager:
    """Sends the incidents of a worker; must be used from a single event loop.

    Args:
        urls: of each Alertmanager, as in http://alertmanager:9093.
        limit: incidents that are kept apart.
        interval_s: an alert is sent at most that often while it lasts.
        link: as in `alert_of`.
        reports: counts what is sent.
        shared: adds up what all workers have seen.
        clock: monotonic seconds.
        now: seconds since 1970.
    """

    def __init__(
        self,
        urls: Sequence[str],
        *,
        limit: int,
        interval_s: float,
        link: str,
        reports: Reports,
        shared: SharedCounts,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._urls = [f"{url.rstrip('/')}/api/v2/alerts" for url in urls]
        self._interval_s = interval_s
        self._tick_s = min(TICK_S, interval_s / TICKS_PER_INTERVAL)
        self._link = link
        self._reports = reports
        self._shared = shared
        self._clock = clock
        self._now = now
        self._incidents = LiveIncidents(limit, QUIET_INTERVALS * interval_s)
        self._upstream = Upstream("alertmanager", ANSWER_TIMEOUT_S)
        self._failing: set[str] = set()
        self._n_failed = 0
        self._retry_at = float("-inf")

    def see(self, model: Model, flagged: Flagged) -> None:
        """Take anomalies up: less than a microsecond for those of a live incident."""
        incident = self._incidents.see(model, flagged, self._clock())
        if incident.finding is None:
            self._reports.other(flagged.count)

    async def run(self) -> None:
        """Send for ever."""
        while True:
            await asyncio.sleep(self._tick_s)
            await self.send()

    async def send(self) -> None:
        """Send what is due, unless the last call failed just now; forget what has ended."""
        now = self._clock()
        ended = self._incidents.end(now)
        self._reports.lost([incident.sent_at for incident in ended].count(None))
        self._reports.live(len(self._incidents))
        self._shared.write(self._incidents)
        due = [
            incident
            for incident in self._incidents
            if incident.sent_at is None or now - incident.sent_at >= self._interval_s
        ]
        if due and now >= self._retry_at:
            await self._post(due)

    async def flush(self) -> None:
        """Send what is live as it is now, for the last time; what nobody takes then is lost."""
        live = list(self._incidents)
        self._shared.write(live)
        if live:
            try:
                await asyncio.wait_for(self._post(live), FLUSH_S)
            except TimeoutError:
                self._reports.failed()
        self._reports.lost([incident.sent_at for incident in live].count(None))
        self._reports.live(0)

    async def _post(self, due: list[Incident]) -> None:
        began = self._clock()
        since_epoch = self._now() - began
        shared, quiet_s = self._shared.read(), self._incidents.quiet_s
        alerts = [
            alert_of(incident, seen, seen.last_seen + quiet_s, since_epoch, self._link)
            for incident in due
            # A worker without a row on the board counts for itself.
            for seen in [shared.get(incident.digest, Seen(incident.count, incident.last_seen))]
        ]
        body = _encode(alerts)
        if any(await asyncio.gather(*(self._takes(url, body) for url in self._urls))):
            self._n_failed = 0
            for incident in due:
                incident.sent_at = began
            return
        self._n_failed += 1
        self._retry_at = self._clock() + min(
            self._tick_s * 2.0 ** min(self._n_failed, 16), self._interval_s
        )

    async def _takes(self, url: str, body: bytes) -> bool:
        """Send a body; whether it was taken."""
        try:
            answer = await self._upstream.post(url, body, _HEADERS)
            fault = "" if answer.status < 300 else f"it answered {answer.status}"  # noqa: PLR2004 - HTTP
        except urllib3.exceptions.HTTPError as error:
            fault = str(error)
        if not fault:
            self._failing.discard(url)
            self._reports.taken()
            return True
        self._reports.failed()
        if url not in self._failing:  # the failures that follow are counted
            self._failing.add(url)
            _log.warning("alerts.not_sent", extra={"url": url, "reason": fault})
        return False
