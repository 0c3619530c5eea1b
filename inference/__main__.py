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
"""What a shell gives a program that Ctrl-C ended."""


def main() -> None:
    """Read the settings and serve until told to stop."""
    parser = argparse.ArgumentParser(
        prog="python -m inference",
        description="Serve predictions. Configured by environment variables: HOST, PORT, "
        "WEB_CONCURRENCY, MODEL_DIR, LOG_LEVEL, TRAINER_URL and others that the README lists.",
    )
    parser.add_argument("--version", action="version", version=f"log-anomaly {__version__}")
    parser.parse_args()
    try:
        settings = load_settings(InferenceSettings, os.environ, PREFIX)
        check_access(settings)
    except SettingsError as error:
        print(f"The settings are wrong:\n{error}", file=sys.stderr)  # noqa: T201 - for a person
        sys.exit(WRONG_SETTINGS_EXIT)
    # Not before: Ctrl-C during their imports is no reason for a traceback, and gunicorn reads
    # WEB_CONCURRENCY on import and fails on what is no number.
    from inference.app import create_app  # noqa: PLC0415 - see above
    from inference.serving.server import run_server  # noqa: PLC0415 - see above
    from inference.serving.tls import tls_options  # noqa: PLC0415 - see above

    run_server(
        lambda: create_app(settings),
        name="log-anomaly-inference",
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        log_level=settings.log_level,
        tls=tls_options(settings),
        max_head_bytes=settings.max_head_bytes,
    )


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)  # noqa: T201 - for a person
        sys.exit(INTERRUPTED_EXIT)
