"""Compares the verdicts that were answered with those of the candidate."""

from collections import Counter
from collections.abc import Sequence

import msgspec

from inference.model.model import Model
from inference.model.verdicts import Verdict, numbers_of
from schemas.record.features import LogFeatures


class Difference(msgspec.Struct, frozen=True):
    """Logs that only the model or only the candidate flags.

    Attributes:
        log: what the models saw of them.
        model_decision, candidate_decision: of both; negative is an anomaly.
        n_logs: how many.
    """

    log: LogFeatures
    model_decision: float
    candidate_decision: float
    n_logs: int


class Comparison(msgspec.Struct, frozen=True):
    """Counts of the verdicts of two models on the same logs.

    Attributes:
        n_logs: that both judged.
        n_neither, n_both, n_model, n_candidate: flagged by neither, by both, by the model alone, by
            the candidate alone.
        n_skipped: verdicts of yet another model.
        differences: where they differ.
    """

    n_logs: int
    n_neither: int
    n_both: int
    n_model: int
    n_candidate: int
    n_skipped: int
    differences: list[Difference]


def compare(model: Model, candidate: Model, verdicts: Sequence[Verdict]) -> Comparison:
    """Have the candidate judge what a model has judged; each distinct log once.

    Args:
        model: which answers now. What another model answered is skipped.
        candidate: judges the same logs.
        verdicts: as they were answered, a verdict for each log.
    """
    counts = Counter(map(id, verdicts))  # equal logs share a verdict, and hashing would read it
    distinct = dict(zip(map(id, verdicts), verdicts, strict=True))
    mark = b'"model_version":"%b"' % model.version.encode()
    judged: list[tuple[int, LogFeatures, Verdict]] = [
        (counts[key], verdict.log, verdict)
        for key, verdict in distinct.items()
        if verdict.log is not None and mark in verdict.json
    ]
    others = candidate.verdicts([log for _, log, _ in judged]) if judged else []
    n_flagged = {(False, False): 0, (True, True): 0, (True, False): 0, (False, True): 0}
    differences: list[Difference] = []
    for (count, log, verdict), other in zip(judged, others, strict=True):
        n_flagged[verdict.is_anomaly, other.is_anomaly] += count
        if verdict.is_anomaly is not other.is_anomaly:
            decisions = numbers_of(verdict).decision, numbers_of(other).decision
            differences.append(Difference(log, *decisions, count))
    n_logs = sum(n_flagged.values())
    return Comparison(
        n_logs,
        n_flagged[False, False],
        n_flagged[True, True],
        n_flagged[True, False],
        n_flagged[False, True],
        len(verdicts) - n_logs,
        differences,
    )
