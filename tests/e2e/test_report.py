"""The report in a real browser: light, dark, on a phone, without internet."""

import http.server
import json
import re
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Self

import pytest
from msgspec.structs import replace

from tests.e2e.test_page import BROWSER
from tests.made_reports import make_report
from tests.parsed_page import Page
from trainer.report.page import render

SCHEMES: Final = {"dark": 0, "light": 1}
"""What `preferredColorScheme` calls them."""

PHONE: Final = (390, 844)
"""Width and height of a screen: what is not folded is to fit on two of them."""

PROBE: Final = b"""<!doctype html><title>probe</title>
<iframe id="frame" src="/report.html" style="border: 0; height: 3000px"></iframe>
<pre id="seen"></pre>
<script>
  addEventListener("load", () => {
    const frame = document.getElementById("frame");
    const seen = [];
    for (const width of [390, 1280]) {
      frame.style.width = `${width}px`;
      const page = frame.contentDocument;
      const folds = [...page.querySelectorAll("details")];
      folds.forEach(fold => { fold.open = false; });
      const folded = page.body.scrollHeight;
      folds.forEach(fold => { fold.open = true; });
      const shown = [...page.querySelectorAll("h1, h2, h3")].filter(heading => {
        const box = heading.getBoundingClientRect();
        return heading.checkVisibility() && box.width > 0 && box.left >= 0 && box.right <= width;
      });
      seen.push({
        width,
        folded,
        ground: getComputedStyle(page.body).backgroundColor,
        needed: page.documentElement.scrollWidth,
        headings: shown.map(heading => heading.textContent),
        charts: [...page.querySelectorAll("svg.chart")].map(chart => chart.clientWidth),
      });
    }
    document.getElementById("seen").textContent = JSON.stringify(seen);
  });
</script>
"""
"""Holds the report, which has no script itself, in frames of two widths, and inspects it."""


class PageServer(http.server.ThreadingHTTPServer):
    """Serves the report and the probe, and keeps what was asked for."""

    def __init__(self, report: bytes) -> None:
        super().__init__(("127.0.0.1", 0), PageHandler)
        self.pages = {"/report.html": report, "/probe.html": PROBE}
        self.asked: list[str] = []

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self.serve_forever)
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()


class PageHandler(http.server.BaseHTTPRequestHandler):
    """Answers from the server's pages."""

    server: PageServer

    def do_GET(self) -> None:
        """Keep the path; answer with its page, or 404."""
        self.server.asked.append(self.path)
        page = self.server.pages.get(self.path)
        self.send_response(404 if page is None else 200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(page or b"")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server calls it by this name
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[PageServer]:
    """A server of a usual report, with a long line and a long name in it."""
    report = make_report()
    first = report.patterns[0]
    long = replace(first.record, example="x" * 10_000, place="y" * 300)
    report = replace(
        report,
        services=[replace(report.services[0], name="service" * 30), *report.services],
        patterns=[replace(first, record=long), *report.patterns],
    )
    with PageServer(render(report)) as running:
        yield running


def browse(server: PageServer, path: str, profile: Path, *options: str) -> str:
    """Open a page in Chromium and return what it prints."""
    address = f"http://127.0.0.1:{server.server_port}{path}"
    return subprocess.run(
        [*BROWSER, f"--user-data-dir={profile}", *options, address],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    ).stdout


def test_light_and_dark(server: PageServer, tmp_path: Path) -> None:
    """The page follows the reader's theme, and asks for nothing but itself."""
    pictures = {}
    for scheme, number in SCHEMES.items():
        picture = tmp_path / f"{scheme}.png"
        browse(
            server,
            "/report.html",
            tmp_path / scheme,
            f"--blink-settings=preferredColorScheme={number}",
            "--window-size=1280,2000",
            f"--screenshot={picture}",
        )
        pictures[scheme] = picture.read_bytes()
    assert all(
        picture.startswith(b"\x89PNG") and len(picture) > 20_000 for picture in pictures.values()
    )
    assert pictures["light"] != pictures["dark"]
    assert server.asked == ["/report.html"] * 2


@pytest.mark.parametrize(("scheme", "ground"), [("light", "255, 255, 255"), ("dark", "20, 23, 27")])
def test_nothing_is_hidden_or_too_wide(
    server: PageServer, tmp_path: Path, scheme: str, ground: str
) -> None:
    """On a phone and on a desk all headings are visible and nothing has to be scrolled sideways."""
    printed = browse(
        server,
        "/probe.html",
        tmp_path,
        f"--blink-settings=preferredColorScheme={SCHEMES[scheme]}",
        "--window-size=1400,3200",
        "--dump-dom",
    )
    found = re.search(r'<pre id="seen">(.*?)</pre>', printed)
    assert found is not None
    expected = [text for _, text in Page(server.pages["/report.html"]).headings]
    for view in json.loads(found[1]):
        assert view["ground"] == f"rgb({ground})"
        assert view["needed"] <= view["width"]
        assert view["headings"] == expected
        assert all(200 < width < view["width"] for width in view["charts"])
        assert len(view["charts"]) == 5
        if view["width"] == PHONE[0]:
            assert view["folded"] <= 2 * PHONE[1]
