"""How right the keyword flags are, on lines of many systems that were labelled by hand.

`keyword_lines.tsv` holds lines in the style of real systems, each with the system's name and the
flags that a person gave it: E exception, T time-out, C connection error, F failure, `-` none. F
stands only where none of the others does, since the detector takes any of the four as one hint.
"""

import ast
import re
from pathlib import Path
from typing import NamedTuple

import pytest

from schemas.record.keywords import find_flags
from tests.conftest import REAL_LOGS

PAGE = Path(__file__).parents[3] / "docs" / "keywords.md"
SHARED = REAL_LOGS.parent / "cases" / "keywords.tsv"
FLAGS = {"E": "has_exception", "T": "has_timeout", "C": "has_connection_error", "F": "has_failure"}


class Line(NamedTuple):
    """A labelled line."""

    set: str
    system: str
    flags: str
    message: str


def read_lines() -> list[Line]:
    """The labelled lines, in their order."""
    path = Path(__file__).with_name("keyword_lines.tsv")
    rows = path.read_text(encoding="utf-8").splitlines()[1:]
    return [Line(*row.split("\t")) for row in rows]


def read_shared() -> list[Line]:
    """The phrases with the right flags that stand beside the project, if they do."""
    if not SHARED.exists():
        pytest.skip("the phrases with their flags are not beside the project (../shared/cases)")
    rows = [row.split("\t") for row in SHARED.read_text(encoding="utf-8").splitlines()[1:]]
    return [
        Line(
            "shared",
            "any",
            "".join(
                letter for letter, up in zip("ETC", ast.literal_eval(row[1]), strict=True) if up
            ),
            ast.literal_eval(row[0]),
        )
        for row in rows
    ]


def flags_of(message: str) -> str:
    """The letters of the flags that the rules raise."""
    flags = find_flags(message)
    return "".join(letter for letter, name in FLAGS.items() if getattr(flags, name))


def state(lines: list[Line], letter: str) -> str:
    """Precision and recall of a flag on lines, as the page states them."""
    found = [(letter in flags_of(line.message), letter in line.flags) for line in lines]
    if letter == "F":
        others = [set(line.flags + flags_of(line.message)) & set("ETC") for line in lines]
        found = [pair for pair, other in zip(found, others, strict=True) if not other]
    if not any(true for _, true in found):
        return "-"
    right = sum(seen and true for seen, true in found)
    precision = right / max(sum(seen for seen, _ in found), 1)
    recall = right / max(sum(true for _, true in found), 1)
    return f"{precision:.2f} / {recall:.2f}"


def stated(name: str) -> list[str]:
    """The last four columns of a row of the page: E, T, C, F as they are now."""
    page = PAGE.read_text(encoding="utf-8")
    row = re.search(rf"^\| {name} \|(.*)\|$", page, re.MULTILINE)
    assert row, name
    return [cell.strip() for cell in row[1].split("|")][-4:]


@pytest.mark.parametrize(
    "name",
    [
        "first",
        "second",
        "third",
        "fourth",
        "fifth",
        "sixth",
        "seventh",
        "eighth",
        "ninth",
        "tenth",
        "eleventh",
        "twelfth",
        "thirteenth",
    ],
)
def test_the_page_states_how_right_the_flags_are(name: str) -> None:
    """Precision and recall of each flag on each set of lines are those on the page."""
    lines = [line for line in read_lines() if line.set == name]
    assert [state(lines, letter) for letter in FLAGS] == stated(name)


def test_every_shared_phrase_is_right() -> None:
    """Each of the shared phrases gets exactly the flags that it should get."""
    wrong = [
        (line.message, line.flags, flags_of(line.message))
        for line in read_shared()
        if flags_of(line.message).replace("F", "") != line.flags
    ]
    assert wrong == []


def test_the_lines_are_many_and_of_many_systems() -> None:
    """At least 500 lines of at least 50 systems, none twice, a quarter of them harmless."""
    lines = read_lines()
    assert len(lines) >= 500
    assert len({line.system for line in lines}) >= 50
    assert len({line.message for line in lines}) == len(lines)
    assert sum(line.flags == "-" for line in lines) >= len(lines) / 4
    assert all(re.fullmatch("-|E?T?C?F?", line.flags) for line in lines)
