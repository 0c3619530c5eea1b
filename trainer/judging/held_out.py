"""What a report says of records that were held out of training."""

from datetime import UTC, datetime

from trainer.fitting.holdout import Split
from trainer.judging.headline import headline
from trainer.judging.judged import judge
from trainer.judging.metrics import make_curve
from trainer.report.goodness import HeldOut
from trainer.store.candidate import Candidate


def describe_held_out(split: Split, candidate: Candidate) -> HeldOut:
    """Judge the records that a model did not learn from.

    Args:
        split: what it learned from, and the rest.
        candidate: the model.
    """
    table = split.held_out
    judged = judge(table, candidate)
    said = headline(table, judged, budget=candidate.model.manifest.calibration.budget)
    positives = table.positives
    if positives is None or not 0 < int(positives.sum()) < table.n_samples:
        return HeldOut(basis_of(split), said)
    judgements = judged.judgements
    curve = make_curve("", -judgements.decisions, table.counts, positives, judgements.is_anomaly)
    return HeldOut(basis_of(split), said, curve.average_precision, curve.auc)


def basis_of(split: Split) -> str:
    """Which records were held out, in a sentence."""
    n = f"{split.held_out.n_samples:,}"
    if split.since is not None:
        since = datetime.fromtimestamp(split.since / 1_000_000, UTC).isoformat(timespec="seconds")
        return f"Held out of training: the newest {n} lines, from {since} on."
    if split.in_order:
        return f"Held out of training: the last {n} lines."
    return f"Held out of training: {n} lines of all kinds, since their order is unknown."
