"""The detectors by name: what the users of an answer, a manifest or a report must know of each.

What a detector does has a class in each half under the same name: `inference.detectors.registry`
and `trainer.fitting.learners`.
"""

from collections.abc import Callable
from typing import Final

import msgspec

from schemas.record.surprisal import TERMS


class DetectorSpec(msgspec.Struct, frozen=True, kw_only=True):
    """A detector as its users see it.

    Attributes:
        name: in options, manifests and reports.
        reads_message: whether a message decides beyond the six features made of it.
        takes_auto: whether contamination may be "auto".
        takes_per_service: whether services may have thresholds of their own.
        measure: what a threshold is a value of, as the label of an axis.
        terms: names of the summands of that value, in the order of their sum; empty without any.
        score: meaning of `anomaly_score`.
        decision: meaning of `decision`.
        clear: a decision that is clearly an anomaly's.
    """

    name: str
    reads_message: bool
    takes_auto: bool
    takes_per_service: bool = False
    measure: str
    terms: tuple[str, ...] = ()
    score: str
    decision: str
    clear: float


DETECTORS: Final[dict[str, DetectorSpec]] = {
    spec.name: spec
    for spec in (
        DetectorSpec(
            name="isolation_forest",
            reads_message=False,
            takes_auto=True,
            measure="anomaly score",
            score="Liu's s(x)",
            decision="scikit-learn's decision_function",
            clear=-0.1,
        ),
        DetectorSpec(
            name="surprisal",
            reads_message=True,
            takes_auto=False,
            takes_per_service=True,
            measure="surprisal in decades",
            terms=TERMS,
            score="1 / (1 + 10 ** decision)",
            decision="in decades",
            clear=-1.0,
        ),
    )
}
"""In the order in which they are listed for people."""


def meanings(part: Callable[[DetectorSpec], str]) -> str:
    """The meaning of a field of an answer, detector by detector."""
    return "; ".join(f"{spec.name}: {part(spec)}" for spec in DETECTORS.values())
