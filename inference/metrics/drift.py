"""Drift: how far recent logs are from those that the model learned from.

Everything here is a gauge made of counts of all workers: as they are now, less what they were at
the beginning of the window. Each worker remembers these for itself. The window of a worker that has
just been restarted begins then, unless the service itself is younger than a window.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import Final

import msgspec
from prometheus_client.core import Metric

from inference.metrics.families import Spec
from inference.metrics.spread import Spread
from schemas.bundle.manifest import Manifest
from schemas.record.bins import stability_index
from schemas.record.features import FEATURE_NAMES

PSI: Final = Spec(
    "log_anomaly_drift_psi",
    "gauge",
    "Population stability index of a feature, the window's logs against the training records: "
    "below 0.1 nothing has changed, from 0.25 on a lot has",
    ("feature",),
)
FLAGGED_SHARE: Final = Spec(
    "log_anomaly_flagged_share", "gauge", "Share of the window's logs that were flagged"
)
CONTAMINATION: Final = Spec(
    "log_anomaly_contamination",
    "gauge",
    "Share of the records behind its thresholds that the serving model flags",
)
UNSEEN_SHARE: Final = Spec(
    "log_anomaly_unseen_share",
    "gauge",
    "Share of the window's logs whose signature, or of those with a template whose template, no "
    "training record had",
    ("what",),
)
WINDOW_LOGS: Final = Spec(
    "log_anomaly_drift_window_logs",
    "gauge",
    "Logs in the window; with fewer than 1,000 the others of the window are left out",
)
WINDOW_SECONDS: Final = Spec("log_anomaly_drift_window_seconds", "gauge", "Length of the window")
SPECS: Final = (PSI, FLAGGED_SHARE, CONTAMINATION, UNSEEN_SHARE, WINDOW_LOGS, WINDOW_SECONDS)

ENOUGH_LOGS: Final = 1_000
"""With n logs and B bins an index is about (B - 1) / n even if nothing has changed: 0.03 here."""

LOOKS: Final = 20
"""Counts are remembered this many times a window."""


class Window:
    """Remembers the counts of a window.

    Args:
        length_s: seconds of the window.
        clock: monotonic seconds.
    """

    def __init__(self, length_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.look_s = length_s / LOOKS
        self._length_s = length_s
        self._clock = clock
        self._past: deque[tuple[float, Spread]] = deque()

    def begin(self, spread: Spread) -> None:
        """Begin with these counts, unless others are remembered that are young enough."""
        if self._past and self._clock() - self._past[0][0] > self._length_s:
            self._past.clear()
        if not self._past:
            self._past.append((self._clock(), spread))

    def look(self, spread: Spread) -> None:
        """Remember these counts, to be called every `look_s`."""
        now = self._clock()
        self._past.append((now, spread))
        # The first that is left is the last that lies a whole window back.
        while len(self._past) > 1 and now - self._past[1][0] >= self._length_s:
            self._past.popleft()

    def since(self, spread: Spread) -> tuple[float, Spread]:
        """The seconds of the window, and what was counted in them until these counts."""
        began, before = self._past[0]
        return self._clock() - began, _difference(spread, before)


def drift_families(manifest: Manifest | None, window: tuple[float, Spread]) -> Iterable[Metric]:
    """The drift of a model in a window.

    Args:
        manifest: of the model that serves; None if there is none.
        window: its seconds, and what was counted in them.
    """
    seconds, spread = window
    enough = spread.n_logs >= ENOUGH_LOGS
    shares = manifest.training.shares if manifest is not None else {}
    yield PSI.gauge(
        ((name,), stability_index(shares[name], (counts / counts.sum()).tolist()))
        for name, counts in zip(FEATURE_NAMES, spread.features, strict=True)
        if enough and len(shares.get(name, ())) == len(counts)
    )
    yield FLAGGED_SHARE.gauge([((), spread.n_anomalies / spread.n_logs)] if enough else [])
    flagged = [] if manifest is None else [((), manifest.calibration.flagged_share)]
    yield CONTAMINATION.gauge(flagged)
    unseen = []
    if enough:
        unseen.append((("signature",), spread.unseen_signatures / spread.n_logs))
    if spread.n_messages >= ENOUGH_LOGS:
        unseen.append((("template",), spread.unseen_templates / spread.n_messages))
    yield UNSEEN_SHARE.gauge(unseen)
    yield WINDOW_LOGS.gauge([((), spread.n_logs)])
    yield WINDOW_SECONDS.gauge([((), seconds)])


def _difference(now: Spread, before: Spread) -> Spread:
    features = zip(now.features, before.features, strict=True)
    totals = [
        getattr(now, name) - getattr(before, name)
        for name in msgspec.structs.asdict(now)
        if name != "features"
    ]
    return Spread(tuple(after - earlier for after, earlier in features), *totals)
