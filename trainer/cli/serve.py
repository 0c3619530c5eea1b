"""`python -m trainer serve`: the REST service."""

import argparse
import os
from typing import Final

from inference.environment import load_settings
from trainer.cli.command import Command
from trainer.settings import PREFIX, TrainerSettings


def _add_arguments(_parser: argparse.ArgumentParser) -> None:
    """None: the environment configures it."""


def _run(_arguments: argparse.Namespace) -> None:
    from inference.access.check import check_access  # noqa: PLC0415 - for this command only

    settings = load_settings(TrainerSettings, os.environ, PREFIX)
    check_access(settings)
    # Set for the inference service. On import, gunicorn reads it and fails on what is no number.
    os.environ.pop("WEB_CONCURRENCY", None)
    from inference.serving.server import run_server  # noqa: PLC0415 - for this command only, and see above
    from trainer.app import create_app  # noqa: PLC0415 - for this command only

    run_server(
        lambda board: create_app(settings, board),
        settings,
        name="log-anomaly-trainer",
        port=settings.port,
        workers=1,  # one training at a time; its lock lives in the process
    )


COMMAND: Final = Command(
    "run the REST service; configured by the environment, see README",
    _add_arguments,
    _run,
    uses_store=False,
)
