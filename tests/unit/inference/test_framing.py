"""How records follow each other: the values of a text of any length, messages with lengths."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.intake.exports import records_in
from inference.intake.framing import frames_in, json_framing
from inference.intake.json_values import MAX_VALUE_BYTES, values_in

A, B = {"message": "a", "n": [1, {"x": "]"}]}, {"message": 'b "} {', "deep": [[[[[[[1]]]]]]]}
ONE, TWO = json.dumps(A), json.dumps(B)


def pieces(text: bytes, size: int) -> Callable[[], bytes]:
    """Gives a text piece by piece, and nothing at its end."""
    cut = iter([text[at : at + size] for at in range(0, len(text), size)])
    return lambda: next(cut, b"")


def values(text: str) -> list[Any]:
    """The values of a text, None for those without an end; the same whole and in pieces."""
    raw = text.encode()
    found = [*values_in(raw)]
    assert [*values_in(b"", more=pieces(raw, 7))] == found
    return [json.loads(value) if value else None for value in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"[{ONE}, {TWO}]", [A, B]),
        (f"[\n{ONE},\n{TWO},\n]\n", [A, B]),
        (json.dumps([A, B], indent=2), [A, B]),
        (f"{ONE}{TWO}", [A, B]),
        (f"{ONE}\0{TWO}\0", [A, B]),
        (f"\ufeff{ONE}\n\ufeff{TWO}", [A, B]),
        (f"[{ONE}]\n[{TWO}]", [A, B]),
        (f"[] [{ONE}] [ ] {TWO} []", [A, B]),
        (f"[{ONE},[{TWO}]]", [A, [B]]),
        (f"[1.5, {ONE}]\n[2e3, {TWO}]", [[1.5, A], [2000.0, B]]),
        (f"[[1, {ONE}], [2, {TWO}]]", [[1, A], [2, B]]),
        (f"[[1, {{}}], {ONE}] [[2, {{}}], {TWO}]", [[[1, {}], A], [[2, {}], B]]),
        (f"[[[1, {{}}], {ONE}], [[2, {{}}], {TWO}]]", [[[1, {}], A], [[2, {}], B]]),
        (f'{{"a": {{"b": 1}}\n{ONE}\n{TWO}', [None, A, B]),
        (f'{{"a": {{"b": 1}}{ONE}{TWO}', [None, A, B]),
        (f'{{"a": "torn\n{ONE}\n{TWO}', [None, A, B]),
        (f'[{ONE}, {{"a": [', [A, None]),
        (f"[{ONE}", [A]),
    ],
)
def test_values_follow_each_other_in_any_way(text: str, expected: list[Any]) -> None:
    """In arrays, over lines, with anything between them; a torn one takes little along."""
    assert values(text) == expected


@given(
    written=st.lists(
        st.dictionaries(st.text(max_size=4), st.text(max_size=9), min_size=1), max_size=5
    ),
    indent=st.sampled_from([None, 1, 4]),
    between=st.sampled_from(["", ",", "\n", " \0\r\n"]),
    in_array=st.booleans(),
)
def test_values_are_those_that_were_written(
    *, written: list[dict[str, str]], indent: int | None, between: str, in_array: bool
) -> None:
    """Whatever stands in them and between them."""
    text = between.join(json.dumps(document, indent=indent) for document in written)
    if in_array:
        text = json.dumps(written, indent=indent)
    assert values(text) == written


def test_a_value_is_bounded() -> None:
    """One that is too long is given up, and the next line is read."""
    text = f'{{"a": "{"x" * MAX_VALUE_BYTES}"}}\n{ONE}\n{TWO}'.encode()
    assert [*values_in(b"", more=pieces(text, 65_536))][-2:] == [ONE.encode(), TWO.encode()]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (A, [A]),
        ([1.5, {"message": "a"}], [{"date": 1.5, "message": "a"}]),
        ([[1, {"k": "v"}], {"message": "a"}], [{"date": 1, "message": "a"}]),
        ([1, {"message": "a", "date": 2}], [{"date": 2, "message": "a"}]),
        ([{"message": "a"}], []),
        ([1, {"message": "a"}, 3], []),
        ("a", []),
        (
            {"common": {"attributes": {"service": "cart", "level": "WARN"}, "timestamp": 7},
             "logs": [{"message": "a", "attributes": {"level": "ERROR"}}, {"message": "b"}, 3]},
            [{"service": "cart", "level": "ERROR", "timestamp": 7, "message": "a"},
             {"service": "cart", "level": "WARN", "timestamp": 7, "message": "b"}],
        ),
        ({"logs": [{"message": "a"}]}, [{"message": "a"}]),
    ],
)  # fmt: skip
def test_records_in_values(value: Any, expected: list[dict[str, Any]]) -> None:
    """An object, an event with its time, or what a shipper puts around records."""
    assert [*records_in(value)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"[{ONE}]", "values"),
        ("[1, {}]", "values"),
        ("[\n  {", "values"),
        (ONE, "lines"),
        (f"up\n{ONE}\n{TWO}", "lines"),
        ("{\n", "values"),
        (f"{ONE}{TWO}", "values"),
        ("[main] up", None),
        ("[2024-05-01 10:00:00] up", None),
        ("[17] up", None),
        ("up", None),
    ],
)
def test_the_first_bytes_say_how_json_is_written(text: str, expected: str | None) -> None:
    """Brackets of plain text begin no array."""
    raw = text.encode()
    assert json_framing(raw, 0, raw.split(b"\n")) == expected


M1, M2, M3 = "<34>1 a 1", "<13>Oct  7 b\n  at c", "<1>ü 9"


def counted(*messages: str, wrong_by: int = 0) -> bytes:
    """Messages with their lengths."""
    return b"".join(b"%d %b" % (len(text.encode()) + wrong_by, text.encode()) for text in messages)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (counted(M1, M2, M3), [M1, M2, M3]),
        (counted(M1 + "\n", M2 + "\n"), [M1, M2]),
        (counted(M1) + b"\n" + counted(M2) + b"\r\n", [M1, M2]),
        (counted(M2, wrong_by=-3) + counted(M3), [M2, M3]),
        (counted(M2, wrong_by=3) + counted(M3), [M2, M3]),
        (b"999999999 " + M2.encode() + counted(M3), [M2, M3]),
        (counted(M3) + b"40 <3>cut", [M3, "<3>cut"]),
        (counted(M1) + b"no message", [M1 + "no message"]),
        (b"", []),
    ],
)
def test_messages_have_their_lengths(text: bytes, expected: list[str]) -> None:
    """A length that is wrong, or a text that is cut, loses nothing."""
    assert [frame.decode() for frame in frames_in(text)] == expected
    assert [frame.decode() for frame in frames_in(b"", more=pieces(text, 5))] == expected


def test_a_message_is_bounded() -> None:
    """What is too long is cut behind what shows it."""
    text = counted("<1>" + "x" * (2 * MAX_VALUE_BYTES), M1)
    lengths = [len(frame) for frame in frames_in(b"", more=pieces(text, 65_536))]
    assert lengths == [MAX_VALUE_BYTES + 1, len(M1)]
