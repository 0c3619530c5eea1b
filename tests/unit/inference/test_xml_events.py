"""Events in XML: taken apart from each other, and turned into objects."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.intake.exports import decode_value, records_in
from inference.intake.json_values import MAX_VALUE_BYTES
from inference.intake.raw_bodies import BodyReader
from inference.intake.raw_logs import Tally
from inference.intake.xml_events import MAX_DEPTH, MAX_ELEMENTS, MalformedXmlError, decode_event
from inference.intake.xml_values import AROUND, EVENTS, begins_events, events_in
from schemas.record.features import Level

A = b'<event level="WARN" logger="x"><message>a</message></event>'
B = b"<event level='INFO'><message><![CDATA[ </event> b ]]></message></event >"
TORN = b'<event level="WARN"><message>'


def pieces(text: bytes, size: int) -> Callable[[], bytes]:
    """Gives a text piece by piece, and nothing at its end."""
    cut = iter([text[at : at + size] for at in range(0, len(text), size)])
    return lambda: next(cut, b"")


def events(text: bytes) -> list[bytes]:
    """The events of a text, the same whole and in pieces."""
    found = [*events_in(text)]
    assert [*events_in(b"", more=pieces(text, 7))] == found
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (A + b"\r\n" + B + b"\n", [A, B]),
        (A + B, [A, B]),
        (
            b"<events>"
            + A
            + b"<!-- <event > - -- -> a-b -----><!----><!-- a -->"
            + B
            + b"</events>\n",
            [A, B],
        ),
        (b'\xef\xbb\xbf<?xml version="1.0"?>\n<Events xmlns="x">' + A + b"</Events>", [A]),
        (b"<!DOCTYPE log SYSTEM 'x.dtd'><log>" + A, [A]),
        (TORN + A, [b"", A]),
        (TORN + b"<![CDATA[ a\n" + A + b"\n" + B, [b"", A, B]),
        (A + TORN, [A, b""]),
        (A + b"\nno event\n" + B + b" nor this", [A, b"no event", B, b"nor this"]),
        (A + b"\n<other/>\n", [A, b"<other/>"]),
        (A + TORN + b"<![CDATA[", [A, b""]),
        (b"", []),
        (b"<events></events>", []),
    ],
)
def test_events_follow_each_other(text: bytes, expected: list[bytes]) -> None:
    """In lines or not, in an export or not; what belongs to none is kept, what is torn is told."""
    assert events(text) == expected


@pytest.mark.parametrize("name", EVENTS)
@pytest.mark.parametrize("around", ["", *AROUND])
def test_each_kind_of_event_is_known(name: str, around: str) -> None:
    """Within each of the elements that hold events, and without."""
    event = f'<{name} level="WARN"><message>a</message></{name}>'
    text = f"<{around} x='y'>\n{event}\n</{around}>" if around else event
    assert begins_events(text.encode(), 0)
    assert events(text.encode()) == [event.encode()]
    assert decode_event(event.encode()) == {"level": "WARN", "message": "a"}


@pytest.mark.parametrize(
    "text", [b"<13>May  1 10:00:00 h1 x: y", b"<html><event>", b"<eventful x>"]
)
def test_what_else_begins_with_a_bracket_is_no_event(text: bytes) -> None:
    """Syslog's priority, other documents, longer names."""
    assert not begins_events(text, 0)


@given(
    st.lists(st.sampled_from([A, B, TORN, b"<![CDATA[", b"]]>", b"</event>", b"\n", b"x", b"<!--"]))
)
def test_nothing_is_lost(parts: list[bytes]) -> None:
    """Whole events that are not within others' text are found, whatever is around them."""
    text = b"".join(parts)
    found = events(text)
    assert found.count(A) <= text.count(A)
    assert all(event in text for event in found)
    assert [*events_in(text + b"\n]]>\n</event>\n" + A)][-1] == A


def test_an_event_without_an_end_is_bounded() -> None:
    """It is told, and what follows is found."""
    text = TORN + b"x" * (2 * MAX_VALUE_BYTES) + b"\n" + A
    found = [*events_in(b"", more=pieces(text, 65_536))]
    assert (found[0], found[-1]) == (b"", A)
    assert len(found) <= 4


def test_hostile_bodies_are_given_up() -> None:
    """What begins again and again without an end is looked through a few times only."""
    body = b"<event ><![CDATA[" * 200_000
    tally = Tally()
    assert [log for block in BodyReader().read(body, "", tally) for log in block.logs] == []
    assert 0 < tally.n_bad < 10


def test_elements_become_members() -> None:
    """Attributes too; prefixes and name spaces go, and what occurs again is a list."""
    event = b'<a:event xmlns:a="x" n="1"><a:m>t<b>u</b></a:m><c/><d>1</d><d e="2">3</d></a:event>'
    assert decode_event(event) == {
        "n": "1",
        "m": {"b": "u", "#text": "t"},
        "c": "",
        "d": ["1", {"e": "2", "#text": "3"}],
    }


@pytest.mark.parametrize("text", ["\x1b[31mlost\x1b[0m", "lo\0st", "\x07lost", "&#x1b;&#8;lost"])
def test_control_characters_are_no_part_of_it(text: str) -> None:
    """XML does not allow them, and loggers write them: colours, NULs, bells."""
    assert decode_event(f"<event><message>{text}</message></event>".encode())["message"] == "lost"


@pytest.mark.parametrize(
    "event",
    [
        b"<event>a & b</event>",
        b"<event>&lol;</event>",
        b"<event><a></event>",
        b"<event/><event/>",
        b"<event >text</event>",
        b'<!DOCTYPE x [<!ENTITY a "b">]><event>&a;</event>',
        b"<event>" + b"<a>" * MAX_DEPTH + b"</a>" * MAX_DEPTH + b"</event>",
        b"<event>" + b"<a/>" * MAX_ELEMENTS + b"</event>",
    ],
)
def test_what_is_no_event_is_refused(event: bytes) -> None:
    """Damaged XML, entities of its own, documents that grow."""
    with pytest.raises(MalformedXmlError) as raised:
        decode_event(event)
    assert "lol" not in str(raised.value)


@pytest.mark.parametrize(
    ("inner", "message"),
    [
        ("<EventData><Data>a</Data><Data>b</Data></EventData>", "a b"),
        ("<EventData><Data Name='x'>a</Data><Data Name='y'/></EventData>", "x=a y="),
        ("<UserData><A xmlns='n'><B>a</B><C>b</C></A></UserData>", "B=a C=b"),
        ("<EventData/>", "event 7"),
        ("", "event 7"),
        ("<RenderingInfo><Message> r </Message></RenderingInfo>", "r"),
        ("<EventData><Data>a</Data></EventData><RenderingInfo/>", "a"),
    ],
)
def test_what_windows_says(inner: str, message: str) -> None:
    """What was rendered, or else the data with their names, or else the event's number."""
    system = "<System><Provider Name='p'/><EventID>7</EventID><Level>3</Level></System>"
    body = f"<Event xmlns='n'>{system}{inner}</Event>".encode()
    tally = Tally()
    logs = [log for block in BodyReader().read(body, "", tally) for log in block.logs]
    assert logs == [(message, Level.WARN, "p")]
    assert len([*records_in(decode_value(body))]) == 1
