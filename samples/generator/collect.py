"""Reads what the running programs write and notes when it came."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO


class GenerationError(Exception):
    """The samples cannot be made; the message says why and what to do."""


def now() -> datetime:
    """Returns the present moment in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Line:
    """One line as a program wrote it.

    Attributes:
        at: When the line was read from the program's output.
        service: The name of the service that wrote it.
        source: Number of the program run it came from; a restart gets a new one.
        text: The line without its line end.
    """

    at: datetime
    service: str
    source: int
    text: str


class Collector:
    """Keeps the lines of all programs, each stamped on arrival with one and the same clock."""

    def __init__(self) -> None:
        """Starts empty."""
        self._lines: list[Line] = []
        self._threads: list[threading.Thread] = []

    def attach(self, service: str, stream: IO[bytes]) -> None:
        """Reads a program's output in a thread of its own until it ends."""
        args = (service, len(self._threads), stream)
        thread = threading.Thread(target=self._read, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def mark(self) -> int:
        """Returns a position for `wait_for`: the number of lines so far."""
        return len(self._lines)

    def wait_for(self, service: str, text: str, since: int, seconds: float = 15.0) -> None:
        """Waits until the service has written a text after the given position.

        Raises:
            GenerationError: If the text does not come in time; the error shows the last lines.
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if any(text in line.text for line in self._after(service, since)):
                return
            time.sleep(0.02)
        seen = "\n".join(line.text for line in self._after(service, since))
        raise GenerationError(f"{service} did not write {text!r} in {seconds} s, but:\n{seen}")

    def finish(self) -> list[Line]:
        """Waits for the readers (their programs have ended) and returns all lines."""
        for thread in self._threads:
            thread.join(timeout=5)
        return list(self._lines)

    def _after(self, service: str, since: int) -> Iterator[Line]:
        return (line for line in self._lines[since:] if line.service == service)

    def _read(self, service: str, source: int, stream: IO[bytes]) -> None:
        for raw in stream:
            text = raw.decode("utf-8", "replace").rstrip("\r\n")
            self._lines.append(Line(now(), service, source, text))
