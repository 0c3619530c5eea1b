"""Layouts as data: each says by examples what it reads."""

import importlib
import pkgutil

import pytest

from inference.intake import layouts
from inference.intake.layout import Layout
from inference.intake.layouts import LAYOUTS, headed_layout
from inference.intake.levels import LevelNames
from inference.intake.lines import LineParser, begins_record, continues_record, read_foreign
from schemas.record.features import Level


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=list(LAYOUTS))
def test_a_layout_reads_its_examples(layout: Layout) -> None:
    """Level, service and message are as the example says, and the level means something."""
    parse, names = LineParser(layout).parse, LevelNames()
    assert layout.examples
    assert layout.title
    for example in layout.examples:
        parsed = parse(example.line)
        assert parsed is not None, example.line
        read = (parsed.level, parsed.service, parsed.message)
        assert read == (example.level, example.service, example.message)
        if example.level is not None:
            assert layout.levels.get(example.level.lower()) or isinstance(
                names.read(example.level), Level
            )


def test_every_layout_of_a_family_has_its_place() -> None:
    """A layout that the table forgets would be read by nobody."""
    found = [
        value
        for module in pkgutil.iter_modules(layouts.__path__, "inference.intake.layouts.")
        for value in vars(importlib.import_module(module.name)).values()
        if isinstance(value, Layout)
    ]
    assert sorted(layout.name for layout in found) == sorted(LAYOUTS)
    assert all(LAYOUTS[layout.name] is layout for layout in found)


@pytest.mark.parametrize(
    "line",
    [
        "2024-05-01 10:00:00 Caused by: x",
        "[2024-05-01T10:00:03Z] at lunch",
        "10:00:00.123 at com.foo.Bar(Bar.java:1)",
        "ERROR: Traceback",
        '{"at": "a"}',
        "E0501 10:00:04.000000 7 db.go:7] db lost",
        "<34>May  1 10:00:00 h a: x",
    ],
)
def test_what_begins_like_a_record_continues_none(line: str) -> None:
    """A time, a level or a brace at the beginning: never swallowed by the record before."""
    assert begins_record(line)
    assert not continues_record(line)


@pytest.mark.parametrize(
    "line",
    [
        "\tat com.foo.Bar(Bar.java:1)",
        "Caused by: java.io.IOException: closed",
        "... 7 more",
        "Traceback (most recent call last):",
        '  File "a.py", line 1, in b',
        "ValueError: no",
        "System.TimeoutException: no answer",
        "   at Shop.Cart.Open() in /src/Cart.cs:line 7",
        "goroutine 1 [running]:",
        "main.main()",
        "#0 /srv/a.php(7): b()",
        "thread 'main' panicked at src/main.rs:7:5:",
        "stack backtrace:",
        "During handling of the above exception, another exception occurred:",
        "STATEMENT:  SELECT 1",
        "",
    ],
)
def test_stack_traces_continue(line: str) -> None:
    """What programs write below a record, in every language that does."""
    assert continues_record(line)


@pytest.mark.parametrize("line", ["Picked up JAVA_TOOL_OPTIONS: -Xmx1g", "listening", "> node x"])
def test_prose_is_neither(line: str) -> None:
    """Nothing shows that it belongs to the record before it, so it is reported as bad."""
    assert not begins_record(line)
    assert not continues_record(line)


def test_lines_of_other_layouts_are_read() -> None:
    """By the layouts that any file may have lines of."""
    for line, level in (
        ("[2024-05-01T10:00:03Z] FATAL db lost", "FATAL"),
        ("E0501 10:00:04.000000 7 db.go:7] db lost", "E"),
        ("2024/05/01 10:00:00 [error] 7#8: refused", "error"),
    ):
        found = read_foreign(line)
        assert found is not None
        assert found[1].level == level


def test_fields_of_w3c_are_named_in_the_file() -> None:
    """Where the status stands is what the line of fields says."""
    layout = headed_layout(["#Version: 1.0", "#Fields: date time s-port sc-status"])
    assert layout is not None
    parsed = LineParser(layout).parse("2024-05-01 10:00:00 443 500")
    assert parsed is not None
    assert (parsed.level, parsed.message, parsed.time) == ("500", "443 500", "2024-05-01 10:00:00")
    assert layout.levels["500"] is Level.ERROR
    assert headed_layout(["no fields"]) is None


def test_each_heading_of_w3c_names_its_own_columns() -> None:
    """A file may have several, as after a change of settings; no other layout reads a line."""
    layout = headed_layout(
        ["#Fields: date time sc-status", "#Fields: date time c-ip sc-status time-taken"]
    )
    assert layout is not None
    assert layout.exact
    parse = LineParser(layout).parse
    for line in ("2024-05-01 10:00:00 502", "2024-05-01 10:00:00 10.0.0.7 502 12"):
        parsed = parse(line)
        assert parsed is not None
        assert parsed.level == "502"
    assert parse("2024-05-01 10:00:00 10.0.0.7 502 12 7") is None


@pytest.mark.parametrize(
    ("heading", "line", "time", "level", "message"),
    [
        (
            "#Fields: date-time,session,event,data",
            '2024-05-01T10:00:00.123Z,7,>,"220 mx, ready"',
            "2024-05-01T10:00:00.123Z",
            None,
            '7,>,"220 mx, ready"',
        ),
        (
            "#Fields: DateTime,RequestId,HttpStatus,Note",
            "2024-05-01T10:00:00.123Z,7,503,",
            "2024-05-01T10:00:00.123Z",
            "503",
            "7,503,",
        ),
        (
            "#fields\tts\tuid\thost\tstatus_code",
            "1714557600.123456\tC1\tshop example\t404",
            "1714557600.123456",
            "404",
            "C1\tshop example\t404",
        ),
        (
            "#Fields: time c-ip sc-status",
            "10:00:00 10.0.0.7 331",
            "10:00:00",
            "331",
            "10.0.0.7 331",
        ),
        (
            "#Fields: date time level x-note",
            '2024-05-01 10:00:00 error "a b"',
            "2024-05-01 10:00:00",
            "error",
            'error "a b"',
        ),
    ],
)
def test_headings_of_others_are_read(
    heading: str, line: str, time: str, level: str | None, message: str
) -> None:
    """Exchange puts commas between columns and Zeek tabs; a level may be a word."""
    layout = headed_layout([heading])
    assert layout is not None
    parsed = LineParser(layout).parse(line)
    assert parsed is not None
    assert (parsed.time, parsed.level, parsed.message) == (time, level, message)


@pytest.mark.parametrize("between", [" ", ",", "\t"])
def test_a_heading_of_too_many_columns_names_no_layout(between: str) -> None:
    """A pattern of so many columns would take a second to compile, and be kept."""
    start = "#fields\t" if between == "\t" else "#Fields: "
    names = [f"c{number}" for number in range(129)]
    assert headed_layout([start + between.join(names)]) is None
    assert headed_layout([start + between.join(names[1:])]) is not None
