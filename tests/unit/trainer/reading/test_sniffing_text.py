"""What is detected from the beginning of a file of plain text."""

import gzip
import itertools
import json
from collections.abc import Callable

import msgspec
import pytest

from inference.intake.layouts import LAYOUTS
from tests.conftest import REAL_LOGS
from trainer.errors import InputError
from trainer.reading.options import ReadingOptions as Options
from trainer.reading.sniffing import sniff


@pytest.mark.parametrize(
    ("head", "layout", "notes"),
    [
        (
            (
                b"03:04:05 INFO a.B - up\n\tat a.B(B.java:1)\n\nCaused by: c.D: x\n"
                b"03:04:05 ERROR a.B - down\nodd line\n[cut"
            ),
            "log4j",
            "layout: log4j (2 of 3 lines match)",
        ),
        (
            b"INFO:root:up\nTraceback (most\nValueError: x\n",
            "python",
            "layout: python (1 of 1 lines match)",
        ),
        (
            b"[2024-01-02 03:04:05,678] ERROR in app: no\n2024-01-02 03:04:05,678 INFO up and up\n",
            "python",
            "layout: python (2 of 2 lines match)",
        ),
        (b"Jan  2 03:04:05 h a[1]: up\r\n", "syslog", "layout: syslog (1 of 1 lines match)"),
        (b"2024-01-02T03:04:05Z w ERROR: no\n", "general", "layout: general (1 of 1 lines match)"),
        (b"2024-01-02T03:04:05Z ERROR a.b: no\n", "log4j", "layout: log4j (1 of 1 lines match)"),
        (
            b"2024/01/02 03:04:05 [error] 1#2: *1 a, client: b\n" * 3 + b"x\ny\nx",
            "nginx",
            "layout: nginx (3 of 5 lines match)",
        ),
    ],
)  # fmt: skip
def test_layouts_are_detected(head: bytes, layout: str, notes: str) -> None:
    """The layout that matches most lines, stack traces not counted, if it is enough of them."""
    detected = sniff(head, "shop.log", Options())
    assert detected.plan.format == "text"
    assert detected.plan.layout == LAYOUTS[layout]
    assert notes in detected.notes


def test_what_lines_say_is_noted() -> None:
    """Level and service come from the lines, or from what is known beside them."""
    notes = sniff(b"Jan  2 03:04:05 h a[1]: up\n", "shop.log", Options()).notes
    assert notes[-3:] == [
        "records: raw logs",
        "level: not in the lines, taken as INFO",
        "service: from the lines (`shop` where they have none)",
    ]
    notes = sniff(b"2024/01/02 03:04:05 [error] 1#2: x\n", "shop.log", Options()).notes
    assert notes[-2:] == [
        "level: from the lines (INFO where they have none)",
        "service: not in the lines, taken as `nginx`",
    ]


def test_unknown_text_is_refused_without_showing_it() -> None:
    """The error says what was tried and what to give, and no line of the data."""
    with pytest.raises(InputError) as caught:
        sniff(b"the secret is 42\nINFO:root:up\nodd\nodd\n", "x.log", Options())
    assert str(caught.value) == (
        "x.log: neither JSON lines nor CSV with a header that names a message, and no layout of "
        "plain text fits: python 1 of 4 lines match. Give --layout, "
        "--layout text to take any line as a record, or --pattern with a regular expression"
    )


def test_a_given_layout_must_match_something() -> None:
    """Few matches are enough where the user vouches for them; none are not."""
    head = b"INFO:root:up\n" + b"odd\n" * 9
    detected = sniff(head, "-", Options(layout="python"))
    assert detected.plan.layout == LAYOUTS["python"]
    assert "layout: python (1 of 10 lines match)" in detected.notes
    with pytest.raises(InputError, match="none of the first 10 lines is of the layout nginx"):
        sniff(head, "-", Options(layout="nginx"))
    with pytest.raises(InputError, match=r"--layout pyton: no layout .* did you mean python\?"):
        sniff(head, "-", Options(layout="pyton"))


def test_a_given_pattern_is_the_layout() -> None:
    """With further lines of a record if the user says so, and an error that names the option."""
    head = b"W|up\n more\nE|down\n"
    detected = sniff(head, "-", Options(pattern=r"(?P<level>\w)\|(?P<message>.*)"))
    assert detected.plan.layout is not None
    assert detected.plan.layout.name == "pattern"
    assert not detected.plan.layout.continued
    assert "layout: pattern (2 of 3 lines match)" in detected.notes
    more = sniff(head, "-", Options(pattern=r"\w\|(?P<message>.*)", multiline=True))
    assert more.plan.layout is not None
    assert more.plan.layout.continued
    with pytest.raises(InputError, match="--pattern: no regular expression at position 0"):
        sniff(head, "-", Options(pattern="("))


def test_further_lines_can_be_wanted_for_any_layout() -> None:
    """Lines of nginx are one record each unless the user says otherwise."""
    head = b"2024/01/02 03:04:05 [error] 1#2: x\nmore\nmore\nmore\n"
    with pytest.raises(InputError, match=r"nginx 1, .* of 4 lines"):
        sniff(head, "-", Options())
    layout = sniff(head, "-", Options(multiline=True)).plan.layout
    assert layout == msgspec.structs.replace(LAYOUTS["nginx"], continued=True, any_further=True)


def as_python(record: dict[str, str]) -> str:
    """A line of Python's logging."""
    return "2024-01-02 03:04:05,678 - {service} - {level} - {message}".format(**record)


def as_spring(record: dict[str, str]) -> str:
    """A line of Spring Boot."""
    return "2024-01-02T03:04:05.678Z {level:>5} 1 --- [main] {service} : {message}".format(**record)


@pytest.mark.parametrize(("write", "layout"), [(as_python, "python"), (as_spring, "log4j")])
def test_real_logs_are_detected_in_a_layout(
    write: Callable[[dict[str, str]], str], layout: str
) -> None:
    """Real messages, some with stack traces, written as frameworks write them."""
    path = REAL_LOGS / "trainticket-faults.jsonl.gz"
    if not path.exists():
        pytest.skip("the real logs are not beside the project (../shared/data)")
    with gzip.open(path, "rt") as file:
        text = "\n".join(write(json.loads(line)) for line in itertools.islice(file, 2_000))
    assert sniff(text.encode(), "-", Options()).plan.layout == LAYOUTS[layout]
