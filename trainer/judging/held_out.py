"""How a model does on records that were held out of training."""

from datetime import UTC, datetime

from schemas.bundle.manifest import HeldOutSummary
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
    judgements, positives = judged.judgements, table.positives
    n_flagged = int(table.counts[judgements.is_anomaly].sum())
    average_precision = auc = None
    if positives is not None and 0 < int(positives.sum()) < table.n_samples:
        flagged = judgements.is_anomaly
        curve = make_curve("", -judgements.decisions, table.counts, positives, flagged)
        average_precision, auc = curve.average_precision, curve.auc
    return HeldOut(
        basis_of(split),
        headline(table, judged, budget=candidate.model.manifest.calibration.budget),
        HeldOutSummary(
            table.n_samples, n_flagged / table.n_samples, _moment(split), average_precision, auc
        ),
    )


def basis_of(split: Split) -> str:
    """Which records were held out, in a sentence."""
    n = f"{split.held_out.n_samples:,}"
    since = _moment(split)
    if since is not None:
        return f"Held out of training: the newest {n} lines, from {since} on."
    if split.is_given:
        return f"Held out of training: {n} lines of other data."
    if split.in_order:
        return f"Held out of training: the last {n} lines."
    return f"Held out of training: {n} lines of all kinds, since their order is unknown."


def _moment(split: Split) -> str | None:
    """From when on records were held out, as text; None where they have no times."""
    if split.since is None:
        return None
    return datetime.fromtimestamp(split.since / 1_000_000, UTC).isoformat(timespec="seconds")
