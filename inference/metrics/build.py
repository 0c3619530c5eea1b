"""The release that answers, as a metric."""

from typing import Final

from prometheus_client.core import Metric

from inference.metrics.families import Spec
from schemas.version import __version__

BUILD: Final = Spec(
    "log_anomaly_build_info", "gauge", "1, with the version of the release", ("version",)
)


def build_family() -> Metric:
    """The release as a metric."""
    return BUILD.gauge([((__version__,), 1.0)])
