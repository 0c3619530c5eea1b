"""Sentences of a report about parts of its records, each judged alone."""

from datetime import UTC, datetime

from schemas.bundle.manifest import Manifest
from trainer.counting.table import CountTable
from trainer.fitting.holdout import Split
from trainer.judging.headline import headline
from trainer.judging.judged import judge
from trainer.judging.metrics import make_curve
from trainer.report.formats import second
from trainer.store.candidate import Candidate


def learned_part(split: Split, candidate: Candidate) -> str:
    """How a model does on what it learned from, where other records were held out of training."""
    n = f"{split.learned.n_samples:,}"
    return _describe(f"On the {n} lines that it learned from", split.learned, candidate)


def newest_parts(split: Split, candidate: Candidate) -> list[str]:
    """How a model does on the newest records, and on those before them.

    Args:
        split: the latter as `learned`, the former as `held_out`.
        candidate: the model that judges; it may have learned from any of them.
    """
    n, n_before = f"{split.held_out.n_samples:,}", f"{split.learned.n_samples:,}"
    names = f"On {n} lines of all kinds, since their order is unknown", f"On the other {n_before}"
    if split.since is not None:
        since = second(datetime.fromtimestamp(split.since // 1_000_000, UTC).isoformat())
        names = f"On the newest {n} lines, from {since} UTC on", f"On the {n_before} before them"
    elif split.in_order:
        names = f"On the last {n} lines", f"On the {n_before} before them"
    parts = (split.held_out, split.learned)
    return [_describe(name, part, candidate) for name, part in zip(names, parts, strict=True)]


def whether_learned(table: CountTable, manifest: Manifest) -> str:
    """Whether a published model may have learned from records."""
    if not table.has_times or table.first_seen is None:
        return "It may have learned from these lines: they have no times that would tell."
    made = datetime.fromisoformat(manifest.created_at).timestamp() * 1_000_000
    if int(table.first_seen.min()) > made:
        return "It learned from none of these lines: all were written after it was made."
    return "It may have learned from these lines: not all were written after it was made."


def _describe(name: str, table: CountTable, candidate: Candidate) -> str:
    judged = judge(table, candidate)
    words = headline(table, judged, budget=candidate.model.manifest.calibration.budget)
    sentence = f"{name}: {words[0].lower()}{words[1:]}"
    positives = table.positives
    if positives is None or not 0 < int(positives.sum()) < table.n_samples:
        return sentence
    flagged = judged.judgements.is_anomaly
    curve = make_curve("", -judged.judgements.decisions, table.counts, positives, flagged)
    return f"{sentence} ROC AUC {curve.auc:.3f}, average precision {curve.average_precision:.3f}."
