"""The commands of the documentation: the blocks of a page, and a shell in which they run."""

import json
import os
import queue
import re
import signal
import subprocess
import threading
import time
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import msgspec

_FENCE: Final = re.compile(
    r"(?:^[ ]*<!-- not run: (?P<reason>.+?) -->\n)?"
    r"^(?P<indent>[ ]*)```(?P<language>\w*)\n(?P<text>.*?)^[ ]*```$",
    re.MULTILINE | re.DOTALL,
)
_COMMANDS: Final = {"bash": "{}", "sh": "{}", "python": "python - <<'END'\n{}END\n"}
"""How a block of each language is run in a shell."""

_OUTPUTS: Final = {"json", "text"}
_ANYTHING: Final = "..."
BLOCK_TIMEOUT_S: Final = 120.0


class Block(msgspec.Struct, frozen=True):
    """The commands of one block, and what the page shows of their output.

    Attributes:
        where: page and line.
        script: what a reader pastes into a shell.
        language: of the output that the page shows next to it; empty if it shows none.
        output: that output; `...` in it stands for anything.
        reason: why a test cannot run it; empty if it can.
    """

    where: str
    script: str
    language: str = ""
    output: str = ""
    reason: str = ""


def read_blocks(page: Path) -> list[Block]:
    """The blocks of shell commands of a Markdown page, in their order.

    JSON or text right behind a block of commands is what the page shows of their output.
    """
    text = page.read_text()
    found: list[Block] = []
    end = -1
    for match in _FENCE.finditer(text):
        line = text.count("\n", 0, match.start("language")) + 1
        body = re.sub(f"^{match['indent']}", "", match["text"], flags=re.MULTILINE)
        language = match["language"]
        if language in _COMMANDS:
            script = _COMMANDS[language].format(body)
            found.append(Block(f"{page.name}:{line}", script, reason=match["reason"] or ""))
        elif found and language in _OUTPUTS and not text[end : match.start()].strip():
            found[-1] = msgspec.structs.replace(found[-1], language=match["language"], output=body)
        end = match.end()
    return found


def difference(block: Block, output: str) -> str:
    """How the output of a block differs from what its page shows; empty if it does not."""
    if block.language == "json":
        shown = [_decode(document) for document in _documents(block.output)]
        seen = [_decode(document) for document in _documents(output)]
        if len(shown) == len(seen) and all(map(_alike, shown, seen)):
            return ""
    else:
        pattern = re.escape(block.output.strip()).replace(re.escape(_ANYTHING), ".*?")
        if re.fullmatch(pattern, output.strip(), re.DOTALL):
            return ""
    return f"{block.where} shows\n{block.output}\nbut its commands print\n{output}"


def _documents(text: str) -> list[str]:
    """The JSON documents that stand behind each other in a text."""
    decoder, documents, at = json.JSONDecoder(), [], 0
    text = text.strip()
    while at < len(text):
        _, end = decoder.raw_decode(text, at)
        documents.append(text[at:end])
        at = end + len(text[end:]) - len(text[end:].lstrip())
    return documents


def _decode(text: str) -> Any:
    return json.loads(text, parse_float=Decimal)


def _alike(shown: Any, seen: Any) -> bool:
    """Whether a value is what the page shows, which may round numbers and leave members out."""
    if shown == _ANYTHING:
        return True
    if isinstance(shown, dict) and isinstance(seen, dict):
        rest = _ANYTHING in shown
        names = shown.keys() - {_ANYTHING}
        known = names <= seen.keys() if rest else names == seen.keys()
        return known and all(_alike(shown[name], seen[name]) for name in names)
    if isinstance(shown, list) and isinstance(seen, list):
        return len(shown) == len(seen) and all(map(_alike, shown, seen))
    if isinstance(shown, Decimal) and isinstance(seen, Decimal | int):
        digits = -int(shown.as_tuple().exponent)
        return bool(abs(shown - seen) <= Decimal(51) / 100 / 10**digits)
    return bool(shown == seen)


class FailedBlockError(AssertionError):
    """A block of commands failed; says which, and with what output."""


class Shell:
    """One bash in which the blocks of several pages run in order, as in a reader's terminal.

    Args:
        folder: where it starts.
        environ: its environment.
        log: where its standard error goes.
    """

    def __init__(self, folder: Path, environ: dict[str, str], log: Path) -> None:
        self._log = log
        self._folder = folder
        with log.open("wb") as errors:
            self._process = subprocess.Popen(
                ["bash", "--noprofile", "--norc"],
                cwd=folder,
                env=environ,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,
            )
        self._lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        # A command that fails in the middle of a block counts, but ends neither block nor shell.
        self._send("set -E -o pipefail; trap 'failed=$((failed + 1))' ERR")

    def run(self, block: Block) -> str:
        """Run a block and return its standard output.

        Raises:
            FailedBlockError: one of its commands failed, or it takes too long.
        """
        script = self._folder.parent / "block.sh"
        script.write_text(block.script)
        end = f"end-of-{time.monotonic_ns()}"
        self._send(f"failed=0; source '{script}' < /dev/null; echo; echo {end} $failed")
        output: list[str] = []
        deadline = time.monotonic() + BLOCK_TIMEOUT_S
        while True:
            try:
                line = self._lines.get(timeout=max(deadline - time.monotonic(), 0.1)).decode()
            except queue.Empty:
                line = f"{end} time-out"
            if line.startswith(end):
                break
            output.append(line)
        text = "".join(output)
        if line.split()[1] != "0":
            raise FailedBlockError(
                f"{block.where} failed:\n{block.script}\n{text}\n{self._log.read_text()[-3000:]}"
            )
        return text

    def close(self) -> None:
        """End the shell and whatever it started."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._listener.join()
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            stream.close()

    def _send(self, command: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(command.encode() + b"\n")
        self._process.stdin.flush()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line)
