"""How well the detectors detect, as the tables that the documentation states.

    python -m benchmarks.quality

prints them; a test recomputes them and holds the documentation to it. Everything is computed from
logs: the labelled samples that are shipped, and the lines of a system of 27 services beside the
project, which have no labels by line.
"""

import gzip
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final

import msgspec
import numpy as np

from inference.detectors.judgements import Judgements
from schemas.bundle.detectors import DETECTORS
from schemas.bundle.options import TrainOptions
from schemas.record.extraction import extract
from schemas.record.features import SEVERITY, Level, LogFeatures
from schemas.record.key import Ints, messages_of, pack_record, traits_in, without_traits
from schemas.record.templates import TEMPLATE_BUCKETS
from trainer.counting.table import CountTable, count_logs
from trainer.fitting.pipeline import fit
from trainer.judging.metrics import make_curve
from trainer.report.goodness import Curve

ROOT: Final = Path(__file__).parent.parent
SAMPLES: Final = ROOT / "samples" / "logs.jsonl.gz"
REAL_LOGS: Final = ROOT.parent / "shared" / "data"
CONTAMINATIONS: Final = (0.01, 0.05)


class Line(msgspec.Struct, frozen=True):
    """A raw log line; samples name the fault under which it was written."""

    level: Level
    service: str
    message: str
    fault: str | None = None


def read_lines(path: Path) -> list[Line]:
    """The lines of a gzipped file of JSON lines, in their order."""
    return msgspec.json.Decoder(Line).decode_lines(gzip.decompress(path.read_bytes()))


def features_of(lines: Sequence[Line]) -> list[LogFeatures]:
    """What the models see of each line."""
    return [extract(line.message, line.level, line.service) for line in lines]


def keys_of(logs: Sequence[LogFeatures]) -> Ints:
    """The packed records, one for each line."""
    return np.array([pack_record(log) for log in logs], np.int64)


Judge = Callable[[Ints], Judgements]


def detectors(logs: Sequence[LogFeatures], contamination: float = 0.05) -> dict[str, Judge]:
    """The detectors, fitted on logs, by name: each judges packed records."""
    table = count_logs(logs)
    judges: dict[str, Judge] = {}
    for spec in DETECTORS.values():
        options = TrainOptions(contamination=contamination, detector=spec.name)
        judge = fit(table, options).detector.judge
        name = f"{spec.name}, six features" if spec.reads_message else spec.name
        judges[name] = partial(_judge_bare, judge)
        if spec.reads_message:
            judges[f"{spec.name}, with the message"] = judge
    return judges


def _judge_bare(judge: Judge, keys: Ints) -> Judgements:
    return judge(without_traits(keys))


def rank(training: Sequence[Line], tested: Sequence[Line]) -> list[Curve]:
    """How well each detector and each trivial rule ranks labelled lines.

    Args:
        training: lines to fit on; their labels are not used.
        tested: lines to rank.
    """
    logs = features_of(tested)
    keys = keys_of(logs)
    ones = np.ones(len(keys), np.int64)
    positives = np.array([line.fault is not None for line in tested], np.int64)
    fitted = detectors(features_of(training))
    curves = []
    for name, judge in fitted.items():
        judged = judge(keys)
        curves.append(make_curve(name, -judged.decisions, ones, positives, judged.is_anomaly))
    table = count_logs(features_of(training))
    trivial = {
        "`level` alone": [SEVERITY[log.level] for log in logs],
        "`message_length` alone": [log.message_length for log in logs],
        "template rarity alone": _template_rarity(table, keys),
    }
    for name, scores in trivial.items():
        curves.append(make_curve(name, np.array(scores, np.float64), ones, positives))
    return curves


def _template_rarity(table: CountTable, keys: Ints) -> Ints:
    """Rarer is higher: the negative count of the template among the training lines."""
    seen = np.zeros(TEMPLATE_BUCKETS, np.int64)
    np.add.at(seen, messages_of(table.traits)[1], table.counts)
    return -seen[messages_of(traits_in(keys))[1]]


def labelled_table() -> str:
    """The figures of the shipped labelled samples, as Markdown.

    Mixed: fitted without labels on the very lines that are ranked. Clean: fitted on the lines
    before the first fault, and tested on those behind.
    """
    lines = read_lines(SAMPLES)
    first = next(index for index, line in enumerate(lines) if line.fault is not None)
    rows = [
        "| ranking | mixed: ROC AUC | AP | F1 | clean: ROC AUC | AP | F1 |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    clean = {curve.name: curve for curve in rank(lines[:first], lines[first:])}
    for curve in rank(lines, lines):
        figures = [
            figure
            for ranking in (curve, clean[curve.name])
            for figure in (ranking.auc, ranking.average_precision, ranking.f1)
        ]
        rows.append(f"| {curve.name} | " + " | ".join(f"{figure:.3f}" for figure in figures) + " |")
    return "\n".join(rows) + "\n"


def alert_table() -> str:
    """The share of lines that each detector flags on logs it was not fitted on, as Markdown."""
    quiet, faults = (
        features_of(read_lines(REAL_LOGS / f"trainticket-{name}.jsonl.gz"))
        for name in ("faultfree", "faults")
    )
    half = len(faults) // 2
    protocols = {
        "fault-free run, then the run with faults": (quiet, faults),
        "first half of the run with faults, then its second half": (faults[:half], faults[half:]),
    }
    rows = [
        "| fitted on, then asked about | contamination | detector | in training | flagged |",
        "| --- | ---: | --- | ---: | ---: |",
    ]
    for protocol, (training, asked) in protocols.items():
        for contamination in CONTAMINATIONS:
            for name, judge in detectors(training, contamination).items():
                shares = [judge(keys_of(logs)).is_anomaly.mean() for logs in (training, asked)]
                flagged = " | ".join(f"{share:.2%}" for share in shares)
                rows.append(f"| {protocol} | {contamination:g} | {name} | {flagged} |")
    return "\n".join(rows) + "\n"


if __name__ == "__main__":
    print(labelled_table())
    print(alert_table())
