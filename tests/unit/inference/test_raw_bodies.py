"""Bodies of raw logs in every usual shape: what is found in them, and where."""

import contextlib
import gzip
import json
import sys
import time
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.errors import TooManyRecordsError
from inference.intake.enveloped_lines import MAX_STREAMS
from inference.intake.json_values import MAX_VALUE_BYTES
from inference.intake.json_windows import WINDOW_BYTES
from inference.intake.raw_bodies import BodyReader
from inference.intake.raw_logs import MAX_BAD_NAMED, Tally
from inference.intake.shapes import Log
from schemas.record.features import Level
from tests.conftest import REAL_LOGS

A, B = {"message": "a", "level": "WARN", "service": "x"}, {"msg": "b", "severity": "error"}
LOG_A, LOG_B = ("a", Level.WARN, "x"), ("b", Level.ERROR, "unknown")
JSON_A, JSON_B = json.dumps(A), json.dumps(B)
LINE = "2024-05-01 10:00:00,123 WARN  [main] shop.Cart - full"
CRI = "2024-05-01T10:00:00.1Z stdout "
TIMED = "<11>Oct  7 10:00:00 h1 cart[7]: "
EVENT = f"[1764151200.5, {JSON_A}]"
TRACE = ["java.io.IOException: x\n", "\tat a.B.c(D.java:1)\n"]
NEW_RELIC = [
    {"common": {"attributes": {"service": "x"}}, "logs": [{"message": "a", "level": "WARN"}]}
]
LOKI = {"streams": [{"stream": {"level": "warn"}, "values": [["1", "a"], ["2", "b"]]}]}


def found(body: bytes | str, media_type: str = "") -> tuple[list[tuple[int, Log]], Tally]:
    """The logs of a body with their positions, and what was counted."""
    tally = Tally()
    raw = body.encode() if isinstance(body, str) else body
    blocks = BodyReader().read(raw, media_type, tally)
    pairs = [pair for block in blocks for pair in zip(block.positions, block.logs, strict=True)]
    return pairs, tally


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (JSON_A, [(0, LOG_A)]),
        (json.dumps(A, indent=2), [(0, LOG_A)]),
        (f"[{JSON_A},{JSON_B}]", [(0, LOG_A), (1, LOG_B)]),
        (json.dumps([A, B], indent=2) + "\n", [(0, LOG_A), (1, LOG_B)]),
        (f" \r\n[ {JSON_A} , {JSON_B} ] ", [(0, LOG_A), (1, LOG_B)]),
        (f"\ufeff{JSON_A}\n{JSON_B}", [(0, LOG_A), (1, LOG_B)]),
        (f"{JSON_A}\r\n\r\n{JSON_B}\r\n", [(0, LOG_A), (2, LOG_B)]),
        (f"{JSON_A}{JSON_B}", [(0, LOG_A), (1, LOG_B)]),
        (f"\x1e{JSON_A}\n\x1e{JSON_B}\n", [(0, LOG_A), (1, LOG_B)]),
        (json.dumps(A, indent=1) + json.dumps(B, indent=1), [(0, LOG_A), (1, LOG_B)]),
        (f"{JSON_A}\n{LINE}\n", [(0, LOG_A), (1, ("full", Level.WARN, "shop.Cart"))]),
        (LINE, [(0, ("full", Level.WARN, "shop.Cart"))]),
        (f"{LINE}\n  at a.B(C.java:1)\n{LINE}",
         [(0, ("full\n  at a.B(C.java:1)", Level.WARN, "shop.Cart")),
          (2, ("full", Level.WARN, "shop.Cart"))]),
        ("[ERROR] no disk\n[INFO] back",
         [(0, ("no disk", Level.ERROR, "unknown")), (1, ("back", Level.INFO, "unknown"))]),
        ("it works\nso far", [(0, ("it works", Level.INFO, "unknown")),
                              (1, ("so far", Level.INFO, "unknown"))]),
        (f'["{LINE}"]', [(0, ("full", Level.WARN, "shop.Cart"))]),
        (f"{CRI}P WARN: half \n{CRI}F a line", [(0, ("half a line", Level.WARN, "unknown"))]),
        (json.dumps(LOKI), [(0, ("a", Level.WARN, "unknown")), (0, ("b", Level.WARN, "unknown"))]),
        (f"[{JSON_A}]\n[{JSON_B}]", [(0, LOG_A), (1, LOG_B)]),
        (f"[{JSON_A},\n{JSON_B},\n]", [(0, LOG_A), (1, LOG_B)]),
        (f"{JSON_A},\n{JSON_B},\n", [(0, LOG_A), (1, LOG_B)]),
        (f"{JSON_A}\0{JSON_B}\0", [(0, LOG_A), (1, LOG_B)]),
        (EVENT, [(0, LOG_A)]),
        (f"[{EVENT}, {EVENT}]", [(0, LOG_A), (1, LOG_A)]),
        (f"{EVENT}\n{EVENT}\n", [(0, LOG_A), (1, LOG_A)]),
        (f"[[[1, {{}}], {JSON_A}]]", [(0, LOG_A)]),
        (json.dumps(NEW_RELIC), [(0, LOG_A)]),
        (f"{len(TIMED) + 5} {TIMED}a\n  b{len(TIMED) + 1} {TIMED}c",
         [(0, ("a\n  b", Level.ERROR, "cart")), (1, ("c", Level.ERROR, "cart"))]),
        ("", []), ("\n \n", []), ("[]", []),
    ],
)  # fmt: skip
def test_a_body_is_recognised_by_its_first_bytes(
    body: str, expected: list[tuple[int, Log]]
) -> None:
    """One object, an array, lines, values, text; with marks, blanks and line ends of any kind."""
    logs, tally = found(body)
    assert logs == expected
    assert (tally.n_records, tally.n_bad) == (len(expected), 0)


def docker(text: str, **more: str) -> dict[str, str]:
    """A line in docker's envelope."""
    return {"log": text, "stream": "stdout", "time": "2024-05-01T10:00:00.1Z", **more}


@pytest.mark.parametrize(
    "written", [lambda rows: "\n".join(map(json.dumps, rows)), json.dumps,
                lambda rows: "".join(map(json.dumps, rows))]
)  # fmt: skip
def test_docker_s_lines_are_put_together(written: Any) -> None:
    """Parts of a line, and a stack trace with its record, container by container."""
    long = "x" * 16_384
    rows = [
        docker(f"{LINE}\n", container_id="1"),
        docker(f"{LINE} other\n", container_id="2"),
        *(docker(line, container_id="1") for line in TRACE),
        docker(f"2024-05-01 10:00:00,123 INFO  [main] shop.Cart - {long}", container_id="2"),
        docker("end\n", container_id="2"),
    ]
    logs, tally = found(written(rows))
    assert sorted(logs) == [
        (0, (f"full\n{''.join(TRACE)}".rstrip(), Level.WARN, "shop.Cart")),
        (1, ("full other", Level.WARN, "shop.Cart")),
        (4, (f"{long}end", Level.INFO, "shop.Cart")),
    ]
    assert (tally.n_records, tally.n_bad) == (3, 0)


def test_docker_s_streams_are_bounded() -> None:
    """A name for each line, and a line without an end, are held within bounds."""
    rows = [docker("up\n", container_id=str(number)) for number in range(3 * MAX_STREAMS)]
    assert len(found("\n".join(map(json.dumps, rows)))[0]) == len(rows)
    endless = [docker("x" * 16_384) for _ in range(100)]
    logs, tally = found("\n".join(map(json.dumps, [*endless, docker("y\n"), docker("up\n")])))
    assert [log[0] for _, log in logs] == ["up"]
    assert [(bad.position, bad.problem[:11]) for bad in tally.bad] == [(0, "longer than")]


@pytest.mark.parametrize(
    ("raw", "content_type"),
    [
        (f"{JSON_A}\n{JSON_B}".encode("utf-16"), ""),
        (f"[{JSON_A},{JSON_B}]".encode("utf-16"), "application/json"),
        (f"{JSON_A}\n{JSON_B}".encode("utf-16-be"), "application/json; charset=UTF-16BE"),
        (f"{JSON_A}{JSON_B}".encode("utf-16-le"), 'text/plain;charset="utf-16le"'),
        (f"{JSON_A}\n{JSON_B}".encode(), "application/json; charset=utf-8"),
        (f"{JSON_A}\n{JSON_B}".encode(), "application/json; charset=iso-8859-99"),
        (f"{JSON_A}\n{JSON_B}".encode(), "application/json; charset=unicode_escape"),
    ],
)
def test_bodies_are_of_any_usual_charset(raw: bytes, content_type: str) -> None:
    """A mark tells it, or the content type."""
    assert found(raw, content_type)[0] == [(0, LOG_A), (1, LOG_B)]


def test_a_charset_says_what_bytes_mean() -> None:
    """Without it they are UTF-8, and what is none becomes U+FFFD."""
    raw = '{"message": "caf\u00e9"}'.encode("latin-1")
    assert found(raw, "application/json; charset=ISO-8859-1")[0][0][1][0] == "caf\u00e9"
    assert found(raw, "application/json")[0][0][1][0] == "caf\ufffd"


def test_a_media_type_of_lines_makes_each_line_a_record() -> None:
    """Where the first line alone would be taken for a part of something larger."""
    logs, tally = found(f'{{"message": "cut\n{JSON_A}', "application/x-ndjson")
    assert logs == [(1, LOG_A)]
    assert [bad.position for bad in tally.bad] == [0]


@pytest.mark.parametrize(
    ("body", "bad"),
    [
        (f'{JSON_A}\n{{"message": }}\n{JSON_A}', [1]),
        (f"{JSON_A}\n[]\n17\n{JSON_A}", [1, 2]),
        (f"[{JSON_A},17,{{}},null,[],{JSON_A}]", [1, 2, 3, 4]),
        (f'[{JSON_A},{{"a": "cut', [1]),
        (f'{JSON_A}{{"a": }}{JSON_A}', [1]),
        (f'{{"level": "INFO"}}\n{JSON_A}', [0]),
        (f'[{JSON_A},{{"message": "b", "service": "{"s" * 257}"}},{JSON_A}]', [1]),
        (f'{JSON_A}\n{{"message": "{"x" * MAX_VALUE_BYTES}"}}\n{JSON_A}', [1]),
        (f"{JSON_A}\n{'[' * 5_000}\n{JSON_A}", [1]),
    ],
)
def test_one_bad_record_fails_no_other(body: str, bad: list[int]) -> None:
    """It is counted and named by its position, without a word of its text."""
    logs, tally = found(body)
    assert [bad_record.position for bad_record in tally.bad] == bad
    assert tally.n_bad == len(bad)
    assert len(logs) == body.count(JSON_A)
    assert tally.n_records == len(logs) + len(bad)
    assert all(
        "cut" not in bad_record.problem and "INFO" not in bad_record.problem
        for bad_record in tally.bad
    )


def test_bad_records_are_named_up_to_a_bound() -> None:
    """Of very many, the first are named and all are counted."""
    _, tally = found("\n".join([JSON_A] + ["[]"] * 3 * MAX_BAD_NAMED))
    assert (tally.n_bad, len(tally.bad)) == (3 * MAX_BAD_NAMED, MAX_BAD_NAMED)


@pytest.mark.parametrize("join", ["\n".join, ",".join, "".join])
def test_windows_cut_nothing(join: Any) -> None:
    """A body of several windows, with texts that look like what stands between records."""
    odd = [{**A, "message": f'{n} }},{{ "}}{{" \\ \n [' + "x" * (n % 700)} for n in range(3_000)]
    text = join([json.dumps(record) for record in odd])
    assert len(text) > 3 * WINDOW_BYTES
    logs, tally = found(f"[{text}]" if join is not None and text.count("},{") > 2_999 else text)
    assert [log[0] for _, log in logs] == [str(record["message"]) for record in odd]
    assert [position for position, _ in logs] == [*range(len(odd))]
    assert tally.n_bad == 0


@pytest.mark.parametrize(
    "unit", [b"[]", b"{}", b"[],", b'{"', b'{"\n', b"{", b"\n", b"a\n", b'["', b"\x1e", b"1 ", b'"']
)
@pytest.mark.parametrize("head", [b"", b"[", b"{", b"[{}," + b"[" * 40])
def test_hostile_bodies_are_cheap(head: bytes, unit: bytes) -> None:
    """The work grows as the body does: four times of nothing take no sixteen times as long."""

    def processor_time(n_bytes: int) -> float:
        body = head + unit * (n_bytes // len(unit))
        before = time.process_time()
        with contextlib.suppress(TooManyRecordsError):
            found(body)
        return time.process_time() - before

    tracer = sys.gettrace()
    sys.settrace(None)  # what measuring coverage costs is not the body's
    try:
        quarter_s, whole_s = processor_time(125_000), processor_time(500_000)
    finally:
        sys.settrace(tracer)
    assert whole_s < 10 * quarter_s + 1


@pytest.mark.parametrize(
    "unit", [b"[],", b"{},", b"{}\n", b"[" * 5_000 + b"\n", b'{"a":[],"b":{}}']
)
@pytest.mark.parametrize("head", [b"", b"["])
def test_little_is_built_of_hostile_bodies(head: bytes, unit: bytes) -> None:
    """What is held is a small multiple of the body, however much smaller its values are."""
    body = head + unit * (15_000 // len(unit))
    tracemalloc.start()
    try:
        found(body)
        assert tracemalloc.get_traced_memory()[1] < 3_000_000
    finally:
        tracemalloc.stop()


@given(st.binary(max_size=300), st.sampled_from(["", "application/json", "application/x-ndjson"]))
def test_any_bytes_end_in_logs_or_bad_records(body: bytes, media_type: str) -> None:
    """Nothing else comes of them, and all that is found is counted."""
    logs, tally = found(body, media_type)
    assert tally.n_records == len(logs) + tally.n_bad


def test_real_logs_are_read_alike_in_every_shape() -> None:
    """As lines, as an array and as values behind each other."""
    path: Path = REAL_LOGS / "trainticket-faultfree.jsonl.gz"
    if not path.exists():
        pytest.skip("the real logs are not beside the project (../shared/data)")
    lines = gzip.decompress(path.read_bytes()).split(b"\n")[:2_000]
    logs = found(b"\n".join(lines))[0]
    assert len(logs) == len(lines)
    assert found(b"[%b]" % b",".join(lines))[0] == logs
    assert found(b"".join(lines))[0] == logs


@pytest.mark.parametrize(
    "head", ["level=info ", "2024-05-01 10:00:00 level=", '{"a":NaN,"message":"']
)
@pytest.mark.parametrize(
    "repeated", ["_", "a=", "level=", 'a="', "1a", '\\"', "\\u", "a.b", '"a":"b",']
)
@pytest.mark.parametrize("tail", ["", '"}'])
def test_no_body_takes_long(head: str, repeated: str, tail: str) -> None:
    """Lines made to be read from each character anew, which would not end within hours."""
    found(head + repeated * (900_000 // len(repeated)) + tail)


@pytest.mark.parametrize("part", ["name", "service", "level", "time", "message", "logger"])
def test_what_is_remembered_is_small(part: str) -> None:
    """Names and values of records are remembered from body to body, but for long texts."""
    reader = BodyReader()

    def read(**more: object) -> None:
        record = {"message": "up", "level": "INFO", "service": "cart", **more}
        assert list(reader.read(json.dumps(record).encode(), "", Tally()))

    for _ in range(9):
        read()  # by then the shape is known
    tracemalloc.start()
    try:
        for number in range(99):
            long = f"{number}{' ' * 100_000}x"
            read(**{long: 1} if part == "name" else {part: long})
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 1_000_000
