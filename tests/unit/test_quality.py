"""How well the detectors detect: what the documentation says is what is computed today."""

import math
from pathlib import Path

import msgspec
import pytest

from benchmarks.quality import REAL_LOGS, alert_table, labelled_table
from inference.model import Model
from schemas.extraction import extract
from schemas.features import Level
from schemas.predictions import Prediction
from schemas.training import TrainOptions
from trainer.pipeline import fit
from trainer.table import count_logs

PAGE = Path(__file__).parent.parent.parent / "docs" / "how-it-decides.md"


def stated(name: str) -> str:
    """A table of the page."""
    return PAGE.read_text().split(f"<!-- {name}:start -->\n")[1].split(f"<!-- {name}:end -->")[0]


def test_the_labelled_samples_give_the_figures_of_the_page() -> None:
    """Both detectors and the trivial rules, on the shipped lines with their faults."""
    assert stated("labelled") == labelled_table()


def test_the_real_logs_give_the_shares_of_the_page() -> None:
    """The share of alerts on logs that a model was not fitted on."""
    if not (REAL_LOGS / "trainticket-faults.jsonl.gz").exists():
        pytest.skip("the real logs are not beside the project (../shared/data)")
    assert stated("alerts") == alert_table()


@pytest.fixture(scope="module")
def shop() -> Model:
    """The model of the page's example by hand."""
    lines = [(f"order {17 + index % 80} placed", Level.INFO) for index in range(989)]
    lines += [(f"stock low for item {index % 10}", Level.WARN) for index in range(10)]
    logs = [extract(message, level, "shop") for message, level in lines]
    options = TrainOptions(detector="surprise", contamination=0.01)
    return fit(count_logs(logs), options).candidate.model


@pytest.mark.parametrize(
    ("message", "level", "surprise", "is_anomaly"),
    [
        ("payment failed: card 7 refused", Level.ERROR, 2 + 0.5 + 3 + 1, True),
        ("stock low for item 9", Level.WARN, 1 + math.log10(1000 / 11) + 1, False),
    ],
)
def test_the_example_by_hand(
    shop: Model, message: str, level: Level, surprise: float, *, is_anomaly: bool
) -> None:
    """The page's numbers come out: tau is 4, D is the sum of the four terms."""
    assert shop.manifest.scores.message_threshold == pytest.approx(4, abs=1e-6)
    verdict = shop.verdict(shop.extract(message, level, "shop"))
    answer = judged(verdict.json)
    assert verdict.is_anomaly is is_anomaly
    assert answer.decision == pytest.approx(4 - surprise, abs=1e-6)
    assert answer.anomaly_score == pytest.approx(1 / (1 + 10 ** (4 - surprise)), abs=1e-6)
    assert f"{4 - surprise:.4f}".rstrip("0") in PAGE.read_text()


def judged(tail: bytes) -> Prediction:
    """The answer that a verdict is kept as."""
    return msgspec.json.decode(b'{"log_id":""' + tail + b"}", type=Prediction)
