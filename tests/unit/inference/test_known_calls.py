"""Calls whose heads are known again."""

import pytest

from inference.access.guard import Guard
from inference.serving.protocol import HttpProtocol
from inference.serving.slow_clients import SlowClients
from tests.short_way import DATE, JSON, ask, body_of, post


def ask_in_turn(*requests: bytes, guard: Guard | None = None) -> list[bytes]:
    """The bodies of the answers to requests, each of which comes when those before are answered."""
    writes = ask(*requests, guard=guard)
    return [part.split(b"\r\n\r\n", 1)[1] for part in b"".join(writes).split(b"HTTP/1.1 ")[1:]]


def test_a_known_head_is_answered_as_a_new_one() -> None:
    """Whatever body follows, also if it is for the app, and whatever comes between."""
    bodies = [b"[1]", b"[2]", b"[3]", b"[4]", b"[55]", b"[6]"]
    assert ask_in_turn(*map(post, bodies)) == [b"short:" + body for body in bodies]
    assert ask_in_turn(post(b"1234"), post(b"5678"), post(b"wait")) == [
        *(b"short:1234", b"short:5678"),
        b"long:wait",
    ]


@pytest.mark.parametrize("cut", [1, 30, -4, -3, -1])
def test_a_known_head_may_come_in_pieces_or_with_more(cut: int) -> None:
    """As any other head."""
    whole = post()
    known = [whole] * 3
    assert ask_in_turn(*known, whole[:cut], whole[cut:], whole) == [b"short:[1]"] * 5
    assert ask_in_turn(*known, whole + whole[:cut], whole[cut:]) == [b"short:[1]"] * 5
    assert ask_in_turn(*known, whole[:cut], whole[cut:] + whole, whole) == [b"short:[1]"] * 6


def test_a_known_head_does_not_hold_for_a_worker_that_ends() -> None:
    """Its answers say that the connection ends."""
    close = (b"connection", b"close")
    assert body_of(ask(post(), post(), defaults=(DATE, close))) == b"long:[1]"


def test_a_client_whose_heads_are_known_is_not_given_up() -> None:
    """However long it goes on: its connection is not idle."""
    given_up = []

    def look(connection: HttpProtocol) -> None:
        clients = SlowClients(keep_alive_s=1.0)
        for now in range(100):
            given_up.append(clients.give_up([connection], 10.0 * now))
            connection.data_received(post())

    ask(post(), post(), seen=look)
    assert given_up == [0] * 100


def test_each_call_has_an_id_of_its_own() -> None:
    """Given or made, and never that of another call whose head was alike."""
    given = [post(headers=JSON + b"X-Request-ID: %d\r\n" % n) for n in (1, 1, 2)]
    writes = ask(*[post()] * 4, *given, post())
    ids = [write.split(b"x-request-id: ")[1].split(b"\r\n")[0] for write in writes]
    assert ids[4:7] == [b"1", b"1", b"2"]
    assert len(set(ids[:4] + ids[7:])) == 5
