"""Joining the head and the body of an answer."""

import asyncio
from collections.abc import Callable, Iterable
from typing import cast

from inference.serving.writing import JoinedWrites


class FakeTransport:
    """Remembers each call that would reach the kernel."""

    def __init__(self) -> None:
        self.calls: list[object] = []
        self.closing = False

    def write(self, data: bytes) -> None:
        """Remember bytes."""
        self.calls.append(data)

    def writelines(self, parts: Iterable[bytes]) -> None:
        """Remember bytes that go together."""
        self.calls.append(tuple(parts))

    def write_eof(self) -> None:
        """Remember the end."""
        self.calls.append("end")

    def close(self) -> None:
        """Remember the close."""
        self.calls.append("close")
        self.closing = True

    def is_closing(self) -> bool:
        """Whether it was closed, by either side."""
        return self.closing

    def get_extra_info(self, name: str) -> str:
        """Something else that a transport has."""
        return name


def after(use: Callable[[JoinedWrites, FakeTransport], None]) -> list[object]:
    """What reached the kernel when the loop had its next turn after some writes."""
    transport = FakeTransport()

    async def run() -> None:
        loop = asyncio.get_running_loop()
        use(JoinedWrites(cast(asyncio.Transport, transport), loop), transport)
        await asyncio.sleep(0)

    asyncio.run(run())
    return transport.calls


def test_two_writes_are_one_call() -> None:
    """Head and body go out together, at once, and nothing follows."""

    def use(joined: JoinedWrites, transport: FakeTransport) -> None:
        joined.write(b"head")
        assert transport.calls == []
        joined.write(b"body")
        assert transport.calls == [(b"head", b"body")]

    assert after(use) == [(b"head", b"body")]


def test_a_single_write_goes_out_in_the_next_turn() -> None:
    """Nothing is held back for longer, as before an answer without a body."""
    assert after(lambda joined, _: joined.write(b"head")) == [b"head"]


def test_several_answers_keep_their_order() -> None:
    """Pipelined answers do not mix."""

    def use(joined: JoinedWrites, _: FakeTransport) -> None:
        for data in (b"1", b"2", b"3", b"4", b"5"):
            joined.write(data)

    assert after(use) == [(b"1", b"2"), (b"3", b"4"), b"5"]


def test_nothing_is_lost_by_a_close() -> None:
    """What was written before a close or an end is sent before it."""

    def use(joined: JoinedWrites, _: FakeTransport) -> None:
        joined.write(b"a")
        joined.writelines([b"b", b"c"])
        joined.write(b"d")
        joined.write_eof()
        joined.write(b"e")
        joined.close()

    assert after(use) == [b"a", (b"b", b"c"), b"d", "end", b"e", "close"]


def test_a_client_that_went_away_is_written_nothing() -> None:
    """Bytes held back for a connection that broke meanwhile are dropped without an error."""

    def use(joined: JoinedWrites, transport: FakeTransport) -> None:
        joined.write(b"head")
        transport.closing = True

    assert after(use) == []


def test_all_else_is_the_transports_own() -> None:
    """Whoever asks for more than writes gets it from the transport."""

    def use(joined: JoinedWrites, _: FakeTransport) -> None:
        assert joined.get_extra_info("peername") == "peername"
        assert not joined.is_closing()

    assert after(use) == []
