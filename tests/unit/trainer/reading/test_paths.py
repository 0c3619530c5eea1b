"""Fields of JSON records."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.api.validation import InvalidBodyError, MalformedJsonError
from trainer.reading.paths import RecordDecoder, look_up
from trainer.reading.plan import Fields

RECORD: dict[str, Any] = {
    "msg": "order placed",
    "log": {"level": "warn", "origin": {"app": "cart"}},
    "log.level": "ERROR",
    "service": {"name": "shop"},
    "service.name": None,
    "fault": 1,
    "host": ["a", {"b": 2}],
}
LINE = json.dumps(RECORD).encode()


def decode(line: bytes = LINE, **fields: str) -> tuple[object, ...]:
    """Message, level, service and label of a record."""
    return RecordDecoder(Fields(**fields)).decode(line)


def test_names_are_found() -> None:
    """Each part by its own name; a part without one, or one that is not there, is None."""
    assert decode(message="msg", label="fault") == ("order placed", None, None, 1)
    assert decode(message="text", level="severity") == (None, None, None, None)
    assert decode() == (None, None, None, None)


def test_values_come_as_they_are() -> None:
    """Whatever stands there: lists and objects too; whether it fits is decided elsewhere."""
    message, level, service, label = decode(
        message="host", level="log", service="service", label="fault"
    )
    assert (message, level) == (RECORD["host"], RECORD["log"])
    assert (service, label) == (RECORD["service"], 1)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("log.origin.app", "cart"),
        ("log.level", "ERROR"),  # the key of that very name comes first
        ("service.name", None),
        ("log.origin", {"app": "cart"}),
        ("log.nothing", None),
        ("nothing.level", None),
        ("msg.level", None),
        ("host.b", None),
        ("log.", None),
        (".level", None),
    ],
)
def test_paths_lead_into_objects(path: str, expected: object) -> None:
    """A dot leads into an object, unless the record has a key of that very name."""
    assert decode(message=path)[0] == expected
    # A single path with a dot is not to change what plain names find.
    assert decode(message="msg", service=path)[0] == "order placed"
    assert look_up(RECORD, path) == expected


def test_one_field_may_be_two_parts() -> None:
    """The same name twice is found twice."""
    assert decode(message="msg", service="msg") == ("order placed", None, "order placed", None)


names = st.sampled_from(["a", "b", "a.b", "message", "level", "label", "RawRecord"])
values = st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=3)
documents = st.dictionaries(names, values | st.dictionaries(names, values, max_size=3), max_size=6)


@given(
    documents,
    st.fixed_dictionaries(
        {},
        optional=dict.fromkeys(("message", "level", "service", "label"), names),
    ),
)
def test_the_quick_way_finds_what_looking_up_finds(
    document: dict[str, Any], fields: dict[str, str]
) -> None:
    """Decoding straight into a struct gives what decoding all and looking up would."""
    expected = tuple(
        look_up(document, fields[part]) if fields.get(part) else None
        for part in ("message", "level", "service", "label")
    )
    decoder = RecordDecoder(Fields(**fields))
    line = json.dumps(document).encode()
    assert decoder.decode(line) == expected
    assert decoder.label(line) == expected[3]


@pytest.mark.parametrize("path", ["msg", "log.level"])
@pytest.mark.parametrize("line", [b"", b"{", b"no json", b'{"msg": "\xff"}', b'{"msg": NaN}'])
def test_what_is_not_json_is_malformed(line: bytes, path: str) -> None:
    """Whichever way is taken."""
    with pytest.raises(MalformedJsonError):
        decode(line, message=path)


@pytest.mark.parametrize("path", ["msg", "log.level"])
@pytest.mark.parametrize("line", [b"[]", b"7", b'"text"', b"null"])
def test_what_is_no_object_is_refused(line: bytes, path: str) -> None:
    """JSON, but no record."""
    with pytest.raises(InvalidBodyError, match="Expected `object`"):
        decode(line, message=path)
