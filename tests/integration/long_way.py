"""The inference service without the short way, which the short way is compared with."""

import os

from inference.app import create_app
from inference.environment import load_settings
from inference.metrics.board import Board
from inference.serving.server import run_server
from inference.settings import PREFIX, InferenceSettings
from inference.web.calls import App


def main() -> None:
    """Serve, configured as the service is."""
    settings = load_settings(InferenceSettings, os.environ, PREFIX)

    def make(board: Board) -> App:
        app = create_app(settings, board)
        app.shortcut = None
        return app

    run_server(make, settings, name="long-way", port=settings.port, workers=1)


if __name__ == "__main__":
    main()
