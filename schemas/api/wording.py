"""The descriptions of types and members in the OpenAPI document, taken from docstrings.

A docstring's first paragraph is for everybody, what follows is for those who read the code; its
section `Attributes:` says what members mean, unless they say so themselves.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

Schema = dict[str, Any]

_ENTRY: Final = re.compile(r"^(\w+(?:, \w+)*): (.*)$")
_SECTION: Final = "Attributes:"


def worded(components: Mapping[str, Schema]) -> dict[str, Schema]:
    """The same schemas, described in plain words.

    Args:
        components: schemas by the name of their type, with whole docstrings as descriptions.
    """
    return {name: _worded(schema) for name, schema in components.items()}


def _worded(schema: Schema) -> Schema:
    docstring = schema.get("description", "")
    meanings = attributes(docstring)
    described = {**schema, "description": first_paragraph(docstring)}
    if "properties" in schema:
        described["properties"] = {
            name: _described(member, meanings.get(name, ""))
            for name, member in schema["properties"].items()
        }
    return described


def _described(member: Schema, meaning: str) -> Schema:
    """A member with its own words, those of its type, or those of the docstring."""
    parts = member.get("anyOf", [])
    own = [part["description"] for part in (member, *parts) if "description" in part]
    meaning = own[0] if own else meaning
    return {**member, "description": meaning} if meaning else member


def first_paragraph(docstring: str) -> str:
    """The first paragraph on a single line."""
    return _joined(docstring.strip().partition("\n\n")[0].splitlines())


def attributes(docstring: str) -> dict[str, str]:
    """The description of each attribute in the section `Attributes:` of a Google docstring."""
    _, found, section = docstring.partition(f"{_SECTION}\n")
    entries: dict[str, list[str]] = {}
    names: list[str] = []
    if not found:
        return {}
    depth = len(section) - len(section.lstrip(" "))
    for line in section.splitlines():
        if not line.strip():
            break
        entry = _ENTRY.match(line[depth:])
        if entry:
            names = entry[1].split(", ")
            entries.update({name: [] for name in names})
        for name in names:
            entries[name].append(entry[2] if entry else line)
    return {name: _sentence(_joined(lines)) for name, lines in entries.items()}


def _joined(lines: list[str]) -> str:
    return " ".join(line.strip() for line in lines)


def _sentence(text: str) -> str:
    """As Meta's descriptions are written; a name in backquotes stays as it is."""
    text = text[:1].upper() + text[1:]
    return text if text.endswith(".") else f"{text}."
