"""Lists of patterns: made of tables, kept beside models, written for engines."""

import gzip
from pathlib import Path

import duckdb
import numpy as np
import pytest

from schemas.record.extraction import extract
from schemas.record.features import Level
from trainer.counting.pattern_table import NO_PATTERNS, PatternTable
from trainer.counting.record_counter import RecordCounter
from trainer.errors import InputError
from trainer.patterns.lists import read_kept, to_kept, write_parquet
from trainer.patterns.pattern import Pattern
from trainer.patterns.summing import sum_up
from trainer.reading.assembling import Record

LINES = [
    ("User 1 in", Level.INFO, "auth", "2026-01-02T03:04:05Z"),
    ("User 2 in", Level.ERROR, "auth", "2026-01-02T03:04:07.5Z"),
    ("user 33  IN", Level.INFO, "auth", "2026-01-02T03:04:06Z"),
    ("User 4 in", Level.DEBUG, "cart", None),
]


def table() -> PatternTable:
    """The patterns of `LINES`."""
    counter = RecordCounter(0, labelled=True)
    counter.count(
        Record(number, extract(message, level, service), message, number == 2, time)
        for number, (message, level, service, time) in enumerate(LINES, start=1)
    )
    return counter.patterns()


def patterns(n: int, *flagged: int) -> list[Pattern]:
    """So many patterns, the most frequent first."""
    return [
        Pattern(
            pattern_id=f"{number:016x}",
            service="a",
            level="INFO",
            count=n - number,
            is_flagged=number in flagged,
        )
        for number in range(n)
    ]


def test_a_pattern_is_a_service_and_a_template() -> None:
    """Its level is the highest, its rarity that of the surprisal detector, its lines are all."""
    rows = table()
    flagged = np.array([row == 0 for row in range(rows.n_rows)])
    auth, cart = sum_up(rows, flagged=flagged, labelled=True, locate=str)
    assert auth == Pattern(
        pattern_id=auth.pattern_id,
        service="auth",
        text="user # in",
        level="ERROR",
        count=3,
        share=0.75,
        rarity=float(np.float32(np.log10(5 / 4))),
        levels={"INFO": 2, "ERROR": 1},
        is_flagged=True,
        n_flagged=int(rows.counts[0]),
        n_labelled=1,
        first_seen="2026-01-02T03:04:05Z",
        last_seen="2026-01-02T03:04:07.500000Z",
        first_place="1",
        last_place="3",
    )
    assert (cart.pattern_id, cart.service, cart.first_seen) == (auth.pattern_id, "cart", "")
    assert (cart.is_flagged, cart.n_flagged, cart.n_labelled) == (False, 0, 0)


def test_nobody_asked_says_nothing() -> None:
    """Without a model, labels or places there are no flags, labels and places."""
    (auth, _) = sum_up(table())
    assert (auth.is_flagged, auth.n_flagged, auth.n_labelled) == (None, None, None)
    assert (auth.first_place, auth.last_place) == ("", "")
    assert sum_up(NO_PATTERNS) == []


def test_what_is_kept_is_bounded(tmp_path: Path) -> None:
    """The most frequent patterns and as many flagged; the same patterns, the same bytes."""
    path = tmp_path / "patterns.jsonl.gz"
    path.write_bytes(to_kept(patterns(9, 4, 6, 8), kept=2))
    assert [int(pattern.pattern_id, 16) for pattern in read_kept(path)] == [0, 1, 4, 6]
    assert to_kept(patterns(9)) == to_kept(patterns(9))
    path.write_bytes(to_kept([]))
    assert read_kept(path) == []


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no gzip",
        gzip.compress(b"{}\n", mtime=0),
        gzip.compress(b"\xff\n", mtime=0),
        b"\x1f\x8b\x08",
    ],
)
def test_a_damaged_list_is_named(tmp_path: Path, data: bytes) -> None:
    """What is no list is an error of the input, with the file's name; nothing at all is empty."""
    path = tmp_path / "patterns.jsonl.gz"
    path.write_bytes(data)
    if data:
        with pytest.raises(InputError, match=r"patterns\.jsonl\.gz"):
            read_kept(path)
    else:
        assert read_kept(path) == []


def test_parquet_has_times(tmp_path: Path) -> None:
    """Engines read what they need not parse: times, counts of levels, nulls."""
    out = tmp_path / "patterns.parquet"
    write_parquet(sum_up(table()), out)
    rows = duckdb.execute(
        f"SELECT count, level, levels['INFO'], epoch_us(last_seen), n_flagged FROM '{out}'"
    ).fetchall()
    assert rows == [(3, "ERROR", 2, 1_767_323_047_500_000, None), (1, "DEBUG", None, None, None)]
    write_parquet([], out)
    assert duckdb.execute(f"SELECT count(*) FROM '{out}'").fetchall() == [(0,)]
