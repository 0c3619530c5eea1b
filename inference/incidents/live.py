"""Anomalies that last: by service, level and pattern, from the first log to a time of quiet."""

import hashlib
from collections.abc import Iterator
from typing import Final

from inference.incidents.findings import Finding, finding_of, pattern_of
from inference.model.flagged import Flagged
from inference.model.model import Model
from schemas.record.features import LogFeatures
from schemas.record.templates import template_of

OTHER: Final = "other"
"""Service and pattern id of the incident that stands for all beyond the bound."""

DIGEST_BYTES: Final = 6
"""Of a digest, so that a float64 holds it exactly."""

_Key = tuple[str, str, object]


class Incident:
    """Anomalies of the same service, level and pattern.

    Attributes:
        service, level, pattern_id: which; the level of `OTHER` is empty.
        text: the template of its first message; empty if there was none.
        finding: what the model found; None for `OTHER`.
        began, last_seen: first and last log, in seconds of the clock.
        count: logs, as this process has seen them.
        sent_at: when Alertmanager last took it; None if it never did.
        digest: of service, level and pattern id, the same in every worker; at least 1.
    """

    __slots__ = (
        "began",
        "count",
        "digest",
        "finding",
        "last_seen",
        "level",
        "pattern_id",
        "sent_at",
        "service",
        "text",
    )

    def __init__(self, service: str, level: str, pattern_id: str, now: float) -> None:
        self.service = service
        self.level = level
        self.pattern_id = pattern_id
        self.text = ""
        self.finding: Finding | None = None
        self.began = self.last_seen = now
        self.count = 0
        self.sent_at: float | None = None
        name = f"{service}\0{level}\0{pattern_id}".encode("utf-8", "replace")
        self.digest = int.from_bytes(hashlib.sha256(name).digest()[:DIGEST_BYTES]) | 1


class LiveIncidents:
    """The incidents of a process, kept apart up to a bound.

    Attributes:
        quiet_s: an incident ends that long after its last log.

    Args:
        limit: how many incidents; a further incident stands for all others.
        quiet_s: see above.
    """

    def __init__(self, limit: int, quiet_s: float) -> None:
        self._limit = limit
        self.quiet_s = quiet_s
        self._live: dict[_Key, Incident] = {}
        self._other: Incident | None = None

    def __iter__(self) -> Iterator[Incident]:
        """All that are live."""
        yield from self._live.values()
        if self._other is not None:
            yield self._other

    def __len__(self) -> int:
        return len(self._live) + (self._other is not None)

    def see(self, model: Model, flagged: Flagged, now: float) -> Incident:
        """The incident of an anomaly, which has counted it."""
        log = flagged.log
        key = (log.service, log.level.value, getattr(log, "pattern", None))
        incident = self._live.get(key)
        if incident is None and len(self._live) < self._limit:
            incident = self._live[key] = _begin(log, now)
            incident.text = template_of(flagged.message())
        if incident is None:
            incident = self._other = self._other or Incident(OTHER, "", OTHER, now)
        elif incident.finding is None or incident.finding.model_version != model.version:
            incident.finding = finding_of(model, flagged)
        incident.count += flagged.count
        incident.last_seen = now
        return incident

    def ends_at(self, incident: Incident) -> float:
        """When it ends if no other log comes, in seconds of the clock."""
        return incident.last_seen + self.quiet_s

    def end(self, now: float) -> list[Incident]:
        """Forget and return those that have ended."""
        ended = [incident for incident in self if self.ends_at(incident) <= now]
        self._live = {
            key: incident for key, incident in self._live.items() if self.ends_at(incident) > now
        }
        if self._other in ended:
            self._other = None
        return ended


def _begin(log: LogFeatures, now: float) -> Incident:
    return Incident(log.service, log.level.value, pattern_of(log), now)
