"""Layouts of plain text: every usual way of writing a line, and lines of no layout."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.intake.layouts import LAYOUTS
from inference.intake.lines import LineParser
from schemas.record.features import Level

SAMPLES = Path(__file__).parents[4] / "samples" / "logs.jsonl.gz"
PARSERS = {name: LineParser(layout) for name, layout in LAYOUTS.items() if not layout.any_line}

# layout, line, level as written, service, message
LINES = [
    ("syslog", "Jan  2 03:04:05 web-1 sshd[123]: key accepted", None, "sshd", "key accepted"),
    ("syslog", "Jan 12 03:04:05 web-1 app: a: b", None, "app", "a: b"),
    ("syslog", "<11>Jan 12 03:04:05 web-1 app: down", "11", "app", "down"),
    ("syslog", "Jan  2 2024 03:04:05.25 fw %ASA-4: deny", None, "%ASA-4", "deny"),
    ("syslog", "2024-01-02T03:04:05.1+00:00 web-1 kernel: [1.2] oom", None, "kernel", "[1.2] oom"),
    ("syslog", "<30>2024-01-02T03:04:05Z web-1 mail/smtp[9]: sent", "30", "mail/smtp", "sent"),
    ("syslog", "Jan  2 03:04:05 mac com.a.b[1] (com.c[2]): exited", None, "com.a.b", "exited"),
    ("syslog", "Jan  2 03:04:05 web-1 systemd[1]:", None, "systemd", ""),
    ("syslog", "Jan  2 03:04:05 web-1 repeated 2 times", None, None, "repeated 2 times"),
    ("syslog", "<34>1 2003-10-11T22:14:15.003Z h su 12 ID47 - failed", "34", "su", "failed"),
    ("syslog", '<165>1 - h app - - [x@1 a="]\\]\\""][y] \ufefffull', "165", "app", "full"),
    ("syslog", "<34>1 - - - - - -", "34", None, ""),
    (
        "log4j",
        "2015-07-29 17:41:41,536 - INFO  [main:QuorumPeer@12] - started",
        "INFO",
        "QuorumPeer",
        "started",
    ),
    (
        "log4j",
        "2015-07-29 17:41:41,536 [myid:1] - WARN  [Peer[myid=1]/0:0:0:0:2181:Leader$Ack@8] - a - b",
        "WARN",
        "Leader$Ack",
        "a - b",
    ),
    ("log4j", "2015-10-18 18:01:47,978 INFO [main] org.a.X: got it", "INFO", "org.a.X", "got it"),
    ("log4j", "2015-10-18 18:01:47,978 ERROR [IPC 9 on [::]:80] org.a.X: ", "ERROR", "org.a.X", ""),
    ("log4j", "17/06/09 20:10:40 INFO executor.Exec: a: b", "INFO", "executor.Exec", "a: b"),
    ("log4j", "12:34:56.789 [main] INFO  com.foo.Bar - up", "INFO", "com.foo.Bar", "up"),
    ("log4j", "02 Nov 2012 14:34:02,123 [main] DEBUG a.B:12 - up", "DEBUG", "a.B", "up"),
    (
        "log4j",
        "2023-01-01 00:00:00.000  INFO 1 --- [main] c.f.Bar : up : and running",
        "INFO",
        "c.f.Bar",
        "up : and running",
    ),
    (
        "log4j",
        "2023-01-01T00:00:00.000+01:00 ERROR 1 --- [shop] [         main] c.C.[Tomcat].[/]   : x",
        "ERROR",
        "c.C.[Tomcat].[/]",
        "x",
    ),
    (
        "log4j",
        "2023-01-01T00:00:00.000Z  WARN [a,b,c] 17 --- [x-1] c.f.B  : up",
        "WARN",
        "c.f.B",
        "up",
    ),
    (
        "log4j",
        "[2023-01-01 12:00:00,123] INFO [Node id=0] Ready: now (kafka.server.Kafka)",
        "INFO",
        "kafka.server.Kafka",
        "[Node id=0] Ready: now",
    ),
    (
        "log4j",
        "[2023-01-01T00:00:00,000][WARN ][o.e.n.Node         ] [node-1] slow",
        "WARN",
        "o.e.n.Node",
        "[node-1] slow",
    ),
    (
        "log4j",
        "2023-01-01 12:00:00,123 INFO  [org.jboss.as] (MSC thread 1-1) CODE1: up",
        "INFO",
        "org.jboss.as",
        "CODE1: up",
    ),
    ("log4j", "INFO  [main] 2023-01-01 12:00:00,123 Bar.java:12 - up", "INFO", "Bar.java", "up"),
    ("log4j", "INFO  [2023-01-01 12:00:00,123] com.foo.Bar: up", "INFO", "com.foo.Bar", "up"),
    ("log4j", "2023-01-01 12:00:00,123 INFO  org.a.Flow     [] - up", "INFO", "org.a.Flow", "up"),
    ("log4j", "081109 203518 143 FATAL dfs.Node$Part: up", "FATAL", "dfs.Node$Part", "up"),
    ("log4j", "2023-01-01 12:00:00 ERROR no: -1 is bad", "ERROR", "no", "-1 is bad"),
    ("log4j", "2023-01-01 12:00:00 ERROR -1 is bad", "ERROR", None, "-1 is bad"),
    ("python", "WARNING:shop.orders:a: b", "WARNING", "shop.orders", "a: b"),
    ("python", "INFO:root:", "INFO", "root", ""),
    ("python", "2024-01-02 03:04:05,678 INFO shop.http: up", "INFO", "shop.http", "up"),
    ("python", "2024-01-02 03:04:05,678 [ERROR] shop: up", "ERROR", "shop", "up"),
    ("python", "2024-01-02 03:04:05,678 INFO 123 shop.http: up", "INFO", "shop.http", "up"),
    ("python", "2024-01-02 03:04:05,678 - shop - CRITICAL - a - b", "CRITICAL", "shop", "a - b"),
    (
        "python",
        "[2024-01-02 03:04:05,678] ERROR in app: failed on /",
        "ERROR",
        "app",
        "failed on /",
    ),
    ("python", "2024-01-02 03:04:05.678 25 INFO nova.api [req-1 - -] up", "INFO", "nova.api", "up"),
    (
        "python",
        "2024-01-02 03:04:05.678 | SUCCESS  | shop.a:run:12 - up",
        "SUCCESS",
        "shop.a",
        "up",
    ),
    (
        "python",
        "2024-01-02 03:04:05.678 | INFO     | __main__:<module>:1 - up",
        "INFO",
        "__main__",
        "up",
    ),
    ("python", "[2024-01-02 03:04:05 +0000] [12] [INFO] up", "INFO", None, "up"),
    ("python", "[2024-01-02 03:04:05,678: WARNING/Main-1] up", "WARNING", None, "up"),
    ("python", "INFO:     127.0.0.1:80 - up", "INFO", None, "127.0.0.1:80 - up"),
    ("python", "2024-01-02 03:04:05,678 - INFO - up it is", "INFO", None, "up it is"),
    ("python", "2024-01-02 03:04:05,678 [Main-1] [DEBUG] up it is", "DEBUG", None, "up it is"),
    (
        "nginx",
        "2024/01/02 03:04:05 [error] 12#34: *1 refused, client: 10.0.0.1",
        "error",
        None,
        "*1 refused, client: 10.0.0.1",
    ),
    ("nginx", "nginx: [emerg] cannot bind", "emerg", None, "cannot bind"),
]
FOREIGN = [
    "",
    "   ",
    "\tat com.foo.Bar(Bar.java:12)",
    "Caused by: java.io.IOException: closed",
    "Traceback (most recent call last):",
    '  File "a.py", line 3, in <module>',
    "ValueError: no such thing: INFO:root:x",
    "just a sentence with a: colon",
    "INFORMATION about something",
    "INFOX:root:x",
    "Jan 2 2024",
    "<999999>Jan  2 03:04:05 host app: x",
]


@pytest.mark.parametrize(("layout", "line", "level", "service", "message"), LINES)
def test_each_variant_is_read(
    layout: str, line: str, level: str | None, service: str | None, message: str
) -> None:
    """A line gives what it says, as it says it."""
    parsed = PARSERS[layout].parse(line)
    assert parsed is not None
    assert (parsed.message, parsed.level, parsed.service) == (message, level, service)


@pytest.mark.parametrize("line", FOREIGN)
def test_other_lines_are_of_no_layout(line: str) -> None:
    """Stack traces and prose match nothing, so they can continue a record, or are bad."""
    assert [name for name, parser in PARSERS.items() if parser.parse(line)] == []


def test_every_level_that_a_layout_gives_has_a_meaning() -> None:
    """What a line says is a level's name or in the layout's table; severity is PRI modulo 8."""
    for name, _, level, *_ in LINES:
        if level is not None:
            levels = LAYOUTS[name].levels
            assert levels.get(level.lower()) or Level(level)
    meaning = LAYOUTS["syslog"].levels
    assert [meaning[str(n)].value for n in range(8)] == [
        *["FATAL"] * 3, "ERROR", "WARN", "INFO", "INFO", "DEBUG",
    ]  # fmt: skip
    assert len(meaning) == 192
    assert all(meaning[str(n)] is meaning[str(n % 8)] for n in range(192))


def test_stack_traces_continue_where_programs_write_them() -> None:
    """Programs write stack traces; servers of pages write a record a line."""
    assert LAYOUTS["log4j"].continued
    assert LAYOUTS["python"].continued
    assert not any(LAYOUTS[name].continued for name in ("nginx", "apache", "access"))
    assert LAYOUTS["nginx"].service == "nginx"


TEMPLATES = {
    "syslog": ["<{pri}>Jan 12 03:04:05 host {service}[1]: {message}",
               "<{pri}>1 2024-01-12T03:04:05.1Z host {service} 1 - - {message}"],
    "log4j": ["2024-01-12 03:04:05,678 - {level} [a:b:{plain}@12] - {message}",
              "2024-01-12 03:04:05,678 {level} [main] {service}: {message}",
              "24/01/12 03:04:05 {level} {service}: {message}",
              "03:04:05.678 [main] {level}  {service} - {message}",
              "2024-01-12T03:04:05.678Z  {level} 1 --- [main] {service}   : {message}"],
    "python": ["{level}:{service}:{message}",
               "2024-01-12 03:04:05,678 {level} {service}: {message}",
               "2024-01-12 03:04:05,678 - {service} - {level} - {message}",
               "[2024-01-12 03:04:05,678] {level} in {service}: {message}"],
    "nginx": ["2024/01/12 03:04:05 [{nginx}] 1#1: {message}"],
}  # fmt: skip
PRIORITIES = {"FATAL": 130, "ERROR": 131, "WARN": 132, "INFO": 134, "DEBUG": 135}
NGINX_LEVELS = {
    "FATAL": "crit",
    "ERROR": "error",
    "WARN": "warn",
    "INFO": "notice",
    "DEBUG": "debug",
}


def sample_records() -> Iterator[dict[str, str]]:
    """The project's sample logs whose messages are one line."""
    with gzip.open(SAMPLES, "rt") as lines:
        for line in lines:
            record = json.loads(line)
            if "\n" not in record["message"]:
                yield record


@pytest.mark.parametrize(
    ("layout", "template"),
    [(name, template) for name, many in TEMPLATES.items() for template in many],
)
def test_real_records_survive_a_layout(layout: str, template: str) -> None:
    """What real programs wrote, written in a layout, is read back the same."""
    parse, levels, n_records = PARSERS[layout].parse, LAYOUTS[layout].levels, 0
    for record in sample_records():
        level, service, message = record["level"], record["service"], record["message"]
        plain = service.replace("-", "_")
        line = template.format(
            level=level,
            pri=PRIORITIES[level],
            nginx=NGINX_LEVELS[level],
            service=service,
            plain=plain,
            message=message,
        )
        parsed = parse(line)
        assert parsed is not None, line
        assert parsed.message == message
        assert (levels.get(str(parsed.level)) or Level(parsed.level)).value == level
        expected = plain if "{plain}" in template else service
        assert parsed.service == (None if layout == "nginx" else expected)
        n_records += 1
    assert n_records > 5_000


@given(st.lists(st.sampled_from([word for line in LINES for word in line[1].split()]), max_size=9))
def test_a_record_does_not_depend_on_those_before_it(words: list[str]) -> None:
    """A parser keeps no memory of lines, or a record would depend on where its file was cut."""
    line = " ".join(words)
    for name, parser in PARSERS.items():
        assert parser.parse(line) == LineParser(LAYOUTS[name]).parse(line)
