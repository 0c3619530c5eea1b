"""Files in which several programs write: each line is read by the layout that it is of."""

from pathlib import Path

import msgspec

from schemas.record.features import Level
from tests.read_records import LOGS, read
from trainer.reading.options import ReadingOptions
from trainer.reading.sniffing import sniff

LOG4J = "2024-05-01 10:00:00,000 INFO shop.Cart: opened"
NGINX = "2024/05/01 10:00:01 [error] 7#8: *1 connect() failed (111: Connection refused)"
ACCESS = '10.0.0.7 - - [05/May/2024:10:00:01 +0000] "GET /cart HTTP/1.1" 502 12'
LOGFMT = 'time=2024-05-01T10:00:00Z level=warn msg="slow" component=db'


def test_no_record_swallows_those_of_another_program(path: Path) -> None:
    """Errors of nginx behind lines of log4j are records of nginx, and counted as foreign."""
    every = [LOG4J] * 1_200 + [NGINX] * 600 + [ACCESS, LOGFMT]
    data = "\n".join(every).encode()
    plan = sniff(data[:65_536], str(path), ReadingOptions()).plan
    records, faults = read(path, plan, data)
    assert (len(records), faults.n_bad, faults.notes.n_foreign) == (1_802, 0, 602)
    origins = {(record.features.level, record.features.service) for record in records}
    assert origins == {
        (Level.INFO, "shop.Cart"),
        (Level.ERROR, "nginx"),
        (Level.ERROR, "app"),
        (Level.WARN, "db"),
    }
    assert sum(record.features.has_connection_error for record in records) == 600


def test_plain_lines_stand_among_json(path: Path) -> None:
    """As programs write them before their logger is set up; a line of no kind is bad."""
    data = f'{LOG4J}\n{{"message": "a", "level": "warn"}}\nwhat\n'.encode()
    records, faults = read(path, LOGS, data)
    assert [record.features.level for record in records] == [Level.INFO, Level.WARN]
    assert (faults.n_bad, faults.notes.n_foreign) == (1, 1)


def test_lines_of_docker_are_joined_only_where_docker_cut_them(path: Path) -> None:
    """A part has 16 KiB and no line end; shippers take the ends of whole lines away."""
    long = "x" * 16_384
    logs = [LOG4J, "\tat a.B(B.java:1)", LOG4J, long, "end\n", LOG4J + "\n"]
    data = b"".join(msgspec.json.encode({"log": log, "stream": "stdout"}) + b"\n" for log in logs)
    plan = sniff(data, str(path), ReadingOptions()).plan
    records, faults = read(path, plan, data)
    messages = [record.message for record in records]
    assert messages == ["opened\n\tat a.B(B.java:1)", "opened", f"{long}end", "opened"]
    assert (faults.n_bad, faults.n_continued) == (0, 2)


def test_a_level_of_the_programs_own_is_counted(path: Path) -> None:
    """It gets the default level, and its logger is found nevertheless."""
    data = f"{LOG4J}\n2024-05-01 10:00:01,000 STATS [main] shop.Cart: 7 carts\n".encode()
    plan = sniff(data, str(path), ReadingOptions()).plan
    (_, record), faults = read(path, plan, data)
    assert (record.features.level, record.features.service) == (Level.INFO, "shop.Cart")
    assert (record.message, faults.notes.levels) == ("7 carts", {"STATS": 1})
