"""A plan for each file, and files that are no logs."""

import bz2
import lzma
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from schemas.record.features import Level
from tests.written_records import WRITERS
from trainer.cli.main import main
from trainer.errors import InputError
from trainer.jobs.dataset import Dataset
from trainer.reading.assembling import Record
from trainer.reading.faults import Faults
from trainer.reading.naming import service_of_file
from trainer.reading.options import ReadingOptions
from trainer.reading.records import read_records

LOG4J = "2024-05-01 10:00:00,000 INFO shop.Cart: opened\n"


def read(*data: Path, **options: object) -> list[Record]:
    """All records of some data."""
    found = Dataset.find([str(path) for path in data], ReadingOptions(**options))  # type: ignore[arg-type]  # a test's own
    return [
        record for partition in found.partitions for record in read_records(partition, Faults())
    ]


def test_every_file_has_its_own_plan(tmp_path: Path) -> None:
    """A folder may hold logs of many kinds; what is none is named and passed over."""
    (tmp_path / "a.log").write_text(LOG4J)
    (tmp_path / "b.jsonl").write_text('{"msg": "b", "severity": "error"}\n')
    (tmp_path / "c").write_text("May  1 10:00:00 h1 cron[7]: job\n")
    (tmp_path / "d.csv").write_text("time,level,message\n1,WARN,d\n")
    (tmp_path / "README.md").write_text("# notes\ntext\n")
    (tmp_path / "empty.log").touch()
    (tmp_path / "picture.log").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    found = Dataset.find([str(tmp_path)])
    assert [record.features.service for record in read(tmp_path)] == ["shop.Cart", "b", "cron", "d"]
    passed = [line for line in found.detected if "passed over" in line or line[:3] == "  /"]
    assert passed[0] == "passed over 3 files:"
    assert passed[1].startswith(f"  {tmp_path}/README.md: neither JSON lines nor CSV")
    assert passed[2:] == [
        f"  {tmp_path}/empty.log: is empty",
        f"  {tmp_path}/picture.log: is a picture",
    ]


def test_a_file_that_was_spelt_out_must_be_a_log(tmp_path: Path) -> None:
    """Nobody names a file to have it passed over."""
    (tmp_path / "a.log").write_text(LOG4J)
    (tmp_path / "a.csv").write_text("colour,size\nred,7\n")
    with pytest.raises(InputError, match=r"a\.csv: "):
        Dataset.find([str(tmp_path / "a.log"), str(tmp_path / "a.csv")])


def test_a_text_that_was_spelt_out_is_read_line_by_line(tmp_path: Path) -> None:
    """Build output or sentences: each line a record, what is indented goes along, loudly."""
    path = tmp_path / "build.log"
    path.write_text(
        "make: entering directory\nsrc/cart.c:7:5: error: undefined cart\n    7 | cart();\n"
        "2024-05-01 10:00:00 ERROR shop.Build: gave up\nwarning: 1 file skipped\n"
    )
    found = Dataset.find([str(path)])
    assert found.detected[1] == "layout: text (4 of 4 lines match)"
    assert found.detected[-1].startswith("WARNING: no layout fits")
    assert [
        (record.features.level, record.features.service, record.message) for record in read(path)
    ] == [
        (Level.INFO, "build", "make: entering directory"),
        (Level.ERROR, "build", "src/cart.c:7:5: undefined cart\n    7 | cart();"),
        (Level.ERROR, "shop.Build", "gave up"),
        (Level.WARN, "build", "1 file skipped"),
    ]
    (tmp_path / "a.log").write_text(LOG4J)
    (records,) = read(tmp_path)
    assert records.features.service == "shop.Cart"
    assert len(read(tmp_path, layout="text")) == 5
    path.write_bytes(b"\x7fELF" + bytes(range(100)))
    with pytest.raises(InputError, match="is a program"):
        Dataset.find([str(path)])


def test_a_folder_without_logs_is_refused(tmp_path: Path) -> None:
    """With the first files and what they are."""
    (tmp_path / "README.md").write_text("# notes\ntext\n")
    (tmp_path / "x.bin").write_bytes(b"\x7fELF" + bytes(range(100)))
    with pytest.raises(
        InputError, match=r"none of 2 files can be read as logs: .*x\.bin: is a program"
    ):
        Dataset.find([str(tmp_path)])


@pytest.mark.parametrize("compress", [bz2.compress, lzma.compress])
def test_more_compressions_are_read(tmp_path: Path, compress: Callable[[bytes], bytes]) -> None:
    """By the first bytes, whatever the name says."""
    path = tmp_path / "app.log"
    path.write_bytes(compress(LOG4J.encode() * 3))
    assert len(read(path)) == 3
    path.write_bytes(compress(LOG4J.encode() * 30_000)[:-50])
    with pytest.raises(InputError, match=r"app\.log: "):
        read(path)


def test_what_is_not_opened_is_named_with_what_to_do(tmp_path: Path) -> None:
    """Also archives within archives."""
    (tmp_path / "a.log").write_text(LOG4J)
    with tarfile.open(tmp_path / "b.tar", "w") as tar:
        tar.add(tmp_path / "a.log", "a.log")
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as packed:
        packed.write(tmp_path / "a.log", "a.log")
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as tar:
        tar.add(tmp_path / "b.tar", "b.tar")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.write(tmp_path / "b.zip", "b.zip")
    (tmp_path / "a.lz4").write_bytes(b"\x02\x21\x4c\x18" + bytes(20))
    (tmp_path / "a.export").write_bytes(b"__CURSOR=s=1\nMESSAGE=a\n\n")
    for name, reason in (
        ("a.export", "journalctl -o json"),
        ("a.tar.gz", "tar -xOf"),
        ("a.zip", "unzip -p"),
        ("a.lz4", "lz4 -dc"),
    ):
        with pytest.raises(InputError, match=reason):
            Dataset.find([str(tmp_path / name)])


@pytest.mark.parametrize(
    ("uri", "service"),
    [
        ("/var/log/pods/ns_cart-7d9f_0b2/cart/0.log", "cart"),
        (f"/var/log/containers/cart-7d9f8b6c5d-x2x7k_ns_cart-{'a1' * 32}.log", "cart"),
        ("/var/log/cart-2024-05-01T10-00.log", "cart"),
        ("/var/log/cart/2024-05-01.log", "cart"),
        ("cart-7d9f8b6c5d-x2x7k.log", "cart"),
        ("cart_3f2a1b4c.log", "cart"),
        ("/var/log/nginx/access.log", "access"),
        ("s3://logs/2024/05/01/cart.jsonl.gz", "cart"),
    ],
)
def test_a_service_has_no_ids_and_dates(uri: str, service: str) -> None:
    """Hashes, dates, hours and numbers of pods are no part of its name."""
    assert service_of_file(uri) == service


def test_columns_without_a_header(tmp_path: Path) -> None:
    """Are named by the user."""
    path = tmp_path / "a.csv"
    path.write_text("2024-05-01 10:00:00,W,cart,slow\n2024-05-01 10:00:01,E,cart,lost\n")
    first, second = read(path, columns=("time", "level", "service", "message"))
    assert (first.features.level, second.features.level) == (Level.WARN, Level.ERROR)
    assert (first.message, first.time) == ("slow", "2024-05-01 10:00:00")


def test_levels_of_ones_own(tmp_path: Path) -> None:
    """`--level-map` says what names mean, `--levels` whose numbers they are."""
    path = tmp_path / "a.jsonl"
    path.write_text('{"msg": "a", "level": "LOUD"}\n{"msg": "b", "level": 2}\n')
    found = read(path, levels={"loud": Level.ERROR}, scale="windows")
    assert [record.features.level for record in found] == [Level.ERROR, Level.ERROR]


@pytest.mark.parametrize("format_", list(WRITERS))
def test_numbers_of_an_open_scale_are_asked_about(tmp_path: Path, format_: str) -> None:
    """In whatever format they stand: nothing says whose they are."""
    path = tmp_path / f"a.{format_}"
    WRITERS[format_](path, [{"msg": "a", "level": 3, "service": "shop"}] * 3)
    with pytest.raises(InputError, match="say whose they are: --levels appinsights, "):
        read(path)
    assert read(path, scale="syslog")[0].features.level is Level.ERROR


def test_the_scale_of_some_numbers_is_that_of_the_others(tmp_path: Path) -> None:
    """Numbers that no scale is implied by are of the scale of their file, if all are on it."""
    path = tmp_path / "a.jsonl"
    path.write_text("".join(f'{{"level": {n}, "msg": "a", "app": "b"}}\n' for n in (-4, 0, 4, 8)))
    levels = [record.features.level for record in read(path)]
    assert levels == [Level.DEBUG, Level.INFO, Level.WARN, Level.ERROR]


def test_a_record_within_another_keeps_its_scale(tmp_path: Path) -> None:
    """GELF's numbers are syslog's; a line of pino within its message is of pino's scale."""
    within = '{\\"level\\": 50, \\"msg\\": \\"a\\"}'
    path = tmp_path / "a.jsonl"
    path.write_text(f'{{"short_message": "{within}", "level": 6, "host": "h"}}\n' * 2)
    assert [record.features.level for record in read(path)] == [Level.ERROR, Level.ERROR]


def test_options_of_levels_are_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A level that is none, and a pair that is none, are usage errors."""
    path = tmp_path / "a.log"
    path.write_text(LOG4J)
    for given in ("E", "E=LOUD", "=INFO"):
        assert main(["look", str(path), "--level-map", given]) == 2
        assert "--level-map" in capsys.readouterr().err
    assert main(["look", str(path), "--level-map", "E=ERROR,Note=INFO"]) == 0
