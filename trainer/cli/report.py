"""`python -m trainer report`: opens the report beside a version, or serves it."""

import argparse
import contextlib
import os
import sys
import webbrowser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

from schemas.bundle.manifest import REPORT_FILE
from trainer.cli.command import Command
from trainer.cli.store import add_optional_version, open_models
from trainer.errors import NoVersionError, OutputError
from trainer.store.candidate import current_version

LOOPBACK: Final = "127.0.0.1"
"""A report shows log lines: only this machine may see it."""

_DESCRIPTION: Final = """\
Open the report beside a version in a browser, and print where it is. With --serve, serve it on this
machine's loopback until Ctrl-C, for a browser at the other end of an SSH tunnel.
"""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_optional_version(parser)
    parser.add_argument("--serve", action="store_true", help="serve it instead of opening it")
    parser.add_argument(
        "--port", type=int, default=0, metavar="P", help="for --serve (default: any free port)"
    )


def _run(arguments: argparse.Namespace) -> None:
    registry = open_models(arguments)
    version = arguments.version or current_version(registry)
    path = registry.path(version) / REPORT_FILE
    if not path.is_file():
        raise NoVersionError(
            f"there is no {path}: a version has a report if `fit` made it and it was not deleted; "
            f"`evaluate DATA --version {version}` writes a report"
        )
    if arguments.serve:
        _serve(path, arguments.port)
    else:
        print(path)
        open_in_browser(path.absolute().as_uri())


def open_in_browser(address: str) -> bool:
    """Open an address where there is a screen to show it on; says whether it was opened."""
    has_screen = sys.platform != "linux" or any(
        name in os.environ for name in ("DISPLAY", "WAYLAND_DISPLAY")
    )
    return has_screen and webbrowser.open(address)


def _serve(path: Path, port: int) -> None:
    page = path.read_bytes()

    class Handler(BaseHTTPRequestHandler):
        """Answers every GET of `/` with the page."""

        def do_GET(self) -> None:
            """GET /"""
            self.send_response(200 if self.path == "/" else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page if self.path == "/" else b"")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's own name
            """Nothing: reading a report needs no access log."""

    try:
        server = ThreadingHTTPServer((LOOPBACK, port), Handler)
    except (OSError, OverflowError) as error:
        raise OutputError(f"port {port} of {LOOPBACK} cannot be listened on: {error}") from error
    with server, contextlib.suppress(KeyboardInterrupt):
        print(f"{path} at http://{LOOPBACK}:{server.server_port}/ until Ctrl-C", flush=True)
        server.serve_forever()


COMMAND: Final = Command("open the report beside a version", _add_arguments, _run, _DESCRIPTION)
