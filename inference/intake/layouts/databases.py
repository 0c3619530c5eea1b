"""Databases and stores."""

from typing import Final

from inference.intake.fragments import (
    BSD_TIME,
    C_TIME,
    CLOCK,
    DATED,
    DB2_TIME,
    EPOCH,
    MESSAGE,
)
from inference.intake.layout import Layout, named_levels
from inference.intake.layout import example as _e
from schemas.record.features import Level

__all__ = [
    "ALERT",
    "CLICKHOUSE",
    "DB2",
    "MONGODB",
    "MONGODB_OLD",
    "MSSQL",
    "MYSQL",
    "MYSQL_SLOW",
    "POSTGRESQL",
    "REDIS",
    "VERTICA",
]

_PG_LEVELS: Final = (
    "DEBUG[1-5]?|INFO|NOTICE|WARNING|ERROR|LOG|FATAL|PANIC"
    "|STATEMENT|DETAIL|HINT|CONTEXT|QUERY|LOCATION"
    "|FEHLER|WARNUNG|HINWEIS|PANIK|ANWEISUNG|TIPP|ZUSAMMENHANG|ANFRAGE|ORT"
    "|ERREUR|ATTENTION|NOTE|INSTRUCTION|DÉTAIL|ASTUCE|CONTEXTE|JOURNAL"
    "|ADVERTENCIA|AVISO|SENTENCIA|DETALLE|SUGERENCIA|CONTEXTO|COMANDO"
)
_POSTGRES: Final = (
    rf"(?P<time>{DATED}|{EPOCH}) ?(?:.{{0,160}}?[ :])?(?P<level>{_PG_LEVELS}):  (?! ){MESSAGE}",
    rf"(?P<level>{_PG_LEVELS}):  (?! ){MESSAGE}",
    # a host or a user before the time, as log_line_prefix may have it
    rf"[\w.:@()/\[\]-]++ (?P<time>{DATED}) ?(?:.{{0,160}}?[ :])?(?P<level>{_PG_LEVELS}):  (?! ){MESSAGE}",
    # pgbouncer
    rf"(?P<time>{DATED}) \[\d++\] (?P<level>NOISE|DEBUG|LOG|WARNING|ERROR|FATAL) {MESSAGE}",
)

POSTGRESQL: Final = Layout(
    name="postgresql",
    title="PostgreSQL, stderr",
    patterns=_POSTGRES,
    service="postgresql",
    levels=named_levels(
        noise="DEBUG",
        fehler="ERROR",
        warnung="WARN",
        hinweis="INFO",
        panik="FATAL",
        erreur="ERROR",
        attention="WARN",
        journal="INFO",
        advertencia="WARN",
        aviso="WARN",
    ),
    continued=True,
    examples=(_e("2024-05-01 10:00:00.000 UTC [7] ERROR:  no cart", "ERROR", None, "no cart"),),
)

_MSSQL_SOURCE: Final = r"(?:spid\d++s?|Logon|Server|Backup|Database Mirroring)"
_MSSQL: Final = (
    rf"(?P<time>\d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d\.\d\d) {_MSSQL_SOURCE} ++(?P<message>(?P<level>Error): \d++, Severity: .*)",
    rf"(?P<time>\d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d\.\d\d) {_MSSQL_SOURCE} ++{MESSAGE}",
)

MSSQL: Final = Layout(
    name="mssql",
    title="Microsoft SQL Server, ERRORLOG",
    patterns=_MSSQL,
    service="mssql",
    continued=True,
    examples=(
        _e(
            "2024-05-01 10:00:01.23 Logon       Error: 7, Severity: 14, State: 8.",
            "Error",
            None,
            "Error: 7, Severity: 14, State: 8.",
        ),
        _e("2024-05-01 10:00:01.23 spid7s      Starting up", None, None, "Starting up"),
    ),
)

_MYSQL: Final = (
    rf"(?P<time>{DATED}) \d++ \[(?P<level>\w++)\] (?:\[MY-\d++\] )?(?:\[(?P<service>\w++)\] )?{MESSAGE}",
)
_MYSQL_OLD: Final = (rf"(?P<time>\d{{6}} {{1,2}}{CLOCK}) \[(?P<level>\w++)\] {MESSAGE}",)

MYSQL: Final = Layout(
    name="mysql",
    title="MySQL, MariaDB, error log",
    patterns=(*_MYSQL, *_MYSQL_OLD),
    continued=True,
    examples=(
        _e(
            "2024-05-01T10:00:00.1Z 0 [Note] [MY-1] [Server] ready",
            "Note",
            "Server",
            "ready",
        ),
    ),
)

_MYSQL_SLOW: Final = (r"# Time: (?P<time>\d\S++(?: ++[\d:.]++)?)(?P<message>)",)

MYSQL_SLOW: Final = Layout(
    name="mysql_slow",
    title="MySQL, MariaDB, slow queries",
    patterns=_MYSQL_SLOW,
    service="mysql",
    continued=True,
    any_further=True,
    has_body=True,
    examples=(_e("# Time: 2024-05-01T10:00:00.123456Z", None, None, ""),),
)

_MONGODB: Final = (
    rf"(?P<time>{DATED}) (?P<level>[FEWID]\d?) (?:-|(?P<service>[A-Z][A-Z_]++)) ++\[[^\]]*+\] {MESSAGE}",
)

MONGODB: Final = Layout(
    name="mongodb",
    title="MongoDB before 4.4 (later ones write JSON)",
    patterns=_MONGODB,
    levels={f"d{n}": Level.DEBUG for n in range(1, 6)},
    examples=(_e("2024-05-01T10:00:00.123+0000 W NETWORK  [conn1] slow", "W", "NETWORK", "slow"),),
)

_MONGODB_OLD: Final = (rf"(?P<time>[A-Z][a-z]{{2}} {BSD_TIME}) \[[a-z]\w++\] {MESSAGE}",)

MONGODB_OLD: Final = Layout(
    name="mongodb_old",
    title="MongoDB before 3.0",
    patterns=_MONGODB_OLD,
    service="mongodb",
    continued=True,
    examples=(_e("Wed May  1 10:00:01.123 [conn7] end", None, None, "end"),),
)

_REDIS: Final = (
    rf"\d++:(?:[XCSM]|signal-handler) (?P<time>{DATED}) (?P<level>[.*#-]) {MESSAGE}",
    rf"\[\d++\] (?P<time>\d\d [A-Z][a-z]{{2}} {CLOCK}) (?P<level>[.*#-]) {MESSAGE}",
)

REDIS: Final = Layout(
    name="redis",
    title="Redis, Valkey",
    patterns=_REDIS,
    service="redis",
    levels={".": Level.DEBUG, "-": Level.INFO, "*": Level.INFO, "#": Level.WARN},
    examples=(_e("7:M 01 May 2024 10:00:00.123 # no fork", "#", None, "no fork"),),
)

_DB2: Final = (
    rf"(?P<time>{DB2_TIME}) \w++ ++LEVEL: (?P<level>[A-Z][a-z]++)(?: \([^()]*+\))?(?P<message>)",
)

DB2: Final = Layout(
    name="db2",
    title="Db2, db2diag.log",
    patterns=_DB2,
    service="db2",
    levels=named_levels(event="INFO"),
    continued=True,
    any_further=True,
    has_body=True,
    examples=(_e("2024-05-01-10.00.00.123456+120 I437A435   LEVEL: Error", "Error", None, ""),),
)

_CLICKHOUSE: Final = (
    rf"(?P<time>{DATED}) \[ ?\d++ ?\] \{{[^{{}}]*+\}} <(?P<level>[A-Z][a-z]++)> (?P<service>[^: ]++(?: [^:( ]++)*+)(?: \([^()]*+\))?: {MESSAGE}",
)

CLICKHOUSE: Final = Layout(
    name="clickhouse",
    title="ClickHouse",
    patterns=_CLICKHOUSE,
    continued=True,
    examples=(_e("2024.05.01 10:00:01.123456 [ 7 ] {} <Error> TCP: no", "Error", "TCP", "no"),),
)

_VERTICA: Final = (
    rf"(?P<time>{DATED}) [\w ]++:\w++ (?:\[\w++\] )?<(?P<level>[A-Z]++)>(?: @\[[^\]]*+\]:)? {MESSAGE}",
)

VERTICA: Final = Layout(
    name="vertica",
    title="Vertica",
    patterns=_VERTICA,
    continued=True,
    levels=named_levels(rollback="ERROR", internal="ERROR"),
    examples=(_e("2024-05-01 10:00:01.123 Main:0x7f [Init] <WARNING> no", "WARNING", None, "no"),),
)

_ALERT: Final = (
    rf"(?P<time>{DATED}|{C_TIME})(?P<message>)",
    # Firebird: host (Server), tab, time
    rf"[\w.-]++(?: \(\w++\))?\t(?P<time>{C_TIME})(?P<message>)",
)

ALERT: Final = Layout(
    name="alert",
    title="a time on a line of its own, then the text, as Oracle's alert log, Firebird",
    patterns=_ALERT,
    levels=named_levels(ora="ERROR"),
    continued=True,
    any_further=True,
    has_body=True,
    body=r"(?P<message>(?:Fatal NI connect |(?P<level>Error)s in file |(?P<level2>ORA)-\d{5}).*)",
    examples=(
        _e("2024-05-01T10:00:00.123456+02:00", None, None, ""),
        _e("Wed May 01 10:00:00 2024", None, None, ""),
    ),
)
