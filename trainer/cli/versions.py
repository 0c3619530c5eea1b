"""`python -m trainer list`, `activate` and `rollback`: the versions in the store."""

import argparse
from typing import Final

from inference.errors import BrokenVersionError, NoModelError
from trainer.cli.parsing import Command
from trainer.cli.terminal import say
from trainer.store.registry import ModelRegistry


def _list(arguments: argparse.Namespace) -> None:
    registry = ModelRegistry(arguments.model_dir)
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
            manifest = registry.manifest(version)
        except BrokenVersionError as error:
            print(f"{mark} {version:<8} broken: {error}")
        else:
            print(
                f"{mark} {version:<8} {manifest.created_at}  {manifest.training.n_samples:<9} "
                f"{manifest.scores.threshold:<9.6f}  {manifest.detector}"
            )


def _activate(arguments: argparse.Namespace) -> None:
    ModelRegistry(arguments.model_dir).activate(arguments.version)
    print(f"version {arguments.version} is current")


def _rollback(arguments: argparse.Namespace) -> None:
    version = ModelRegistry(arguments.model_dir).rollback()
    print(f"version {version} is current")


def _add_nothing(_parser: argparse.ArgumentParser) -> None:
    """For commands without options of their own."""


def _add_version(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("version", type=int, metavar="N")


LIST: Final = Command("list the published versions", _add_nothing, _list)
ACTIVATE: Final = Command("make a published version current", _add_version, _activate)
ROLLBACK: Final = Command(
    "make the version before the current one current", _add_nothing, _rollback
)
