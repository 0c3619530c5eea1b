"""`python -m trainer recalibrate`: another threshold for a published model."""

import argparse
from typing import Final

from trainer.cli.command import Command, UsageError, Work
from trainer.cli.data_options import DATA_HELP, add_counts, add_data, data_or_counts
from trainer.cli.fit_options import add_budget, add_version, alert_budget
from trainer.cli.store import open_models
from trainer.cli.terminal import Terminal, say
from trainer.jobs.recalibrate import recalibrate
from trainer.judging.wording import budget_in_words

_DESCRIPTION: Final = f"""\
Publish a new version with the same forest and another threshold: the way out of a flood of alerts
when the model is right about what is unusual, but too much is. Without DATA the threshold comes
from what the model keeps of its training data (thousandths); with DATA from those records.

{DATA_HELP}"""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_data(parser, required=False)
    add_counts(parser)
    share = parser.add_mutually_exclusive_group(required=True)
    share.add_argument(
        "--contamination",
        type=float,
        metavar="SHARE",
        help="share of records to flag, in (0, 0.5]",
    )
    add_budget(share, parser)
    add_version(parser)


def _run(arguments: argparse.Namespace) -> Work:
    budget, share = alert_budget(arguments), arguments.contamination
    if share is not None and not 0 < share <= 0.5:  # noqa: PLR2004 - scikit-learn's bounds
        raise UsageError(f"--contamination {share}: Expected above 0 to 0.5")
    done = recalibrate(
        budget or share,
        data_or_counts(arguments),
        model_dir=open_models(arguments),
        version=arguments.version,
        listener=Terminal(),
    )
    before, after = done.before.scores, done.after.scores
    print(f"version {done.version} published to {arguments.model_dir} and current")
    print(f"  forest      that of version {done.origin}")
    print(f"  threshold   {before.threshold:.6f} -> {after.threshold:.6f}")
    if after.message_threshold is not None and before.message_threshold is not None:
        print(f"  with a message  {before.message_threshold:.6f} -> {after.message_threshold:.6f}")
    if (found := done.after.calibration.budget) is not None:
        print(f"  alert budget  {budget_in_words(found)}")
    for warning in done.warnings:
        say(f"warning: {warning}")
    return Work(done.after.calibration.n_records)


COMMAND: Final = Command(
    "publish another threshold for a model", _add_arguments, _run, _DESCRIPTION, is_job=True
)
