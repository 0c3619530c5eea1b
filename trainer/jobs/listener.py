"""The listener that receives a job's progress."""

from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from trainer.counting.run import Advance


class Listener(Protocol):
    """Receives a job's progress; the job's result is what it returns."""

    def say(self, text: str) -> None:
        """A sentence for a person."""
        ...

    def progress(self, what: str, total_bytes: int) -> AbstractContextManager[Advance]:
        """Work on data begins; it advances by bytes and records, and ends with the context.

        Args:
            what: the work, as in "reading".
            total_bytes: of the data as stored; 0 if unknown.
        """
        ...


class Silence:
    """A listener that passes nothing on."""

    def say(self, text: str) -> None:
        """Nothing."""

    def progress(self, what: str, total_bytes: int) -> AbstractContextManager[Advance]:  # noqa: ARG002 - as the protocol has it
        """Nothing."""
        return nullcontext(lambda _n_bytes, _n_records: None)


SILENCE = Silence()
