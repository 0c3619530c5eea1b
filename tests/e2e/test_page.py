"""The documentation page in a real browser, without internet."""

import subprocess
from pathlib import Path

from schemas.api.operations import OPERATIONS
from tests.e2e.containers import Image, Mount

BROWSER = [
    "chromium",
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Every name but the service's own address leads nowhere: the page must not need the internet.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--virtual-time-budget=10000",
]


def test_the_page_shows_every_call(
    serving_image: Image, trained_store: Path, tmp_path: Path
) -> None:
    """Chromium runs the page's script, which reads the document and shows each operation."""
    with serving_image.start("PORT", [Mount(trained_store, "/models", "ro")]) as inference:
        page = subprocess.run(
            [
                *BROWSER,
                f"--user-data-dir={tmp_path}",
                "--dump-dom",
                f"http://127.0.0.1:{inference.port}/docs",
            ],
            check=True,
            capture_output=True,
            text=True,
            timeout=60,
        ).stdout
    for operation in OPERATIONS:
        if "inference" in operation.services:
            assert f'data-path="{operation.path}"' in page
            assert operation.summary in page
