"""Requests that are wrong somewhere, made from right requests; a seed repeats them."""

import gzip
import json
import random
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from tests.made_logs import make_log

FEATURES: Final[dict[str, Any]] = msgspec.to_builtins(make_log())
RAW: Final[dict[str, Any]] = {"message": "refused by db:5432", "level": "WARN", "service": "cart"}

PATHS: Final = ("/api/v1/predict", "/api/v1/predict?explain=true", "/api/v1/predict/batch")
BODIES: Final = tuple(
    json.dumps(document).encode()
    for document in (
        {"log_id": "a", "features": FEATURES},
        {"log_id": "b", **RAW},
        {"logs": [{"log_id": "a", "features": FEATURES}, {"log_id": "b", **RAW}]},
    )
)
PIECES: Final = (
    *(b"[", b"]", b"{", b"}", b'"', b",", b":", b"\\", b"\\ud800", b"\\u0000", b"null", b"NaN"),
    *(b"1e400", b"-", b"9" * 400, b"\xff", b"\xc3", b"\xef\xbb\xbf", b"\x00", b"[" * 200),
    *(b'{"a":' * 60, b"\r\n", b"\n", b" ", b"x" * 3_000, b"0" * 300, b'"log_id":1,'),
)
"""What is put in where it does not belong."""

VALUES: Final[tuple[Any, ...]] = (
    *(
        None,
        True,
        -1,
        0,
        1 << 24,
        1 << 63,
        1 << 70,
        1e308,
        -0.0,
        "",
        "nan",
        "x" * 600,
        "\ud7ff",
        "\0",
    ),
    *(
        [],
        {},
        [[]],
        [{}] * 50,
        {"": None},
        {"log_id": "a"},
        [None] * 10_001,
        {"a": {"a": {"a": 1}}},
    ),
)
"""What stands where something else belongs."""

HEADS: Final = (
    *(b"\r\n", b"\r\n\r\n", b" ", b"\t", b"\x00", b"\xff", b":", b"HTTP/1.1", b"HTTP/1.0"),
    *(
        b"Content-Length: 5\r\n",
        b"Content-Length: -1\r\n",
        b"Content-Length: 99999999999999999\r\n",
    ),
    *(b"Transfer-Encoding: chunked\r\n", b"Transfer-Encoding: gzip\r\n", b"Host: b\r\n"),
    *(b"Expect: 100-continue\r\n", b"Content-Encoding: gzip\r\n", b"Content-Encoding: br\r\n"),
    *(b"Connection: close\r\n", b"X-Request-ID: \xff\xfe\r\n", b"A" * 2_000, b"%", b"?", b"/../"),
    *(b"GET ", b"HEAD ", b"OPTIONS ", b"BREW ", b"Range: bytes=0-\r\n", b"X: " + b"y" * 9_000),
)


def damaged(chance: random.Random, data: bytes, pieces: tuple[bytes, ...]) -> bytes:
    """The bytes with one to three faults: cut, flipped, doubled, taken out or put in."""
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(data) + 1)
        end = min(len(data), at + chance.randint(1, 12))
        kind = chance.randrange(5)
        if kind == 0:
            data = data[:at]
        elif kind == 1:
            data = (
                data[:at]
                + bytes(byte ^ 1 << chance.randrange(8) for byte in data[at:end])
                + data[end:]
            )
        elif kind == 2:
            data = data[:end] + data[at:]
        elif kind == 3:
            data = data[:at] + data[end:]
        else:
            data = data[:at] + chance.choice(pieces) + data[at:]
    return data


def odd(chance: random.Random, value: Any) -> Any:
    """A copy of a document in which one or two values are others, or of another kind."""
    if isinstance(value, dict) and value and chance.randrange(5):
        name = chance.choice(list(value))
        return {**value, name: odd(chance, value[name])}
    if isinstance(value, list) and value and chance.randrange(5):
        return [odd(chance, value[0]), *value[1:]]
    return chance.choice(VALUES)


def request(path: str, body: bytes, headers: bytes = b"") -> bytes:
    """A whole request with a true length."""
    head = f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: {len(body)}\r\n".encode()
    return head + headers + b"\r\n" + body


def wrong_bodies(seed: int) -> Iterator[bytes]:
    """Endless requests that are right as HTTP and wrong, most of them, in their body."""
    chance = random.Random(seed)
    while True:
        path = chance.choice(PATHS)
        body = chance.choice(BODIES)
        kind = chance.randrange(4)
        if kind > 1:
            yield request(path, json.dumps(odd(chance, json.loads(body))).encode())
        elif kind:
            yield request(path, damaged(chance, body, PIECES))
        else:
            packed = damaged(chance, gzip.compress(body, 1), PIECES)
            yield request(path, packed, b"Content-Encoding: gzip\r\n")


def wrong_requests(seed: int) -> Iterator[bytes]:
    """Endless requests that are wrong anywhere, most of them in their head."""
    chance = random.Random(seed)
    while True:
        right = request(chance.choice(PATHS), chance.choice(BODIES))
        yield damaged(chance, right, HEADS)
