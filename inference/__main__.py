"""`python -m inference`: serve predictions. Configured by the environment, see README."""

import argparse
import os
import sys
from typing import Final

from inference.access.check import check_access
from inference.environment import WRONG_SETTINGS_EXIT, SettingsError, load_settings
from inference.settings import PREFIX, InferenceSettings
from schemas.version import __version__

INTERRUPTED_EXIT: Final = 130
"""The exit code that shells give a program that Ctrl-C ended."""


def main() -> None:
    """Read the settings and serve until stopped."""
    parser = argparse.ArgumentParser(
        prog="python -m inference",
        description="Serve predictions. Configured by environment variables: HOST, PORT, "
        "WEB_CONCURRENCY, MODEL_DIR, LOG_LEVEL, TRAINER_URL and others that the README lists.",
    )
    parser.add_argument("--version", action="version", version=f"log-anomaly {__version__}")
    parser.add_argument(
        "what",
        nargs="?",
        choices=["serve", "mirror"],
        default="serve",
        help="serve (the default), or mirror: follow the object store MODEL_STORE into MODEL_DIR",
    )
    what = parser.parse_args().what
    try:
        if what == "mirror":
            from inference.mirroring import mirror  # noqa: PLC0415 - see below

            mirror()
            return
        settings = load_settings(InferenceSettings, os.environ, PREFIX)
        check_access(settings)
    except SettingsError as error:
        print(f"The settings are wrong:\n{error}", file=sys.stderr)  # noqa: T201 - for a person
        sys.exit(WRONG_SETTINGS_EXIT)
    # On import, gunicorn reads it and fails on what it does not take for a number, as 2.0.
    os.environ.pop("WEB_CONCURRENCY", None)
    # Not before: Ctrl-C during their imports is no reason for a traceback.
    from inference.app import create_app  # noqa: PLC0415 - see above
    from inference.serving.server import run_server  # noqa: PLC0415 - see above

    run_server(
        lambda board: create_app(settings, board),
        settings,
        name="log-anomaly-inference",
        port=settings.port,
        workers=settings.workers,
        keep_alive_s=settings.keep_alive_s,
    )


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)  # noqa: T201 - for a person
        sys.exit(INTERRUPTED_EXIT)
