"""Reports made up for tests."""

import random

from trainer.report.content import (
    BadRecord,
    Contribution,
    Distribution,
    FoundPattern,
    Report,
    SeenPattern,
    Share,
    Timeline,
    TopRecord,
)
from trainer.report.goodness import Alerts, Curve, FaultCount, FirstLines, FirstPatterns

DETECTORS = ("isolation_forest", "surprisal")
TERMS = ("severity", "keywords", "rarity", "forest")


def make_curve(name: str, auc: float, average_precision: float, *, trivial: bool) -> Curve:
    """The curves of a ranking: of 200 points, more or less bent."""
    rates = [index / 199 for index in range(200)]
    return Curve(
        name=name,
        trivial=trivial,
        false_positive_rate=rates,
        true_positive_rate=[rate ** (1 / auc - 1) for rate in rates],
        recall=rates,
        precision=[1 - rate * (1 - average_precision) for rate in rates],
        auc=auc,
        average_precision=average_precision,
        f1=average_precision / 2,
    )


def make_curves() -> list[Curve]:
    """The deciding detector, another, and the rules; `level` is better by both measures."""
    return [
        make_curve("surprisal", 0.81, 0.44, trivial=False),
        make_curve("isolation_forest", 0.62, 0.33, trivial=False),
        make_curve("level alone", 0.85, 0.47, trivial=True),
        make_curve("message_length alone", 0.52, 0.16, trivial=True),
        make_curve("template rarity alone", 0.74, 0.31, trivial=True),
    ]


def make_distribution(detector: str = "surprisal") -> Distribution:
    """Scores with a long tail, one of each of the last."""
    n_rows = [*(4000 // 2**index for index in range(12)), 0, 0, 1, 0, 3, 1]
    edges = [0.35 + 0.025 * index for index in range(len(n_rows) + 1)]
    return Distribution(
        detector=detector,
        edges=edges,
        n_rows=n_rows,
        threshold=0.58,
        n_flagged=37,
        flagged_share=37 / sum(n_rows),
        contamination=0.005,
    )


def make_record(number: int) -> TopRecord:
    """One of the most anomalous records."""
    choose = random.Random(number)
    contributions = [Contribution(term, round(choose.uniform(-0.4, 3), 3)) for term in TERMS]
    return TopRecord(
        features={"message_length": "1,123", "level": "ERROR", "service": "payment-service"},
        n_rows=number,
        anomaly_score=1 - number / 100,
        decision=number / 10 - 4,
        contributions=contributions,
        reason="ERROR, 1 in 40,000 for payment-service, message never seen",
        example=f"could not charge order {number}\n" + "  at charge (payment.py:17)\n" * 20,
        place=f"logs/payment-{number}.jsonl.gz:4711",
    )


def make_pattern(number: int) -> FoundPattern:
    """One of the patterns with the most anomalous lines."""
    return FoundPattern(
        pattern_id=f"{number:016x}",
        service="payment-service",
        text=f"could not charge order # of customer {number}",
        level=("FATAL", "ERROR", "WARN", "INFO", "DEBUG")[number % 5],
        n_rows=number + 1,
        n_flagged=number,
        n_labelled=number // 2,
        first_seen="2026-11-24T08:00:01.5Z",
        last_seen="2026-11-24T08:59:59Z",
        spark=[number * slot % 7 for slot in range(30)],
        record=make_record(number),
    )


def make_timeline() -> Timeline:
    """An hour in thirty slots, some of them without lines."""
    return Timeline(
        start="2026-11-24T08:00:00Z",
        end="2026-11-24T09:00:00Z",
        slot_seconds=120.0,
        n_rows=[slot * 37 % 400 for slot in range(30)],
        n_flagged=[slot * 37 % 400 // 30 for slot in range(30)],
    )


def make_shares(names: list[str]) -> list[Share]:
    """Groups of which less and less is flagged."""
    return [
        Share(name, 9000 // (index + 1), dict.fromkeys(DETECTORS, 90 // (index + 1) ** 2))
        for index, name in enumerate(names)
    ]


def make_alerts() -> list[Alerts]:
    """The model's and those of rules, one of them with a long name."""
    names = ("surprisal", "level >= ERROR", "Drain's groups' rarity, as many lines")
    return [Alerts(name, 1_437, 1_138, 0.792, 0.205) for name in names]


def make_newest(number: int) -> SeenPattern:
    """A pattern that appeared last; of each second no line is flagged."""
    return SeenPattern(
        pattern_id=f"{number:016x}",
        service="orders-api",
        text=f"pool {'# ' * 40}closed",
        level="INFO",
        n_rows=1,
        n_flagged=number % 2,
        first_seen="2026-11-24T08:59:00Z",
        last_seen="2026-11-24T08:59:00Z",
    )


def make_report() -> Report:
    """A report of usual size, with labels and times: 30 services, 20 patterns, 5 rankings."""
    return Report(
        title="Model 3",
        created_at="2026-11-24T09:41:07+00:00",
        detector="surprisal",
        sources=["logs/*.jsonl.gz"],
        detected=["JSON lines, gzip", "labels are in `fault`"],
        warnings=["level alone ranks better than surprisal on these labels"],
        n_rows=8001,
        n_distinct=613,
        n_bad=3,
        bad=[BadRecord("logs/a.jsonl:7", "`level` is LOUD, expected DEBUG, INFO, WARN ...")],
        levels=make_shares(["DEBUG", "INFO", "WARN", "ERROR", "FATAL"]),
        services=make_shares([f"service-{index}" for index in range(30)] + ["others"]),
        distributions=[make_distribution("surprisal"), make_distribution("isolation_forest")],
        top=[],
        importance=[Contribution(term, 1 / (index + 1)) for index, term in enumerate(TERMS)],
        importance_unit="decades",
        n_labelled=673,
        curves=make_curves(),
        alerts=make_alerts(),
        first=[FirstLines(n, 0.96) for n in (10, 50, 100)],
        first_patterns=[FirstPatterns(10, 10), FirstPatterns(20, 19)],
        faults=FaultCount(named=False, n_faults=74, n_flagged=8, n_alerted=54),
        newest=[make_newest(number) for number in range(10)],
        parity={"training rows compared with scikit-learn": "613", "labels that differ": "0"},
        parameters={"contamination": "0.005", "n_estimators": "100"},
        versions={"scikit-learn": "1.9.1", "numpy": "2.4.6"},
        headline="Flags 37 of 8,001 lines; 30 of them are labelled, of 673 in all.",
        basis="These are the lines that it learned from.",
        patterns=[make_pattern(number) for number in range(1, 21)],
        n_patterns=310,
        n_flagged_patterns=25,
        timeline=make_timeline(),
    )
