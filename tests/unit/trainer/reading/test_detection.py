"""What is detected from the beginning of a file."""

import gzip
import itertools
import json
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import example
from hypothesis import given as given_values
from hypothesis import strategies as st

from schemas.record.features import FEATURE_NAMES, Level
from tests.conftest import REAL_LOGS
from trainer.errors import InputError
from trainer.reading.detection import Given, detect_parquet, detect_plan
from trainer.reading.layouts import LAYOUTS
from trainer.reading.naming import service_of_file
from trainer.reading.plan import Fields, ReadingPlan

SAMPLES = Path(__file__).parents[4] / "samples"
FEATURES = dict(zip(FEATURE_NAMES, (120, "INFO", "shop", False, False, True), strict=True))


def lines(*records: object) -> bytes:
    """JSON lines."""
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def test_json_lines_are_detected() -> None:
    """Each thing that was detected is said in a sentence."""
    head = lines({"msg": "up", "severity": "INFO", "app": "shop"}, {"msg": "down"})
    detected = detect_plan(b"\n" + head + b'{"msg": "cut', "/var/log/x.log.gz", Given())
    assert detected.plan == ReadingPlan(
        format="jsonl",
        kind="logs",
        fields=Fields(message="msg", level="severity", service="app"),
    )
    assert detected.said == [
        "format: JSON lines (first 2 records)",
        "records: raw logs",
        "message: field `msg`",
        "level: field `severity` (INFO where it is missing)",
        "service: field `app` (`x` where it is missing)",
    ]


def test_nested_json_gives_paths() -> None:
    """An object in an object and a key with a dot are the same path."""
    head = lines({"message": "up", "log": {"level": "info"}, "service.name": "shop"})
    fields = Fields(message="message", level="log.level", service="service.name")
    assert detect_plan(head, "-", Given()).plan.fields == fields


def test_bad_lines_do_not_hide_the_good_ones() -> None:
    """Lines that are no objects are passed over; invalid UTF-8 is replaced."""
    head = (
        b'{"msg": "\xff"}\n{"msg": \nnull\n[1]\n' + b'{"a":' * 5_000 + b"\n" + lines({"level": 1})
    )
    detected = detect_plan(b"\xef\xbb\xbf" + head, "-", Given())
    assert detected.plan.fields == Fields(message="msg", level="level")
    assert detected.said[0] == "format: JSON lines (first 2 records)"


def test_only_a_single_line_may_be_cut() -> None:
    """A last line without its end is left out, unless there is no other."""
    assert detect_plan(b'{"msg": 1}', "-", Given()).plan.fields.message == "msg"
    with pytest.raises(InputError, match="no field for the message among `a`"):
        detect_plan(b'{"a": 1}\n{"msg": 1}', "-", Given())


def test_what_records_lack_is_said() -> None:
    """Level and service have defaults; the service's is the file's name."""
    head = lines({"text": "up"})
    detected = detect_plan(head, "s3://logs/2024/orders-2024-01-02.jsonl.zst", Given())
    assert detected.plan.default_service is None
    assert detected.said[-2:] == [
        "level: not in the records, taken as INFO",
        "service: not in the records, taken as `orders`",
    ]
    detected = detect_plan(head, "x", Given(default_level=Level.WARN, default_service="shop"))
    assert (detected.plan.default_level, detected.plan.default_service) == (Level.WARN, "shop")
    assert detected.said[-2:] == [
        "level: not in the records, taken as WARN",
        "service: not in the records, taken as `shop`",
    ]


@pytest.mark.parametrize(
    ("name", "service"),
    [
        ("-", "unknown"),
        ("", "unknown"),
        (".hidden", "unknown"),
        ("orders", "orders"),
        ("/var/log/orders.log.2.gz", "orders"),
        ("a/orders-api-20240102_3.log", "orders-api"),
        ("2024-01-02.log", "unknown"),
        ("log4j2.log", "log4j2"),
        ("x" * 300, "x" * 256),
    ],
)
def test_a_file_names_the_service(name: str, service: str) -> None:
    """Without folders, extensions, and what rotation adds."""
    assert service_of_file(name) == service
    detected = detect_plan(lines({"msg": "up"}), name, Given())
    assert detected.plan.default_service is None
    assert detected.said[-1].startswith(f"service: not in the records, taken as `{service[:50]}")


def test_numbers_of_levels_are_said() -> None:
    """Where all levels are numbers of one logger, the plan knows what they mean."""
    detected = detect_plan(lines({"msg": "up", "level": 30}, {"msg": "x"}), "-", Given())
    assert detected.plan.levels["50"] is Level.ERROR
    assert detected.said[-1] == "levels: numbers as pino writes them"
    table = detect_plan(b"priority,message\n3,down\n", "-", Given())
    assert table.plan.levels["3"] is Level.ERROR


def test_features_are_detected() -> None:
    """Six features go before a message, unless its field is given."""
    detected = detect_plan(lines({**FEATURES, "fault": None}), "-", Given())
    assert detected.plan == ReadingPlan(format="jsonl", kind="features")
    assert detected.said == ["format: JSON lines (first 1 records)", "records: the six features"]
    both = lines({**FEATURES, "message": "up", "fault": None})
    detected = detect_plan(both, "-", Given(fields=Fields(label="fault")))
    assert detected.plan.kind == "features"
    assert detected.said[1:] == [
        "records: the six features (--message-field message reads raw logs instead)",
        "label: field `fault`",
    ]
    detected = detect_plan(both, "-", Given(fields=Fields(message="message")))
    assert detected.plan.kind == "logs"


@pytest.mark.parametrize(
    ("head", "name", "delimiter", "message"),
    [
        (b"time,level,message\n1,INFO,up\n2,WARN,down\n3,IN", "x", ",", "message"),
        (b" time ; level ; Msg \n1;INFO;a, b, c\n", "x", ";", "Msg"),
        (b"time\tlevel\tmessage\n1\tINFO\tup\n", "x.tsv.gz", "\t", "message"),
        (b"time|level|text\r\n1|INFO|up\r\n", "-", "|", "text"),
        (b'level,message\nINFO,"two\nlines, ""quoted"""\nINFO,x\n', "x", ",", "message"),
        (b"message\nup\ndown, really\n", "x.csv", ";", "message"),
        (b"level,message\n", "x.CSV.zst", ",", "message"),
        (b"message,a;b\nup,1\n", "x.csv", ",", "message"),
    ],
)
def test_csv_is_detected(head: bytes, name: str, delimiter: str, message: str) -> None:
    """By the file's name, or by a header that names the fields above rows of as many columns."""
    detected = detect_plan(head, name, Given())
    assert (detected.plan.format, detected.plan.delimiter) == ("csv", delimiter)
    assert detected.plan.fields.message == message
    assert detected.said[0].startswith(f"format: CSV, columns separated by {delimiter!r}")


def test_a_given_delimiter_means_csv() -> None:
    """Whatever the header looks like; tabs can be given by their escape."""
    plan = detect_plan(b"a:message\n1:up\n", "-", Given(delimiter=":")).plan
    assert (plan.format, plan.delimiter, plan.fields.message) == ("csv", ":", "message")
    assert detect_plan(b"a\tmsg\n1\tup\n", "-", Given(delimiter="\\t")).plan.delimiter == "\t"


def test_a_column_has_one_name() -> None:
    """Two columns of one name could not be told apart."""
    with pytest.raises(InputError, match="header names several columns `message`"):
        detect_plan(b"message,message\na,b\n", "x.csv", Given())


@pytest.mark.parametrize(
    ("head", "layout", "said"),
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
        (b"2024-01-02T03:04:05Z web ERROR: no\n", "syslog", "layout: syslog (1 of 1 lines match)"),
        (b"2024-01-02T03:04:05Z ERROR a.b: no\n", "log4j", "layout: log4j (1 of 1 lines match)"),
        (
            b"2024/01/02 03:04:05 [error] 1#2: *1 a, client: b\n" * 3 + b"x\ny\nx",
            "nginx",
            "layout: nginx (3 of 5 lines match)",
        ),
    ],
)  # fmt: skip
def test_layouts_are_detected(head: bytes, layout: str, said: str) -> None:
    """The layout that matches most lines, stack traces not counted, if it is enough of them."""
    detected = detect_plan(head, "shop.log", Given())
    assert detected.plan.format == "text"
    assert detected.plan.layout == LAYOUTS[layout]
    assert said in detected.said


def test_what_lines_say_is_said() -> None:
    """Level and service come from the lines, or from what is known beside them."""
    said = detect_plan(b"Jan  2 03:04:05 h a[1]: up\n", "shop.log", Given()).said
    assert said[-3:] == [
        "records: raw logs",
        "level: not in the lines, taken as INFO",
        "service: from the lines (`shop` where they have none)",
    ]
    said = detect_plan(b"2024/01/02 03:04:05 [error] 1#2: x\n", "shop.log", Given()).said
    assert said[-2:] == [
        "level: from the lines (INFO where they have none)",
        "service: not in the lines, taken as `nginx`",
    ]


def test_unknown_text_is_refused_without_showing_it() -> None:
    """The error tells what was tried and what to give, and no line of the data."""
    with pytest.raises(InputError) as caught:
        detect_plan(b"the secret is 42\nINFO:root:up\n", "x.log", Given())
    assert str(caught.value) == (
        "x.log: neither JSON lines nor CSV with a header that names a message, and no layout of "
        "plain text fits: log4j 0, python 0, syslog 0, nginx 0 of 2 lines match. Give --layout, "
        "or --pattern with a regular expression"
    )


def test_a_given_layout_must_match_something() -> None:
    """Few matches are enough where the user vouches for them; none are not."""
    head = b"INFO:root:up\n" + b"odd\n" * 9
    detected = detect_plan(head, "-", Given(layout="python"))
    assert detected.plan.layout == LAYOUTS["python"]
    assert "layout: python (1 of 10 lines match)" in detected.said
    with pytest.raises(InputError, match="none of the first 10 lines is of the layout nginx"):
        detect_plan(head, "-", Given(layout="nginx"))
    with pytest.raises(InputError, match=r"--layout pyton: expected one of log4j, .* mean python"):
        detect_plan(head, "-", Given(layout="pyton"))


def test_a_given_pattern_is_the_layout() -> None:
    """With further lines of a record if the user says so, and an error that names the option."""
    head = b"W|up\n more\nE|down\n"
    detected = detect_plan(head, "-", Given(pattern=r"(?P<level>\w)\|(?P<message>.*)"))
    assert detected.plan.layout is not None
    assert detected.plan.layout.name == "pattern"
    assert not detected.plan.layout.continued
    assert "layout: pattern (2 of 3 lines match)" in detected.said
    more = detect_plan(head, "-", Given(pattern=r"\w\|(?P<message>.*)", multiline=True))
    assert more.plan.layout is not None
    assert more.plan.layout.continued
    with pytest.raises(InputError, match="--pattern: no regular expression at position 0"):
        detect_plan(head, "-", Given(pattern="("))


def test_further_lines_can_be_wanted_for_any_layout() -> None:
    """Syslog lines are one record each unless the user says otherwise."""
    head = b"Jan  2 03:04:05 h a[1]: up\n more\n more\n"
    with pytest.raises(InputError, match="syslog 1, nginx 0 of 3 lines"):
        detect_plan(head, "-", Given())
    layout = detect_plan(head, "-", Given(multiline=True)).plan.layout
    assert layout == msgspec.structs.replace(LAYOUTS["syslog"], continued=True)


def test_parquet_is_detected_by_its_columns() -> None:
    """The beginning of a file gives the format, the columns the rest."""
    assert detect_plan(b"PAR1\x15\x04\xff", "x", Given()).plan.format == "parquet"
    given = Given(fields=Fields(label="fault"), default_service="shop")
    assert detect_plan(b"PAR1\x15\x04\xff", "x", given).plan.format == "parquet"
    detected = detect_parquet(["msg", "log", "log.level", "fault"], given)
    assert detected.plan == ReadingPlan(
        format="parquet",
        kind="logs",
        fields=Fields(message="msg", level="log.level", label="fault"),
        default_service="shop",
    )
    assert detected.said[0] == "format: Parquet"
    assert detect_parquet(FEATURE_NAMES, Given()).plan.kind == "features"
    with pytest.raises(InputError, match="no field for the message"):
        detect_parquet(["a"], Given())
    with pytest.raises(InputError, match="x: no Parquet file"):
        detect_plan(b"{}", "x", Given(format="parquet"))


@pytest.mark.parametrize(
    ("head", "given", "problem"),
    [
        (b"", Given(), "^x is empty$"),
        (b"\xef\xbb\xbf\n \r\n", Given(), "^x is empty$"),
        (b"\x1c\n", Given(format="text"), "^x is empty$"),
        (b'[{"msg": "up"}]', Given(), r"^x: one JSON array; write one object .*jq -c '.\[\]'"),
        (b"[\n  {\n", Given(), "one JSON array"),
        (b"[]\n", Given(format="jsonl"), "one JSON array"),
        (b'{\n  "msg": "up"\n}\n', Given(), "none of the first lines is a JSON object"),
        ("{}".encode("utf-16"), Given(), "^x is UTF-16"),
        (b'{"msg": 1}', Given(fields=Fields(level="a")), "^x: --level-field: no record has .*`a`"),
        (b'{"msg": 1}', Given(layout="nginx", format="jsonl"), "--layout cannot be used with JSON"),
        (b'{"msg": 1}', Given(multiline=True), "--multiline cannot be used with JSON lines"),
        (b"{}", Given(format="text", delimiter=","), "--delimiter cannot be used with plain text"),
        (b"x", Given(layout="nginx", fields=Fields(label="a")), "--label-field cannot be used"),
        (b"x", Given(layout="nginx", pattern="x"), "give either --layout or --pattern"),
        (b"x", Given(delimiter="ab"), "--delimiter 'ab': expected one character"),
        (b"x", Given(delimiter=""), "--delimiter '': expected one character"),
        (b"x", Given(delimiter='"'), "expected one character"),
        (b"x", Given(default_service=""), "--default-service: expected 1 to 256 characters"),
        (b"a,b\n1,2\n", Given(format="csv"), "^x: no field for the message among `a`, `b`"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(head: bytes, given: Given, problem: str) -> None:
    """The error says what it is and what to do."""
    with pytest.raises(InputError, match=problem):
        detect_plan(head, "x", given)


PIECES = [b"{", b"}", b'"msg"', b":", b"1", b",", b"\n", b"[", b'"', b"message", b"level", b";",
          b"PAR1", b"INFO:a:b", b"\t", b"\xff\xfe", b"\xef\xbb\xbf", b"\x00", b"\r", b"\x85",
          b"\x1c", b"2024-01-02 03:04:05 INFO", b'{"msg": {"a": 1e999}}\n',
          b'{"msg": "\\ud800", "level": 3}\n']  # fmt: skip
GIVEN = st.builds(
    Given,
    format=st.sampled_from([None, "jsonl", "csv", "parquet", "text"]),
    fields=st.builds(
        Fields, message=st.sampled_from([None, "msg"]), label=st.sampled_from([None, ""])
    ),
    layout=st.sampled_from([None, "python", "?"]),
    pattern=st.none() | st.text(max_size=5) | st.just("(?P<message>.*)"),
    multiline=st.booleans(),
    delimiter=st.none() | st.text(max_size=2),
    default_service=st.none() | st.text(max_size=2),
)


@given_values(
    st.binary(max_size=200) | st.lists(st.sampled_from(PIECES)).map(b"".join),
    st.text(max_size=9),
    st.just(Given()) | GIVEN,
)
@example(b"[" * 100_000, "x", Given(format="jsonl"))
@example(b'{"a":' * 100_000, "x", Given())
@example(b"message,b\n" + b'"' + b"x" * 200_000, "x", Given())
@example(b"message" + b"\r" * 3, "x.csv", Given())
def test_any_bytes_are_detected_or_refused(head: bytes, name: str, given: Given) -> None:
    """Nothing but InputError comes out, and a plan is complete for its format."""
    try:
        detected = detect_plan(head, name, given)
    except InputError:
        return
    plan = detected.plan
    assert detected.said
    assert plan.format == "parquet" or plan.kind == "features" or plan.fields.message or plan.layout
    assert (plan.layout is not None) is (plan.format == "text")
    assert plan.default_service == given.default_service
    assert msgspec.json.decode(msgspec.json.encode(plan), type=ReadingPlan) == plan


def head_of(path: Path) -> bytes:
    """The first 256 KiB of a gzipped file."""
    with gzip.open(path) as file:
        return file.read(262_144)


def test_the_samples_are_detected() -> None:
    """The shipped logs are raw logs, the shipped features are features."""
    given = Given(fields=Fields(label="fault"))
    logs = detect_plan(head_of(SAMPLES / "logs.jsonl.gz"), "logs", given)
    fields = Fields(message="message", level="level", service="service", label="fault")
    assert logs.plan.fields == fields
    assert detect_plan(head_of(SAMPLES / "features.jsonl.gz"), "x", Given()).plan.kind == "features"


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
    assert detect_plan(text.encode(), "-", Given()).plan.layout == LAYOUTS[layout]
