"""`python -m trainer recalibrate`: another threshold for the current model."""

import argparse
from typing import Final

from inference.environment import SettingsError
from trainer.cli.data import load
from trainer.cli.parsing import DATA_HELP, Command, add_counts, add_data
from trainer.store.candidate import current_version, load_candidate
from trainer.store.registry import ModelRegistry

_DESCRIPTION: Final = f"""\
Publish a new version with the same forest and another threshold: the way out of a flood of alerts
when the model is right about what is unusual, but too much is. Without DATA the threshold comes
from what the model keeps of its training data (thousandths); with DATA from those records.

{DATA_HELP}"""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_data(parser, required=False)
    add_counts(parser)
    parser.add_argument(
        "--contamination",
        type=float,
        required=True,
        metavar="SHARE",
        help="share of records to flag, in (0, 0.5]",
    )
    parser.add_argument(
        "--version", type=int, metavar="N", help="the model (default: the current one)"
    )


def _run(arguments: argparse.Namespace) -> None:
    from trainer.fitting.recalibration import recalibrate  # noqa: PLC0415 - loads onnx, for this command

    if not 0 < arguments.contamination <= 0.5:  # noqa: PLR2004 - scikit-learn's bounds
        raise SettingsError(f"--contamination {arguments.contamination}: Expected above 0 to 0.5")
    registry = ModelRegistry(arguments.model_dir)
    version = arguments.version or current_version(registry)
    candidate = load_candidate(registry, version)
    table = load(arguments).table if arguments.data or arguments.counts else None
    before = candidate.model.manifest.scores
    manifest, files = recalibrate(
        candidate.model.manifest, candidate.files, arguments.contamination, table
    )
    published = registry.publish(lambda _version: files)
    print(f"version {published} published to {arguments.model_dir} and current")
    print(f"  forest      that of version {version}")
    print(f"  threshold   {before.threshold:.6f} -> {manifest.scores.threshold:.6f}")
    if manifest.scores.message_threshold is not None and before.message_threshold is not None:
        print(
            f"  with a message  {before.message_threshold:.6f} -> "
            f"{manifest.scores.message_threshold:.6f}"
        )


COMMAND: Final = Command(
    "publish another threshold for a model", _add_arguments, _run, _DESCRIPTION
)
