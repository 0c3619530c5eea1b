"""The short tables at the end of a job; the report has the rest."""

from trainer.cli.terminal import print_table, say
from trainer.report.content import Report
from trainer.report.verdict import judge_rankings


def print_summary(report: Report, duration_s: float) -> None:
    """What was found, on one screen."""
    print(
        f"{report.n_rows:,} rows, {report.n_distinct:,} distinct, {report.n_bad:,} unusable; "
        f"{duration_s:.1f} s"
    )
    print_table(
        ["detector", "anomalies", "share", "threshold"],
        [
            [one.detector, f"{one.n_flagged:,}", f"{one.flagged_share:.2%}", f"{one.threshold:.4f}"]
            for one in report.distributions
        ],
    )
    if report.curves:
        print(f"{report.n_labelled:,} of the rows are labelled as anomalies")
        print_table(
            ["ranking", "ROC AUC", "average precision", "F1"],
            [
                [one.name, f"{one.auc:.3f}", f"{one.average_precision:.3f}", f"{one.f1:.3f}"]
                for one in report.curves
            ],
        )
        print(judge_rankings(report.curves).sentence)
    for warning in report.warnings:
        say(f"warning: {warning}")
