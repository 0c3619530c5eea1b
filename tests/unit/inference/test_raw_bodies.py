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
from inference.intake.json_records import WINDOW_BYTES
from inference.intake.json_values import MAX_VALUE_BYTES
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
        ("", []), ("\n \n", []), ("[]", []),
    ],
)  # fmt: skip
def test_a_body_is_told_by_its_first_bytes(body: str, expected: list[tuple[int, Log]]) -> None:
    """One object, an array, lines, values, text; with marks, blanks and line ends of any kind."""
    logs, tally = found(body)
    assert logs == expected
    assert (tally.n_records, tally.n_bad) == (len(expected), 0)


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
    """Megabytes of nothing take neither seconds nor many times their size of memory."""
    body = head + unit * (1_000_000 // len(unit))
    tracer = sys.gettrace()
    sys.settrace(None)  # what measuring coverage costs is not the body's
    before = time.process_time()
    with contextlib.suppress(TooManyRecordsError):
        found(body)
    took_s = time.process_time() - before
    sys.settrace(tracer)
    assert took_s < 10


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
