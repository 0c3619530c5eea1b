"""Lines as programs write them: what the layout that is chosen for them makes of each."""

import pytest

from inference.intake.documents import DEFAULT_SERVICE
from inference.intake.layout_choice import find_layout
from inference.intake.lines import LineParser
from inference.intake.raw_bodies import BodyReader
from inference.intake.raw_logs import Tally
from schemas.record.features import Level

T = "2024-05-01 10:00:00"

LINES = [
    # Java
    (f"{T}.123  WARN 7 --- [shop] [x-1] .m.m.a.Resolver : no", "WARN", ".m.m.a.Resolver", "no"),
    (f"{T}.123 INFO  (main) [   ] o.a.s.c.Core up", "INFO", "o.a.s.c.Core", "up"),
    (f"{T},123 INFO [http-1] [com.shop.Main] init up", "INFO", "com.shop.Main", "up"),
    (f"{T},123+0000 INFO  [jetty-1] *SYSTEM org.x.Y - up", "INFO", "org.x.Y", "up"),
    (f"{T},123+0200 http-3 INFO ann 600x1 /login [c.a.x] in", "INFO", "c.a.x", "in"),
    (f"{T},123 | INFO  | main   | org.x.Main   | 12 - org - 4.2 | up", "INFO", "org.x.Main", "up"),
    (f"{T},123 | WARN  | lost: no | org.x.Y | Transport: tcp", "WARN", "org.x.Y", "lost: no"),
    (f"{T}.123 o.a.s.worker main [INFO] up", "INFO", "o.a.s.worker", "up"),
    (f"{T}.123\tINFO\tmain\tio.x.Server\tup", "INFO", "io.x.Server", "up"),
    (f"{T},123 INFO : org.x.Y - up", "INFO", "org.x.Y", "up"),
    ("2024.05.01 10:00:00 INFO  app[][o.s.X] up", "INFO", "app", "up"),
    ("[INFO] [05/01/2024 10:00:00.123] [main] [akka://x/y] up", "INFO", "akka://x/y", "up"),
    (f"{T}.123 *ERROR* [qtp-7] org.x.Y no", "ERROR", "org.x.Y", "no"),
    (f"INFO  {T},123 [run] [event: ] org.x.Y: up", "INFO", "org.x.Y", "up"),
    (f"{T}.123 [INFO ] [openhab.event.X   ] - up", "INFO", "openhab.event.X", "up"),
    ("[5/1/24, 10:00:00:123 UTC] 0000002a com.x.Y     E SRVE1: no", "E", "com.x.Y", "SRVE1: no"),
    ("[#|2024-05-01T10:00:00.1+0200|SEVERE|gf3|javax.x|_T=1;|no|#]", "SEVERE", "javax.x", "no"),
    (
        "####<May 1, 2024 10:00:00,123 AM UTC> <Error> <JDBC> <h> <s> <<W>> <> <171> <BEA-1> <no>",
        "Error",
        "JDBC",
        "no",
    ),
    # Python
    (f"{T},123 [salt.minion      :1020][WARNING ][7] no", "WARNING", "salt.minion", "no"),
    (f"[{T}] shop.app                    INFO    : up", "INFO", "shop.app", "up"),
    (f"{T},123 (7/MainThread) new.core INFO - up", "INFO", "new.core", "up"),
    ("2024-05-01T10:00:00.123456789Z ERROR:root:no", "ERROR", "root", "no"),
    (f"{T},123:DEBUG:shop.main:this is: 2", "DEBUG", "shop.main", "this is: 2"),
    # syslog
    ("May  1 10:00:00 sol1 genunix: [ID 936769 kern.err] no", "err", "genunix", "no"),
    ("May  1 10:00:00 iPhone Board(Front)[57] <Error>: no", "Error", "Board", "no"),
    ("May  1 10:00:00 aix1 auth|security:notice su: no", "notice", "su", "no"),
    ("Wed 2024-05-01 10:00:00 UTC h1 sshd[7]: in", None, "sshd", "in"),
    ("1714557600.123456 h1 sshd[7]: in", None, "sshd", "in"),
    ("2024-05-01 10:00:00+02 mac installd[9]: up", None, "installd", "up"),
    ("2024 May  1 10:00:00 h1 app[7]: up", None, "app", "up"),
    ("May  1 10:00:00 sogod [7]: up", None, "sogod", "up"),
    ("août 13 10:00:00 h1 sshd[7]: in", None, "sshd", "in"),
    # a name near the level
    ("[1714557600] unbound[7:0] error: no", "error", "unbound", "no"),
    (f"{T} wazuh-modulesd:syscollector: INFO: up", "INFO", "wazuh-modulesd", "up"),
    (f"{T} ossec[7] main.c:12 at main(): WARNING: no", "WARNING", "ossec", "no"),
    (f"{T} +0200 Puppet (err): no", "err", "Puppet", "no"),
    (f"{T}.123456+0200 mon.a (mon.0) 13 : cluster [WRN] no", "WRN", "mon.a", "no"),
    (f"{T} UTC | TRACE | ERROR | (pkg/y.go:12 in Run) | no", "ERROR", "TRACE", "no"),
    (f"{T}.123 UTC [00001234] severe  [native] no", "severe", "native", "no"),
    (f"{T}.123 [WARNING][7] felix/x.go 13: no", "WARNING", "felix/x.go", "no"),
    (f"{T} <error> [Cart] no", "error", "Cart", "no"),
    (f"{T}.123 (system/com.x) <Warning>: no", "Warning", None, "no"),
    (f"{T} | INFO | cart | up", "INFO", "cart", "up"),
    (f"{T}.123Z|00014|dpif(h7)|ERR|no", "ERR", "dpif(h7)", "no"),
    ("2024 May 01 10:00:01:123 GMT +0000 BW.x Error [BW] no", "Error", "BW.x", "no"),
    (f"ERROR  | wrapper  | {T} | no", "ERROR", None, "no"),
    ("Wed 01 May 2024 10:00:01 ERROR cart: no", "ERROR", "cart", "no"),
    ("1714557601123456 ERROR cart: no", "ERROR", "cart", "no"),
    # a letter
    ("1714557601123| 1234 E Auto (x.cc:13) no", "E", "Auto", "no"),
    ("[10:00:01][E][mqtt:029]: no", "E", "mqtt", "no"),
    ("2024-05-01T10:00:01 [E|bac|ab12] no", "E", "bac", "no"),
    (f"[{T}.1 +0000] E [MSGID: 7] [a.c:7:x] 0-fs: no", "E", "a.c", "no"),
    ("2024-05-01T10:00:01Z E! no", "E", None, "no"),
    ("05/01/2024 10:00:01|worker|qmaster|E|no", "E", "qmaster", "no"),
    ("E (1235) mqtt: no", "E", "mqtt", "no"),
    # others
    ("[01.05.2024 10:00:01] <01> Error    no", "Error", None, "no"),
    ("31.05.2024 10:00:01;Fehler;no", "Fehler", None, "no"),
    ("13-mag-2024 10:00:00.123 GRAVE [main] x.y.Z no", "GRAVE", "x.y.Z", "no"),
    ("E240501 10:00:01.123456 7 server/node.go:13 ⋮ [n1] no", "E", "server/node.go", "[n1] no"),
    ("GET /cart 500 12.345 ms - 12", "500", None, "GET /cart 500 12.345 ms - 12"),
    ("warn  - no", "warn", None, "no"),
    (f"{T}.123  - error: host.h1 no", "error", "host.h1", "no"),
    (f"Zigbee2MQTT:error {T}: no", "error", "Zigbee2MQTT", "no"),
    ("[ WARN] [1714557601.123456789]: no", "WARN", None, "no"),
    ("7:20240501:100001.123 up", None, None, "up"),
    ("L 05/01/2024 - 10:00:00: up", None, None, "up"),
    (
        '<![LOG[no]LOG]!><time="10:00" date="1" component="Ccm" context="" type="3" thread="7">',
        "3",
        "Ccm",
        "no",
    ),
    ("2024-05-01T10:00:01.123Z cpu1:2097153)WARNING: no", "WARNING", None, "no"),
    ("2024-05-01T10:00:01.123Z Wa(164) Hostd[2099]: no", "Wa", "Hostd", "no"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "level", "service", "message"), LINES)
def test_a_line_is_taken_apart(
    line: str, level: str | None, service: str | None, message: str
) -> None:
    """Level, logger and text of a file that has such lines alone, whatever layout it gets."""
    parsed = LineParser(find_layout([line] * 3)).parse(line)
    assert parsed is not None
    assert (parsed.level, parsed.service, parsed.message) == (level, service, message)


def test_lines_with_a_level_lose_it_where_most_have_none() -> None:
    """Of text with a time alone, a line with a level is read as in a file of its like."""
    lines = [
        f"{T} started",
        f"{T} ERROR: no disk",
        f"{T} queries: info: client ann",
        f"{T} main.go:12: up",
    ]
    logs = [
        log
        for block in BodyReader().read("\n".join(lines).encode(), "", Tally())
        for log in block.logs
    ]
    assert logs == [
        ("started", Level.INFO, DEFAULT_SERVICE),
        ("no disk", Level.ERROR, DEFAULT_SERVICE),
        ("client ann", Level.INFO, "queries"),
        ("main.go:12: up", Level.INFO, DEFAULT_SERVICE),
    ]


def test_a_level_may_stand_behind_a_part_of_the_program() -> None:
    """In messages of syslog; the part stays in the text."""
    lines = [
        "May  1 10:00:00 mx dovecot: lmtp(7): Error: no disk",
        "May  1 10:00:01 mx dovecot: imap(ann)<7><a>: Warning: slow",
        "May  1 10:00:02 h1 unbound: [7:0] info: up",
        "May  1 10:00:03 h1 pure-ftpd: (?@10.0.0.7) [WARNING] no user",
        "May  1 10:00:04 info-server app: up",
        "May  1 10:00:05 error01 app: down",
    ]
    logs = [
        log
        for block in BodyReader().read("\n".join(lines).encode(), "", Tally())
        for log in block.logs
    ]
    assert logs == [
        ("lmtp(7): no disk", Level.ERROR, "dovecot"),
        ("imap(ann)<7><a>: slow", Level.WARN, "dovecot"),
        ("[7:0] up", Level.INFO, "unbound"),
        ("(?@10.0.0.7) no user", Level.WARN, "pure-ftpd"),
        ("up", Level.INFO, "app"),
        ("down", Level.INFO, "app"),
    ]


def test_prose_names_no_logger() -> None:
    """What stands before a colon or a level in a sentence is text: errors, prefixes, files."""
    for line in (
        f"{T} main.go:12: up",
        f"{T} Network error: no route",
        f"{T} IOError: no route",
    ):
        parsed = LineParser(find_layout([line] * 3)).parse(line)
        assert parsed is not None
        assert parsed.service is None
        assert parsed.message == line.removeprefix(f"{T} ")
