"""How well the detectors detect: what the documentation says is what is computed today."""

import math
from pathlib import Path

import msgspec
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from benchmarks.quality import REAL_LOGS, SAMPLES, alert_table, labelled_table, rank, read_lines
from inference.model.model import Model
from schemas.api.predictions import Prediction
from schemas.bundle.options import TrainOptions
from schemas.record.extraction import extract
from schemas.record.features import SEVERITY, Level
from trainer.counting.table import count_logs
from trainer.fitting.pipeline import fit

ROOT = Path(__file__).parent.parent.parent
PAGE = ROOT / "docs" / "how-it-decides.md"


def stated(page: Path, name: str) -> str:
    """A table of a page."""
    return page.read_text().split(f"<!-- {name}:start -->\n")[1].split(f"<!-- {name}:end -->")[0]


def test_the_labelled_samples_give_the_figures_that_are_stated() -> None:
    """Both detectors and the trivial rules, on the shipped lines with their faults."""
    assert stated(PAGE, "labelled") == labelled_table()


def test_figures_from_counts_are_those_of_single_records() -> None:
    """Weights by counts give scikit-learn's own figures of every single line."""
    lines = read_lines(SAMPLES)
    labels = [line.fault is not None for line in lines]
    by_level = next(curve for curve in rank(lines, lines) if curve.name == "`level` alone")
    levels = [SEVERITY[line.level] for line in lines]
    assert by_level.auc == pytest.approx(roc_auc_score(labels, levels), abs=1e-12)
    expected = average_precision_score(labels, levels)
    assert by_level.average_precision == pytest.approx(expected, abs=1e-12)


def test_the_real_logs_give_the_shares_of_the_page() -> None:
    """The share of alerts on logs that a model was not fitted on."""
    if not (REAL_LOGS / "trainticket-faults.jsonl.gz").exists():
        pytest.skip("the real logs are not beside the project (../shared/data)")
    assert stated(PAGE, "alerts") == alert_table()


@pytest.fixture(scope="module")
def shop() -> Model:
    """The model of the page's example by hand."""
    lines = [(f"order {17 + index % 80} placed", Level.INFO) for index in range(989)]
    lines += [(f"stock low for item {index % 10}", Level.WARN) for index in range(10)]
    logs = [extract(message, level, "shop") for message, level in lines]
    options = TrainOptions(detector="surprisal", contamination=0.01)
    return fit(count_logs(logs), options).candidate.model


@pytest.mark.parametrize(
    ("message", "level", "surprisal", "is_anomaly"),
    [
        ("payment failed: card 7 refused", Level.ERROR, 2 + 0.5 + 3, True),
        ("stock low for item 9", Level.WARN, 1 + math.log10(1000 / 11), False),
    ],
)
def test_the_example_by_hand(
    shop: Model, message: str, level: Level, surprisal: float, *, is_anomaly: bool
) -> None:
    """The page's numbers come out: tau is 2.9999, D is the sum of the terms."""
    tau = 1 + 0.75 * math.log10(1000 / 10) + 0.25 * math.log10(999 / 10)
    assert shop.manifest.scores.message_threshold == pytest.approx(tau, abs=2e-6)
    verdict = shop.verdict(shop.extract(message, level, "shop"))
    answer = judged(verdict.json)
    assert verdict.is_anomaly is is_anomaly
    assert answer.decision == pytest.approx(tau - surprisal, abs=2e-6)
    assert answer.anomaly_score == pytest.approx(1 / (1 + 10 ** (tau - surprisal)), abs=2e-6)
    assert f"{tau - surprisal:.4f}".rstrip("0") in PAGE.read_text()


def judged(tail: bytes) -> Prediction:
    """The answer that a verdict is kept as."""
    return msgspec.json.decode(b'{"log_id":""' + tail + b"}", type=Prediction)
