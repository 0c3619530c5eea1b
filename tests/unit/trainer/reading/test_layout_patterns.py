"""Patterns of layouts, built in or given: how long they take, and which are refused."""

import pytest

from inference.intake.layouts import LAYOUTS
from inference.intake.lines import LineParser, Parsed, custom_layout

PARSERS = {name: LineParser(layout) for name, layout in LAYOUTS.items()}

TIME = "2024-01-02 03:04:05,678"


BEGINNINGS = ["", f"{TIME} ", f"[{TIME}] ", f"{TIME} INFO ", f"[{TIME}] INFO ", f"{TIME} - INFO [",
              f"{TIME} [", f"{TIME} INFO 1 --- ", "INFO [", "INFO:", f"{TIME} - ",
              f"{TIME} 1 INFO a [", f"{TIME} | INFO | ", "Jan  2 03:04:05 h ",
              "<34>Jan  2 03:04:05 h ", "<34>1 - h a - - [", '<34>1 - h a - - [x a="',
              "2024/01/02 03:04:05 [error] 1#1", "nginx: "]  # fmt: skip


MIDDLES = [" ", "a", "[", "]", "[[]", "[a] ", ":a", "a.", " (a.b", '\\"', "0", "- ", "@:", "a[b]",
           "[a]["]  # fmt: skip


HOSTILE = [
    beginning + middle * (100_000 // len(middle)) + end
    for beginning in BEGINNINGS
    for middle in MIDDLES
    for end in ("", "\x00", "@1] -")
]


def test_no_line_takes_long() -> None:
    """Lines of 100 kB made to be ambiguous; backtracking over them would not end within hours."""
    for line in HOSTILE:
        for parser in PARSERS.values():
            parser.parse(line)


def test_a_pattern_of_the_user_is_a_layout() -> None:
    """Groups without names are the user's own; groups that took no part are empty or nothing."""
    layout = custom_layout(r"(?P<level>\w+)?;(a|b)?;(?P<message>.*)?", continued=True)
    assert layout.name == "pattern"
    assert layout.continued
    parse = LineParser(layout).parse
    assert parse("WARN;a;text") == Parsed("text", "WARN", None)
    assert parse(";;") == Parsed("", None, None)
    assert parse("x ;;") is None


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        ("(?P<message>.*", "no regular expression at position 0: missing"),
        ("(?P<message>a{99999999999999})", "no regular expression"),
        ("(?P<message>.*)(?P<severity>a)(?P<host>b)", "named groups severity, host; expected only"),
        ("[[a](?P<message>.*)", "no regular expression: Possible nested set at position 1"),
        ("(.*)", r"write \(\?P<message>"),
        ("", r"write \(\?P<message>"),
    ],
)
def test_a_bad_pattern_is_refused(pattern: str, problem: str) -> None:
    """The error says what is wrong and where."""
    with pytest.raises(ValueError, match=problem):
        custom_layout(pattern, continued=False)
