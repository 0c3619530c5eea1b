"""The short tables at the end of a job; the report has the rest."""

from typing import Final

from trainer.cli.terminal import print_table, say
from trainer.cli.volume import print_volume
from trainer.report.content import Report
from trainer.report.formats import second
from trainer.report.goodness import HeldOut
from trainer.report.worth import judge_rankings

MAX_NAMED: Final = 5
N_NEWEST: Final = 3
MAX_TEXT: Final = 100


def print_summary(report: Report, duration_s: float) -> None:
    """Print a report's figures, on a single screen."""
    print(
        f"{report.n_rows:,} rows, {report.n_distinct:,} distinct, {report.n_bad:,} unusable; "
        f"{duration_s:.1f} s"
    )
    print_table(
        ["detector", "anomalies", "share", "threshold"],
        [
            [
                ranking.detector,
                f"{ranking.n_flagged:,}",
                f"{ranking.flagged_share:.2%}",
                f"{ranking.threshold:.4f}",
            ]
            for ranking in report.distributions
        ],
    )
    if report.curves:
        print(f"{report.n_labelled:,} of the rows are labelled as anomalies")
        print_table(
            ["ranking", "ROC AUC", "average precision", "F1"],
            [
                [
                    ranking.name,
                    f"{ranking.auc:.3f}",
                    f"{ranking.average_precision:.3f}",
                    f"{ranking.f1:.3f}",
                ]
                for ranking in report.curves
            ],
        )
        print(judge_rankings(report.curves).sentence)
        _print_alerts(report)
    _print_flagged(report)
    for sentence in report.omitted:
        print(sentence)
    print(report.headline)
    if report.basis:
        print(report.basis)
    if report.held_out is not None:
        _print_held_out(report.held_out)
    for part in report.parts:
        print(part)
    for warning in report.warnings:
        say(f"warning: {warning}")


def _print_flagged(report: Report) -> None:
    """Where and when the flagged lines are, what is new, and what people have corrected."""
    if report.timeline is not None:
        print_volume(report.timeline)
    detector = report.distributions[0].detector
    for what, shares in (("level", report.levels), ("service", report.services)):
        flagged = [
            (share.n_flagged[detector], share.name) for share in shares if share.n_flagged[detector]
        ]
        named = sorted(flagged, key=lambda pair: (-pair[0], pair[1]))[:MAX_NAMED]
        if named:
            print(f"flagged by {what}: {', '.join(f'{name} {n:,}' for n, name in named)}")
    if report.newest:
        print(f"newest patterns, of {report.n_patterns:,}:")
        for pattern in report.newest[:N_NEWEST]:
            text = pattern.text[:MAX_TEXT] or pattern.pattern_id
            print(f"  {second(pattern.first_seen)}  {pattern.level} {pattern.service}: {text}")
    for mark in report.marks:
        here = "" if mark.n_rows is None else f", {mark.n_rows:,} lines here"
        print(f"corrected to {mark.verdict}{here}: {mark.service}: {mark.what[:MAX_TEXT]}")


def _print_held_out(held_out: HeldOut) -> None:
    print(held_out.basis)
    summary = held_out.summary
    if summary.average_precision is not None:
        print(
            f"On them: ROC AUC {summary.auc:.3f}, average precision "
            f"{summary.average_precision:.3f}."
        )
    print(f"On them: {held_out.headline}")


def _print_alerts(report: Report) -> None:
    print_table(
        ["alerts", "lines", "labelled", "precision", "recall"],
        [
            [
                alerts.name,
                f"{alerts.n_lines:,}",
                f"{alerts.n_labelled:,}",
                f"{alerts.precision:.0%}",
                f"{alerts.recall:.0%}",
            ]
            for alerts in report.alerts
        ],
    )
    first = ", ".join(f"{lines.precision:.0%} of {lines.n_lines}" for lines in report.first)
    print(f"labelled of the worst lines: {first}")
    if report.first_patterns:
        patterns = ", ".join(
            f"{patterns.n_labelled} of {patterns.n_patterns}" for patterns in report.first_patterns
        )
        print(f"worst patterns with a labelled line: {patterns}")
    faults = report.faults
    if faults is not None:
        what = "faults that are named" if faults.named else "runs of labelled lines of a service"
        print(f"{what}: {faults.n_flagged:,} of {faults.n_faults:,} have a flagged line")
