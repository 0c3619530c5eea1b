"""What is detected from the beginning of a file."""

import gzip
import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import example
from hypothesis import given as given_values
from hypothesis import strategies as st

from schemas.record.features import FEATURE_NAMES, Level
from trainer.errors import InputError
from trainer.reading.naming import service_of_file
from trainer.reading.options import ReadingOptions as Options
from trainer.reading.plan import Fields, ReadingPlan
from trainer.reading.sniffing import sniff

SAMPLES = Path(__file__).parents[4] / "samples"
FEATURES = dict(zip(FEATURE_NAMES, (120, "INFO", "shop", False, False, True), strict=True))


def lines(*records: object) -> bytes:
    """JSON lines."""
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def test_json_lines_are_detected() -> None:
    """Each thing that was detected is said in a sentence."""
    head = lines({"msg": "up", "severity": "INFO", "app": "shop"}, {"msg": "down"})
    detected = sniff(b"\n" + head + b'{"msg": "cut', "/var/log/x.log.gz", Options())
    assert detected.plan == ReadingPlan(
        format="jsonl",
        kind="logs",
        fields=Fields(message="msg", level="severity", service="app"),
    )
    assert detected.notes == [
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
    assert sniff(head, "-", Options()).plan.fields == fields


def test_bad_lines_do_not_hide_the_good_ones() -> None:
    """Lines that are no objects are passed over; invalid UTF-8 is replaced."""
    head = (
        b'{"msg": "\xff"}\n{"msg": \nnull\n[1]\n'
        + b'{"a":' * 5_000
        + b"\n"
        + lines({"level": "WARN"})
    )
    detected = sniff(b"\xef\xbb\xbf" + head, "-", Options())
    assert detected.plan.fields == Fields(message="msg", level="level")
    assert detected.notes[0] == "format: JSON lines (first 2 records)"


@pytest.mark.parametrize("n_rows", [1, 3])
def test_a_table_may_be_cut_within_quotes(n_rows: int) -> None:
    """A row that goes on behind the sample says nothing of the table, whatever is within it."""
    trace = "Traceback, most recent call last:\n  File a, line 1\n" * 9
    head = "message,level,service\n" + '"up ""x""",INFO,a\n' * n_rows
    detected = sniff(f'{head}"lost\n{trace}'.encode(), "-", Options())
    assert (detected.plan.format, detected.plan.fields.message) == ("csv", "message")
    assert f"(first {n_rows} rows)" in detected.notes[0]


def test_only_a_single_line_may_be_cut() -> None:
    """A last line without its end is left out, unless there is no other."""
    assert sniff(b'{"msg": 1}', "-", Options()).plan.fields.message == "msg"
    with pytest.raises(InputError, match="no field for the message among `a`"):
        sniff(b'{"a": 1}\n{"msg": 1}', "-", Options())


def test_what_records_lack_is_noted() -> None:
    """Level and service have defaults; the service's is the file's name."""
    head = lines({"text": "up"})
    detected = sniff(head, "s3://logs/2024/orders-2024-01-02.jsonl.zst", Options())
    assert detected.plan.default_service is None
    assert detected.notes[-2:] == [
        "level: not in the records, taken as INFO",
        "service: not in the records, taken as `orders`",
    ]
    detected = sniff(head, "x", Options(default_level=Level.WARN, default_service="shop"))
    assert (detected.plan.default_level, detected.plan.default_service) == (Level.WARN, "shop")
    assert detected.notes[-2:] == [
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
    detected = sniff(lines({"msg": "up"}), name, Options())
    assert detected.plan.default_service is None
    assert detected.notes[-1].startswith(f"service: not in the records, taken as `{service[:50]}")


def test_numbers_of_levels_are_noted() -> None:
    """Where all levels are numbers of one logger, the plan knows what they mean."""
    detected = sniff(lines({"msg": "up", "level": 30}, {"msg": "x"}), "-", Options())
    assert detected.plan.open_scale == "pino"
    assert detected.notes[-1] == "levels: numbers as pino writes them"
    table = sniff(b"priority,message\n3,down\n", "-", Options())
    assert table.plan.open_scale == "syslog"


def test_features_are_detected() -> None:
    """Six features go before a message, unless its field is given."""
    detected = sniff(lines({**FEATURES, "fault": None}), "-", Options())
    assert detected.plan == ReadingPlan(format="jsonl", kind="features")
    assert detected.notes == ["format: JSON lines (first 1 records)", "records: the six features"]
    both = lines({**FEATURES, "message": "up", "fault": None})
    detected = sniff(both, "-", Options(fields=Fields(label="fault")))
    assert detected.plan.kind == "features"
    assert detected.notes[1:] == [
        "records: the six features (--message-field message reads raw logs instead)",
        "label: field `fault`",
    ]
    detected = sniff(both, "-", Options(fields=Fields(message="message")))
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
    detected = sniff(head, name, Options())
    assert (detected.plan.format, detected.plan.delimiter) == ("csv", delimiter)
    assert detected.plan.fields.message == message
    assert detected.notes[0].startswith(f"format: CSV, columns separated by {delimiter!r}")


def test_a_first_line_with_a_time_is_no_header() -> None:
    """However its words look; a table without names of columns is refused with what to do."""
    with pytest.raises(InputError, match=r"names no columns, it has a time; .* --columns"):
        sniff(b"2024-05-01 10:00:00,ERROR,cart,lost\n", "x.csv", Options())


def test_event_viewer_leaves_the_name_of_the_message_out() -> None:
    """Each row of its export has a column more than the header."""
    head = b'Level,Date and Time,Source,Event ID\nError,5/1/2024 10:00:01 AM,disk,7,"bad block"\n'
    plan = sniff(head, "x.csv", Options()).plan
    assert (plan.columns[-1], plan.fields.message) == ("message_", "message_")


def test_a_given_delimiter_means_csv() -> None:
    """Whatever the header looks like; tabs can be given by their escape."""
    plan = sniff(b"a:message\n1:up\n", "-", Options(delimiter=":")).plan
    assert (plan.format, plan.delimiter, plan.fields.message) == ("csv", ":", "message")
    assert sniff(b"a\tmsg\n1\tup\n", "-", Options(delimiter="\\t")).plan.delimiter == "\t"


def test_a_column_has_one_name() -> None:
    """Two columns of one name could not be distinguished."""
    with pytest.raises(InputError, match="header names several columns `message`"):
        sniff(b"message,message\na,b\n", "x.csv", Options())


def test_parquet_is_detected_by_its_columns() -> None:
    """The beginning of a file gives the format, the columns the rest."""
    given = Options(fields=Fields(label="fault"), default_service="shop")
    detected = sniff(b"PAR1\x15\x04\xff", "x", given, lambda: ["msg", "log", "log.level", "fault"])
    assert detected.plan == ReadingPlan(
        format="parquet",
        kind="logs",
        beside=("log.level",),
        given=Fields(label="fault"),
        fields=Fields(message="msg", level="log.level", label="fault"),
        default_service="shop",
    )
    assert detected.notes[0] == "format: Parquet"
    assert sniff(b"PAR1", "x", Options(), lambda: FEATURE_NAMES).plan.kind == "features"
    with pytest.raises(InputError, match="no field for the message"):
        sniff(b"PAR1", "x", Options(), lambda: ["a"])
    with pytest.raises(InputError, match="x: no Parquet file"):
        sniff(b"{}", "x", Options(format="parquet"))


@pytest.mark.parametrize(
    ("head", "given", "problem"),
    [
        (b"", Options(), "^x is empty$"),
        (b"\xef\xbb\xbf\n \r\n", Options(), "^x is empty$"),
        (b"\x1c\n", Options(format="text"), "^x is empty$"),
        (b"[\n  {\n", Options(), "none of the first lines is a JSON object"),
        (b"[]\n", Options(format="jsonl"), "none of the first lines is a JSON object"),
        (b'{\n  "msg": "up"\n', Options(), "none of the first lines is a JSON object"),
        ("{}".encode("utf-16"), Options(), "^x is UTF-16"),
        (b'{"msg": 1}', Options(fields=Fields(level="a")), "^x: --level-field: no record .*`a`"),
        (b'{"msg": 1}', Options(layout="nginx", format="jsonl"), "--layout cannot be used with"),
        (b'{"msg": 1}', Options(multiline=True), "--multiline cannot be used with JSON"),
        (b"{}", Options(format="text", delimiter=","), "--delimiter cannot be used with plain"),
        (b"x", Options(layout="nginx", fields=Fields(label="a")), "--label-field cannot be used"),
        (b"x", Options(layout="nginx", pattern="x"), "give either --layout or --pattern"),
        (b"x", Options(delimiter="ab"), "--delimiter 'ab': expected one character"),
        (b"x", Options(delimiter=""), "--delimiter '': expected one character"),
        (b"x", Options(delimiter='"'), "expected one character"),
        (b"x", Options(default_service=""), "--default-service: expected 1 to 256 characters"),
        (b"a,b\n1,2\n", Options(format="csv"), "^x: no field for the message among `a`, `b`"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(head: bytes, given: Options, problem: str) -> None:
    """The error says what it is and what to do."""
    with pytest.raises(InputError, match=problem):
        sniff(head, "x", given)


PIECES = [b"{", b"}", b'"msg"', b":", b"1", b",", b"\n", b"[", b'"', b"message", b"level", b";",
          b"PAR1", b"INFO:a:b", b"\t", b"\xff\xfe", b"\xef\xbb\xbf", b"\x00", b"\r", b"\x85",
          b"\x1c", b"2024-01-02 03:04:05 INFO", b'{"msg": {"a": 1e999}}\n',
          b'{"msg": "\\ud800", "level": 3}\n']  # fmt: skip
GIVEN = st.builds(
    Options,
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
    st.just(Options()) | GIVEN,
)
@example(b"[" * 100_000, "x", Options(format="jsonl"))
@example(b'{"a":' * 100_000, "x", Options())
@example(b"message,b\n" + b'"' + b"x" * 200_000, "x", Options())
@example(b"message" + b"\r" * 3, "x.csv", Options())
def test_any_bytes_are_detected_or_refused(head: bytes, name: str, given: Options) -> None:
    """Nothing but InputError comes out, and a plan is complete for its format."""
    try:
        detected = sniff(head, name, given)
    except InputError:
        return
    plan = detected.plan
    assert detected.notes
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
    given = Options(fields=Fields(label="fault"))
    logs = sniff(head_of(SAMPLES / "logs.jsonl.gz"), "logs", given)
    fields = Fields(message="message", level="level", service="service", label="fault")
    assert logs.plan.fields == msgspec.structs.replace(fields, time="timestamp")
    assert sniff(head_of(SAMPLES / "features.jsonl.gz"), "x", Options()).plan.kind == "features"
