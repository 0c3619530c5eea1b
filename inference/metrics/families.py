"""Metrics with their names and meanings, and the families of samples that they are answered as.

Names follow the conventions of Prometheus: a prefix, a base unit (seconds, bytes), `_total` at the
end of counters. The text itself is written by prometheus_client.
"""

from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Literal

import msgspec
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)


class Spec(msgspec.Struct, frozen=True):
    """A metric as its readers see it; docs/metrics.md lists all of them.

    Attributes:
        name: as in the text; of a histogram, without `_bucket`, `_sum` and `_count`.
        kind: its type.
        meaning: a sentence without a full stop.
        labels: names of its labels.
    """

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    meaning: str
    labels: tuple[str, ...] = ()

    def counter(self, samples: Iterable[tuple[Sequence[str], float]]) -> Metric:
        """The family of a counter: values of the labels, and the count."""
        family = CounterMetricFamily(self.name, self.meaning, labels=self.labels)
        for values, count in samples:
            family.add_metric(list(values), count)
        return family

    def gauge(self, samples: Iterable[tuple[Sequence[str], float]]) -> Metric:
        """The family of a gauge: values of the labels, and the value."""
        family = GaugeMetricFamily(self.name, self.meaning, labels=self.labels)
        for values, value in samples:
            family.add_metric(list(values), value)
        return family

    def histogram(
        self,
        bounds: Sequence[float],
        samples: Iterable[tuple[Sequence[str], Sequence[float], float]],
    ) -> Metric:
        """The family of a histogram.

        Args:
            bounds: upper bounds of the buckets but the last, which has none.
            samples: values of the labels, the count in each bucket, and the sum of what was seen.
        """
        family = HistogramMetricFamily(self.name, self.meaning, labels=self.labels)
        edges = [*map(repr, map(float, bounds)), "+Inf"]
        for values, counts, total in samples:
            buckets = list(zip(edges, accumulate(counts), strict=True))
            family.add_metric(list(values), buckets=buckets, sum_value=total)
        return family


class Families:
    """Families that are there already, as prometheus_client wants them."""

    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        """All of them."""
        return self._families
