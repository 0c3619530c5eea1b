"""Metrics as text: that of Prometheus (version 0.0.4), and OpenMetrics 1.0."""

from collections.abc import Callable, Iterable
from typing import Final

from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.core import Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.openmetrics import exposition as openmetrics
from prometheus_client.registry import Collector

from inference.metrics.families import Families

_WRITERS: Final[dict[str, Callable[[Collector], bytes]]] = {
    CONTENT_TYPE_PLAIN_0_0_4: generate_latest,
    openmetrics.CONTENT_TYPE_LATEST: openmetrics.generate_latest,
}

FORMATS: Final = tuple(_WRITERS)
"""Content types; callers without a preference get the first."""

DEFAULT: Final = FORMATS[0]


def write(families: Iterable[Metric], content_type: str) -> bytes:
    """The text in a format of `FORMATS`."""
    return _WRITERS[content_type](Families(families))
