"""Large batches are decoded in pieces, as if they were decoded whole."""

import json
from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.intake.batches import PIECE_BYTES, WHOLE_BYTES, decode_batch, pieces_of
from schemas.api.predictions import MAX_BATCH_LOGS, BatchRequest
from schemas.api.validation import BodyDecoder, InvalidBodyError, MalformedJsonError

decode_whole = BodyDecoder(BatchRequest).decode

Log = dict[str, object]


def raw(text: str, log_id: int = 1) -> Log:
    """A raw log."""
    return {"log_id": log_id, "message": text, "level": "INFO", "service": "cart"}


def typed(text: str) -> Log:
    """A log as its features, which are an object within the request."""
    features = {"message_length": len(text), "level": "INFO", "service": "cart"}
    flags = dict.fromkeys(("has_exception", "has_timeout", "has_connection_error"), False)
    return {"log_id": text, "features": features | flags}


def outcome(decode: Callable[[bytes], BatchRequest], body: bytes) -> object:
    """The requests of a body, or what is wrong with it."""
    try:
        return decode(body)
    except InvalidBodyError as error:
        return error.errors
    except MalformedJsonError as error:
        return str(error)


def many(log: Log) -> list[Log]:
    """A log so many times that its batch is decoded in pieces."""
    return [log] * (2 * WHOLE_BYTES // len(json.dumps(log)))


TEXTS = ("plain", 'a "},{" b', "},{", "]}", "\\", '"', "é\u2028", '{"logs":[{"log_id":1},{')


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": "), (" ,\n\t", ":\r")])
@pytest.mark.parametrize("make", [raw, typed])
def test_pieces_are_the_whole(
    text: str, separators: tuple[str, str], make: Callable[[str], Log]
) -> None:
    """However a batch is written, and whatever its texts hold."""
    logs = many(make(text))[:MAX_BATCH_LOGS]
    body = json.dumps({"logs": logs}, separators=separators).encode()
    assert len(body) > WHOLE_BYTES
    assert decode_batch(body) == decode_whole(body)


def test_a_piece_is_small() -> None:
    """Its decoding holds the interpreter, which is why there are pieces at all."""
    logs = [raw("x" * 200, log_id) for log_id in range(MAX_BATCH_LOGS)]
    pieces = list(pieces_of(json.dumps({"logs": logs}).encode(), PIECE_BYTES))
    assert max(map(len, pieces)) < PIECE_BYTES + 500
    assert [log for piece in pieces for log in json.loads(piece)] == logs


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"]}", b'],"more":[{}]}'),
        (b"]}", b'],"logs":[]}'),
        (b"]}", b"]"),
        (b"]}", b"],}"),
        (b"]}", b"]}\f"),
        (b"]}", b"]}]}"),
        (b"]}", b",]}"),
        (b"]}", b"]}  \n"),
        (b'{"logs"', b'{"more":1,"logs"'),
        (b'{"logs"', b'\v{"logs"'),
        (b'{"logs": [', b'{"logs": [,'),
        (b'{"logs": [', b'{"logs": [[{},{}],'),
        (b'{"logs": [', b'{"logs": {"0":'),
        (b'"log_id": 7}', b'"log_id": 7,"more":[{},{}]}'),
        (b'"log_id": 7}', b'"log_id": []}'),
        (b'"log_id": 7}', b'"log_id": 7}}'),
        (b'"log_id": 7}', b'"log_id": 7'),
        (b'"log_id": 7}', b'"log_id": 1e999}'),
        (b'"cart"', b'"\xff"'),
    ],
)
def test_odd_batches_are_what_they_are_whole(old: bytes, new: bytes) -> None:
    """Taken, or refused by the same sentence."""
    log = {**raw("text"), "log_id": 7}
    log["log_id"] = log.pop("log_id")  # the last member
    body = json.dumps({"logs": many(log)[:9_000]}).encode().replace(old, new, 1)
    assert len(body) > WHOLE_BYTES
    assert outcome(decode_batch, body) == outcome(decode_whole, body)


def test_too_many_are_refused_by_their_number() -> None:
    """As in a small batch."""
    body = json.dumps({"logs": [raw("text")] * (MAX_BATCH_LOGS + 1)}).encode()
    assert len(body) > WHOLE_BYTES
    assert outcome(decode_batch, body) == outcome(decode_whole, body)


@given(st.data())
def test_cut_anywhere(data: st.DataObject) -> None:
    """A batch with bytes missing is answered as if decoded whole, however small the pieces are."""
    logs = [data.draw(st.sampled_from((raw, typed)))(text) for text in TEXTS]
    body = json.dumps({"logs": logs}, ensure_ascii=data.draw(st.booleans())).encode()
    at = data.draw(st.integers(0, len(body)))
    cut = body[:at] + body[at + data.draw(st.integers(0, 40)) :]
    decode = partial(decode_batch, whole_bytes=0, piece_bytes=data.draw(st.integers(0, 300)))
    assert outcome(decode, cut) == outcome(decode_whole, cut)
