"""Incidents as Alertmanager takes them: POST /api/v2/alerts (its OpenAPI document, version 2).

Labels identify an alert, so they are the same in every worker and pod that sees the pattern, and
do not change with the model's version. All else is annotations.
"""

from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote

import msgspec

from inference.incidents.live import Incident
from inference.incidents.shared_counts import Seen
from schemas.api.open_inference import MODEL_NAME

ALERT_NAME: Final = "LogAnomaly"

_OTHERS: Final = "anomalies of patterns beyond those that have an alert of their own"


class Alert(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """An alert.

    Attributes:
        labels: identify it; those without a value are left out.
        annotations: describe it.
        starts_at, ends_at: RFC 3339; from `ends_at` on it counts as resolved.
        generator_url: where people look next (`generatorURL`).
    """

    labels: dict[str, str]
    annotations: dict[str, str]
    starts_at: str
    ends_at: str
    generator_url: str = msgspec.field(default="", name="generatorURL")


def alert_of(
    incident: Incident, seen: Seen, ends_at: float, since_epoch: float, link: str
) -> Alert:
    """The alert of an incident.

    Args:
        incident: which.
        seen: what all workers have seen of it.
        ends_at: when it ends, in seconds of the incidents' clock.
        since_epoch: what that clock lacks to seconds since 1970.
        link: where people look next, with {service}, {level} and {pattern_id}; may be empty.
    """
    labels = {
        "alertname": ALERT_NAME,
        "service": incident.service,
        "level": incident.level,
        "pattern_id": incident.pattern_id,
        "model": MODEL_NAME,
    }
    url = _filled(link, labels)
    annotations = {
        "summary": _summary(incident),
        "text": incident.text,
        "count": str(seen.count),
        "last_seen": _time(seen.last_seen + since_epoch),
        "link": url,
    }
    if incident.finding is None:
        annotations["why"] = _OTHERS
    else:
        annotations |= {
            "why": incident.finding.why,
            "anomaly_score": f"{incident.finding.anomaly_score:.4f}",
            "percentile": f"{incident.finding.percentile:g}",
            "model_version": incident.finding.model_version,
        }
    return Alert(
        {name: value for name, value in labels.items() if value},
        {name: value for name, value in annotations.items() if value},
        _time(incident.began + since_epoch),
        _time(ends_at + since_epoch),
        url,
    )


def _summary(incident: Incident) -> str:
    if incident.finding is None:
        return "Other anomalous logs"
    return f"Anomalous {incident.level} logs of {incident.service}"


def _filled(link: str, labels: dict[str, str]) -> str:
    for name in ("service", "level", "pattern_id"):
        link = link.replace(f"{{{name}}}", quote(labels[name], safe=""))
    return link


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
