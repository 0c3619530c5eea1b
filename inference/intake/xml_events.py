"""An event in XML as an object, with the names that JSON of the same loggers has.

Nothing but elements, attributes and text is taken: an event is read by itself, so that no document
type stands before it and no entity can be declared; a declaration is refused all the same. What is
built is bounded in number and in depth.
"""

import re
from typing import Any, Final
from xml.parsers import expat

from inference.intake.cleaning import clean_text
from schemas.api.validation import MalformedJsonError

__all__ = ["MalformedXmlError", "decode_event", "of_windows"]

Document = dict[str, Any]

MAX_DEPTH: Final = 16
MAX_ELEMENTS: Final = 10_000
"""Elements within an event; the largest of Windows have some hundreds."""

_TEXT: Final = "#text"
_NO_DATA: Final = frozenset({"#attributes", "xmlns"})
_FORBIDDEN: Final = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_FORBIDDEN_REFERENCE: Final = re.compile(
    r"&#(?:x0*+(?:[0-8bcef]|1[0-9a-f]|fff[ef])|0*+(?:[0-8]|1[124-9]|2\d|3[01]));", re.IGNORECASE
)
"""Control characters, as colours are made of, which XML does not allow and loggers write."""


class MalformedXmlError(MalformedJsonError):
    """The bytes are no event in XML."""


def decode_event(value: bytes) -> Document:
    """The members of an event: its attributes, and its elements by their names without prefixes.

    Those of Windows are within a member `Event`, as the usual dumps to JSON have them.

    Raises:
        MalformedXmlError: it is no event, or too large.
    """
    text = clean_text(value.decode("utf-8", "replace"))
    text = _FORBIDDEN_REFERENCE.sub("", _FORBIDDEN.sub("", text))
    builder = _Builder()
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.add_text
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = _refuse
    try:
        parser.Parse(text.encode("utf-8", "replace"), True)  # noqa: FBT003 - pyexpat takes no name
    except expat.ExpatError as error:
        raise MalformedXmlError(f"no event in XML: {error}") from error
    event = builder.whole
    if not isinstance(event, dict):
        raise MalformedXmlError("an event without members")
    return of_windows(event) if isinstance(event.get("System"), dict) else event


def _refuse(*_: object) -> None:
    raise MalformedXmlError("declares a type or an entity, which is not read")


class _Builder:
    """Builds an object of what the parser meets."""

    def __init__(self) -> None:
        self.whole: object = None
        self._open: list[tuple[Document, list[str]]] = []
        self._n_elements = 0

    def start(self, _: str, attributes: dict[str, str]) -> None:
        self._n_elements += 1
        if len(self._open) >= MAX_DEPTH or self._n_elements > MAX_ELEMENTS:
            raise MalformedXmlError(
                f"more than {MAX_ELEMENTS:,} elements, or {MAX_DEPTH} within each other"
            )
        members: Document = {
            _bare(name): text for name, text in attributes.items() if not name.startswith("xmlns")
        }
        self._open.append((members, []))

    def add_text(self, text: str) -> None:
        self._open[-1][1].append(text)

    def end(self, name: str) -> None:
        members, texts = self._open.pop()
        text = "".join(texts).strip()
        value: object = members or text
        if members and text:
            members[_TEXT] = text
        if not self._open:
            self.whole = value
            return
        around, name = self._open[-1][0], _bare(name)
        before = around.get(name)
        if name not in around:
            around[name] = value
        elif isinstance(before, list):
            before.append(value)
        else:
            around[name] = [before, value]


def _bare(name: str) -> str:
    return name.rpartition(":")[2]


def of_windows(event: Document) -> Document:
    """An event of Windows, whose text is what was rendered, or else its data in their order.

    Args:
        event: its members, in which `System` is an object; also as dumps to JSON have them.
    """
    rendered = event.get("RenderingInfo")
    if isinstance(rendered, dict) and rendered.get("Message"):
        return {"Event": event}
    data = _data(event.get("EventData")) or _data(event.get("UserData"))
    number = event["System"].get("EventID")
    number = number.get(_TEXT) if isinstance(number, dict) else number
    return {"Event": {**event, "EventData": {"Data": " ".join(data) or f"event {number}"}}}


def _data(value: object, name: str = "") -> list[str]:
    """Texts of data, each behind its name if it is named."""
    if isinstance(value, dict):
        if _TEXT in value or (isinstance(value.get("Name"), str) and len(value) == 1):
            return _data(value.get(_TEXT, ""), value.get("Name") or name)
        return [
            text
            for key, inner in value.items()
            if key not in _NO_DATA
            for text in _data(inner, "" if key == "Data" else key)
        ]
    if isinstance(value, list):
        return [text for inner in value for text in _data(inner, name)]
    text = "" if value is None else str(value)
    return [f"{name}={text}" if name else text] if text or name else []
