"""Every command of the documentation runs as printed, top to bottom, in a fresh clone."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3

from tests.documents import Block, Shell, difference, read_blocks
from tests.integration.conftest import ROOT, free_port

PAGES = [ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md"))]
RUN = "make run"
PORTS = ("8000", "8001")
READY_TIMEOUT_S = 120.0
ORDINARY = {"log_id": "a", "message": "checkpoint complete", "level": "INFO", "service": "postgres"}

pytestmark = [
    pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed"),
    pytest.mark.skipif(sys.prefix == sys.base_prefix, reason="no virtual environment to show"),
]


def clone(folder: Path) -> Path:
    """The tracked files as they are now, with the environment that runs the tests."""
    names = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.split(b"\0")
    for name in filter(None, map(bytes.decode, names)):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    (folder / ".venv").symlink_to(sys.prefix)
    return folder


class Terminal:
    """The first terminal of a reader, in which `make run` runs."""

    def __init__(self, folder: Path, environ: dict[str, str]) -> None:
        self.log = folder.parent / "make-run.log"
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                ["make", "run"],
                cwd=folder,
                env=environ,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait_ready(self) -> None:
        """Wait until it says so."""
        deadline = time.monotonic() + READY_TIMEOUT_S
        while "Ctrl-C stops both" not in self.log.read_text():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.05)  # polling another process: there is nothing to wait on

    def stop(self) -> int:
        """Press Ctrl-C; make itself ends by the signal, once what it runs has ended."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGINT)  # as a terminal does
        return self.process.wait(60)


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[tuple[Terminal, Shell, str]]:
    """A reader's two terminals in a fresh clone, and where the service answers."""
    folder = clone(tmp_path / "log-anomaly")
    ports = [str(free_port()) for _ in PORTS]
    kept = {name: value for name, value in os.environ.items() if name != "MODEL_DIR"}
    environ = {**kept, "PORT": ports[0], "TRAINER_PORT": ports[1]}
    terminal = Terminal(folder, environ)
    shell = Shell(folder, environ, tmp_path / "shell.log")
    try:
        yield terminal, shell, f"http://127.0.0.1:{ports[0]}"
    finally:
        shell.close()
        terminal.stop()


def test_every_command_runs_as_printed(reader: tuple[Terminal, Shell, str]) -> None:
    """In one shell, in order, with the outputs that the pages show; it ends as it began."""
    terminal, shell, url = reader
    terminal.wait_ready()
    before = verdict(url)
    blocks = [block for page in PAGES for block in read_blocks(page) if not block.reason]
    assert RUN in blocks[0].script
    assert all(RUN not in block.script for block in blocks[1:])
    for block in blocks[1:]:
        script = block.script.replace("http://127.0.0.1:8000", url).replace("curl -s", "curl -sf")
        output = shell.run(Block(block.where, script))
        if block.language:
            assert not difference(block, output.replace(url, "http://127.0.0.1:8000"))
    assert verdict(url) == before
    assert terminal.stop() in {0, -signal.SIGINT}
    with pytest.raises(urllib3.exceptions.HTTPError):
        verdict(url)


def verdict(url: str) -> object:
    """What the service says of an ordinary line."""
    answer = urllib3.request("POST", f"{url}/api/v1/predict", json=ORDINARY, retries=False)
    return json.loads(answer.data)
