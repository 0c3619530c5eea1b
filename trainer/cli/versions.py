"""`python -m trainer list`, `info`, `activate`, `rollback` and `delete`: the store's versions."""

import argparse
from typing import Final

from inference.errors import BrokenVersionError, NoModelError
from schemas.bundle.manifest import HeldOutSummary, Manifest
from trainer.cli.command import Command, UsageError
from trainer.cli.data_options import add_counts, add_reading, required_data
from trainer.cli.decision import became_current, print_decision
from trainer.cli.store import add_optional_version, open_models
from trainer.cli.terminal import Terminal, say
from trainer.jobs.activate import activate_unless_worse
from trainer.judging.wording import budget_in_words
from trainer.store.candidate import current_version, load_candidate
from trainer.store.carrying import no_longer_holding
from trainer.store.history import Change
from trainer.store.registry import ModelRegistry
from trainer.store.shadow import name_candidate, name_no_candidate


def _list(arguments: argparse.Namespace) -> None:
    registry = open_models(arguments)
    try:
        current = registry.current_version()
    except NoModelError:
        current = 0
    except BrokenVersionError as error:
        say(f"warning: {error}")
        current = 0
    print("  version  created                    rows      threshold  detector")
    for version in registry.versions():
        mark = "*" if version == current else " "
        try:
            manifest = registry.bundle(version).manifest
        except BrokenVersionError as error:
            print(f"{mark} {version:<8} broken: {error}")
        else:
            print(
                f"{mark} {version:<8} {manifest.created_at}  {manifest.training.n_samples:<9} "
                f"{manifest.main_threshold:<9.6f}  {manifest.detector}"
            )


def _info(arguments: argparse.Namespace) -> None:
    registry = open_models(arguments)
    version = arguments.version or current_version(registry)
    manifest = load_candidate(registry, version).model.manifest
    if arguments.json:
        print(manifest.to_json().decode(), end="")
        return
    for name, value in _facts(version, manifest):
        print(f"{name:<20}{value}")


def _facts(version: int, manifest: Manifest) -> list[tuple[str, str]]:
    """The main facts of a version."""
    training, scores, calibration = manifest.training, manifest.scores, manifest.calibration
    options = manifest.options
    facts = [
        ("version", str(version)),
        ("detector", manifest.detector),
        ("created", manifest.created_at),
        ("trained on", f"{training.n_samples:,} records, {training.n_distinct:,} distinct"),
        ("with messages", f"{training.n_messages:,}"),
        ("threshold", f"{scores.threshold:.6f}"),
    ]
    if scores.n_own:
        facts.append(("own thresholds", f"{scores.n_own:,} services"))
    if manifest.held_out is not None:
        facts.append(("held out", _held_out(manifest.held_out)))
    if calibration.budget is not None:
        facts.append(("alert budget", budget_in_words(calibration.budget)))
    if scores.message_threshold is not None:
        facts.append(("with a message", f"{scores.message_threshold:.6f}"))
    return [
        *facts,
        ("contamination", str(options.contamination)),
        ("flagged", f"{calibration.flagged_share:.2%} of {calibration.source}"),
        ("trees", f"{options.n_estimators}, {options.max_samples} samples each"),
        ("seed", str(options.random_state)),
        *[(name, f"{entry.size_bytes:,} bytes") for name, entry in manifest.files.items()],
    ]


def _held_out(held_out: HeldOutSummary) -> str:
    figures = f"{held_out.n_records:,} records, {held_out.flagged_share:.2%} flagged"
    if held_out.since is not None:
        figures += f", from {held_out.since} on"
    if held_out.average_precision is not None:
        precision, auc = held_out.average_precision, held_out.auc
        figures += f"; average precision {precision:.3f}, ROC AUC {auc:.3f}"
    return figures


def _activate(arguments: argparse.Namespace) -> None:
    if arguments.data is not None:
        if arguments.corrections_of is not None:
            raise UsageError("--corrections-of: --unless-worse keeps the corrections that hold")
        data = required_data(arguments)
        decision = activate_unless_worse(
            data, arguments.version, model_dir=open_models(arguments), listener=Terminal()
        )
        print_decision(decision)
        print(became_current(decision))
        return
    if arguments.counts:
        raise UsageError("--counts is for --unless-worse")
    registry, version = open_models(arguments), arguments.version
    if arguments.corrections_of is None:
        _tell(registry, registry.activate(version))
        return
    current = registry.activate_with(version, arguments.corrections_of)
    more = f": version {version} with the corrections of version {arguments.corrections_of}"
    print(f"version {current} is current{'' if current == version else more}")


def _rollback(arguments: argparse.Namespace) -> None:
    registry = open_models(arguments)
    _tell(registry, registry.rollback())


def _tell(registry: ModelRegistry, change: Change) -> None:
    """Print what is current now, and what people have corrected that holds no longer with it."""
    print(f"version {change.version} is current")
    for warning in no_longer_holding(registry, change):
        say(f"warning: {warning}")


def _delete(arguments: argparse.Namespace) -> None:
    open_models(arguments).delete(arguments.version)
    print(f"version {arguments.version} is deleted")


def _shadow(arguments: argparse.Namespace) -> None:
    registry = open_models(arguments)
    if arguments.version is None:
        name_no_candidate(registry)
        print("no version is the candidate")
        return
    name_candidate(registry, arguments.version)
    print(f"version {arguments.version} is the candidate")


def _add_candidate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "version",
        type=lambda text: None if text == "off" else int(text),
        metavar="N|off",
        help="the version, or off for none",
    )


def _add_activate(parser: argparse.ArgumentParser) -> None:
    _add_number(parser)
    parser.add_argument(
        "--unless-worse",
        dest="data",
        nargs="*",
        metavar="DATA",
        help="have this and the active version judge DATA (or --counts) first; a worse version is "
        "not made current (docs/models.md lists the rules)",
    )
    parser.add_argument(
        "--corrections-of",
        type=int,
        metavar="M",
        help="have the corrections of version M hold, in the place of those of version N: the same "
        "model is published with them",
    )
    add_counts(parser)
    add_reading(parser)


def _add_nothing(_parser: argparse.ArgumentParser) -> None:
    """For commands without options of their own."""


def _add_number(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("version", type=int, metavar="N", help="number of the version")


def _add_info(parser: argparse.ArgumentParser) -> None:
    add_optional_version(parser)
    parser.add_argument("--json", action="store_true", help="print the whole manifest")


LIST: Final = Command("list the published versions", _add_nothing, _list)
INFO: Final = Command("show what a version was made of", _add_info, _info)
ACTIVATE: Final = Command("make a published version current", _add_activate, _activate)
ROLLBACK: Final = Command("make the version that served before current", _add_nothing, _rollback)
SHADOW: Final = Command(
    "have services judge by a version too, beside the current version, or by none any more",
    _add_candidate,
    _shadow,
    "Services that were started with ANOMALY_SHADOW=candidate take it up within a second; what "
    "they find is in GET /api/v1/model/shadow and in their metrics.",
)
DELETE: Final = Command(
    "delete a version that neither serves nor would after a rollback", _add_number, _delete
)
