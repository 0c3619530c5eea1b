"""One JSON line per anomaly, at a bounded rate; what is left out is counted in the next line.

A line has no text of the log, masked or not: standard output ends in places where logs of other
services do not belong. The pattern id leads to the text for those who may read it.
"""

import asyncio
import contextlib
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

import msgspec

from inference.incidents.findings import Finding, finding_of, pattern_of
from inference.metrics.reports import Reports
from inference.model.flagged import Flagged
from inference.model.model import Model

MAX_WAITING_S: Final = 5
"""So many seconds' worth of lines wait for a slow reader; more are suppressed."""

FLUSH_S: Final = 1.0
"""How long a worker that ends waits for the reader."""

_encode: Final = msgspec.json.Encoder().encode


class AnomalyLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line on standard output.

    Attributes:
        timestamp: when the log was judged.
        event: distinguishes it from the service's own logs.
        service, level: of the log.
        pattern_id: of its pattern; empty if it came without its message.
        why, anomaly_score, percentile, model_version: as in `Finding`.
        suppressed: anomalies since the line before that got no line.
    """

    timestamp: str
    event: str = "anomaly"
    service: str
    level: str
    pattern_id: str
    why: str
    anomaly_score: float
    percentile: float
    model_version: str
    suppressed: int


class LineWriter:
    """Writes lines beside the event loop, which a reader that stops must not stop.

    Args:
        per_s: lines a second, and at once.
        reports: counts them.
        descriptor: of the file that they are written to.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        per_s: int,
        reports: Reports,
        descriptor: int = 1,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._per_s = per_s
        self._reports = reports
        self._descriptor = descriptor
        self._clock = clock
        self._allowed = float(per_s)
        self._filled_at = clock()
        self._suppressed = 0
        self._waiting: list[bytes] = []
        self._n_writing = 0
        self._came = asyncio.Event()

    def see(self, model: Model, flagged: Flagged) -> None:
        """Have lines written for anomalies, as far as the rate allows."""
        now = self._clock()
        self._allowed = min(
            self._allowed + (now - self._filled_at) * self._per_s, float(self._per_s)
        )
        self._filled_at = now
        room = MAX_WAITING_S * self._per_s - len(self._waiting) - self._n_writing
        n_lines = min(flagged.count, int(self._allowed), room)
        if n_lines:
            finding = finding_of(model, flagged)
            self._waiting.append(_line(flagged, finding, self._suppressed))
            self._waiting += [_line(flagged, finding, 0)] * (n_lines - 1)
            self._allowed -= n_lines
            self._suppressed = 0
            self._came.set()
        if n_lines < flagged.count:
            self._suppressed += flagged.count - n_lines
            self._reports.suppressed(flagged.count - n_lines)

    async def run(self) -> None:
        """Write for ever."""
        while True:
            await self._came.wait()
            self._came.clear()
            await self.write()

    async def write(self) -> None:
        """Write what waits; it takes room until it is written."""
        lines, self._waiting = self._waiting, []
        self._n_writing = len(lines)
        try:
            await asyncio.to_thread(_write, self._descriptor, lines)
        except OSError:  # nobody reads any more
            self._reports.suppressed(len(lines))
        else:
            self._reports.written(len(lines))
        self._n_writing = 0

    async def flush(self) -> None:
        """Write what waits for the last time, unless its reader has stopped."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.write(), FLUSH_S)


def _line(flagged: Flagged, finding: Finding, suppressed: int) -> bytes:
    log = flagged.log
    line = AnomalyLine(
        timestamp=datetime.now(UTC).isoformat(timespec="milliseconds"),
        service=log.service,
        level=log.level.value,
        pattern_id=pattern_of(log),
        suppressed=suppressed,
        **msgspec.structs.asdict(finding),
    )
    return _encode(line) + b"\n"


def _write(descriptor: int, lines: list[bytes]) -> None:
    """Each by itself: a pipe keeps lines of several processes whole up to 4,096 bytes."""
    for line in lines:
        rest = line
        while rest:
            rest = rest[os.write(descriptor, rest) :]
