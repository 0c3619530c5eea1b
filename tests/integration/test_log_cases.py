"""Small logs as programs write them, each with what is right: the records that are read of it."""

import csv
import shlex
from pathlib import Path
from typing import Final

import pytest

from trainer.cli.data_options import dataset
from trainer.cli.main import make_parser
from trainer.reading.assembling import Record
from trainer.reading.faults import Faults
from trainer.reading.records import read_records

CASES: Final = Path(__file__).parents[3] / "shared" / "cases"
TABLE: Final = CASES / "cases.tsv"

# file, first option, records as levels and services with how many follow each other, bad lines
RIGHT: Final[dict[str, tuple[str, int]]] = {
    "b0_first_line.log": ("4 INFO shop.Cart", 1),
    "b0_first_line.log --layout": ("4 INFO shop.Cart", 1),
    "b0_cut_trace.log": ("4 INFO shop.Cart", 1),
    "b1_spring_banner.log": ("300 INFO s.Cart", 7),
    "b4_banner_jsonl.log": ("300 INFO cart", 2),
    "i04_json_in_text.log": ("2 INFO shop.Cart, FATAL i04_json_in_text, INFO shop.Cart", 0),
    "s1_swallow.log": ("3 INFO shop.Cart, FATAL s1_swallow, ERROR db.go", 0),
    "i03_nul_hole.log": ("INFO shop.Cart, ERROR shop.Cart, INFO shop.Cart", 0),
    "json_nextcloud_level.jsonl": ("INFO files, ERROR core", 0),
    "j2_winevent.jsonl": ("INFO cart, ERROR cart", 0),
    "j3_appinsights.jsonl --level-field": ("INFO cart, ERROR cart", 0),
    "json_level_name_beside_number.jsonl": ("ERROR auth, INFO web", 0),
    "json_python_levelno.jsonl --level-field": ("ERROR shop.cart, INFO shop.cart", 0),
    "logcat.log --pattern": ("DEBUG Cart, ERROR Cart", 0),
    "postgres.log --pattern": ("INFO postgres, ERROR postgres", 0),
    "mysql.log --pattern": ("INFO Server, ERROR Server, INFO Server", 0),
    "p1_num.log --pattern": ("ERROR cart, INFO cart", 0),
    "json_gcp_default.jsonl": ("2 INFO cart", 0),
    "j6_npm_levels.jsonl": ("60 INFO cart, 32 DEBUG cart", 0),
    "json_level_synonyms.jsonl": (
        (
            "3 WARN c, ERROR c, INFO c, DEBUG c, FATAL c, ERROR c, 4 FATAL c, INFO c, 2 DEBUG "
            "c, ERROR c, DEBUG c, FATAL c, INFO c, WARN c, INFO c, WARN c, ERROR c, INFO c, "
            "DEBUG c, 5 INFO c, 2 DEBUG c, FATAL c, 4 INFO c, 2 ERROR c, 2 INFO c, DEBUG c, 2 "
            "ERROR c"
        ),
        0,
    ),
    "j5_priority_word.jsonl": ("2 INFO desk", 0),
    "i08_sevtext_nonstandard.jsonl": ("INFO c, ERROR c", 0),
    "d1_mixed": ("4 INFO shop.Cart, INFO api, ERROR api, INFO cron", 0),
    "d2_readme": ("4 INFO shop.Cart", 0),
    "i22_level_missing_some.jsonl": ("3 ERROR c", 0),
    "t_kuma.log": ("WARN AUTH, ERROR DB, INFO SERVER", 0),
    "i10_syslog_nohost.log": ("INFO cart, INFO nss, INFO cart", 0),
    "s6_logback_dashes.log": ("INFO shop.Cart, ERROR shop.Cart", 0),
    "s5_spaces_before_bracket.log": ("INFO shop.Cart, ERROR shop.Cart", 0),
    "s7_tomcat.log": (
        (
            "INFO org.apache.catalina.startup.Catalina.start, "
            "ERROR org.apache.catalina.core.StandardContext.listenerStart"
        ),
        0,
    ),
    "s8_env_logger.log": ("INFO cart::open, ERROR cart::open", 0),
    "t_paperless.log": ("INFO paperless.tasks, ERROR paperless.consumer", 0),
    "json_otel_severitynumber.jsonl": ("INFO orders, ERROR orders", 0),
    "json_docker_inner_json.jsonl": ("ERROR cart, INFO cart", 0),
    "json_loki_export.jsonl": ("ERROR cart", 0),
    "t_syslog_level_in_msg.log": ("ERROR named, WARN dnsmasq", 0),
    "json_cloudwatch_export.jsonl": ("ERROR json_cloudwatch_export", 0),
    "j8_stacktrace_fields.jsonl": ("3 ERROR cart", 0),
    "e1_ansi_level.log": ("INFO shop.Cart, ERROR shop.Cart", 0),
    "i13_journald_bytes.jsonl": ("ERROR cart, 20 INFO cart", 0),
    "e2_latin1.jsonl": ("INFO c, ERROR c", 0),
    "e3_lone_surrogate.jsonl": ("INFO c, ERROR c", 0),
    "i07_bom_midfile.jsonl": ("2 INFO c, ERROR c", 0),
    "e4_app.log.bz2": ("4 INFO shop.Cart", 0),
    "i01_cri_partial.log": ("3 INFO i01_cri_partial", 0),
    "i02_docker_split.jsonl": ("2 INFO i02_docker_split", 0),
    "apache_error.log": ("ERROR core, INFO httpd", 0),
    "access.log": ("INFO access, ERROR access", 0),
    "logfmt.log": ("INFO cart, ERROR cart", 0),
    "redis.log": ("INFO redis, WARN redis", 0),
    "cri.log": ("2 INFO cri", 0),
    "t_cbs.log": ("INFO CBS, ERROR CSI", 0),
    "t_django.log": ("INFO basehttp, ERROR log", 0),
    "t_dmesg.log": ("2 INFO kernel", 0),
    "t_docker_compose.log": ("INFO shop.Cart, ERROR db", 0),
    "t_dotnet.log": ("INFO Shop.Cart, ERROR Shop.Cart, WARN Shop.Cart", 0),
    "t_gha.log": ("INFO t_gha, ERROR t_gha", 0),
    "t_heroku.log": ("INFO app, ERROR heroku", 0),
    "t_isoT_lower.log": ("INFO t_isoT_lower, ERROR t_isoT_lower", 0),
    "t_levelfirst.log": ("INFO t_levelfirst, ERROR t_levelfirst", 0),
    "t_monolog_symfony.log": ("INFO request, FATAL request", 0),
    "t_nestjs.log": ("INFO CartService, ERROR CartService", 0),
    "t_rails.log": ("INFO t_rails, ERROR t_rails", 0),
    "t_serilog_file.log": ("INFO t_serilog_file, ERROR t_serilog_file", 0),
    "t_slog.log": ("INFO t_slog, ERROR t_slog", 0),
    "t_zerolog_console.log": ("INFO t_zerolog_console, ERROR t_zerolog_console", 0),
    "t_logrus_tty.log": ("INFO t_logrus_tty, ERROR t_logrus_tty", 0),
    "t_iis.log": ("INFO t_iis, ERROR t_iis", 0),
    "json_serilog_compact.jsonl": ("INFO Shop.Cart, ERROR Shop.Cart", 0),
    "json_otlp_export.jsonl": ("ERROR orders", 0),
    "t_postgres_csv.csv": ("ERROR psql", 0),
    "s10_es_deprecation.log": ("INFO o.e.n.Node, WARN o.e.d.c.s.Settings, INFO o.e.n.Node", 0),
}  # fmt: skip


def rows() -> list[dict[str, str]]:
    """The rows that are read by jobs."""
    if not TABLE.exists():
        return []
    with open(TABLE, newline="") as file:
        table = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [row for row in table if row["command"].startswith("python -m trainer fit")]


def read(arguments: list[str]) -> tuple[list[Record], int]:
    """All records, and how many lines cannot be used."""
    records: list[Record] = []
    n_bad = 0
    for partition in dataset(make_parser().parse_args(arguments)).partitions:
        faults = Faults()
        records += read_records(partition, faults)
        n_bad += faults.n_bad
    return records, n_bad


def in_runs(records: list[Record]) -> str:
    """Levels and services in their order, those that are alike counted."""
    runs: list[tuple[str, int]] = []
    for record in records:
        origin = f"{record.features.level.name} {record.features.service}"
        again = runs and runs[-1][0] == origin
        runs[-1:] = [(origin, runs[-1][1] + 1)] if again else [*runs[-1:], (origin, 1)]
    return ", ".join(f"{count} {origin}" if count > 1 else origin for origin, count in runs)


@pytest.mark.skipif(not TABLE.exists(), reason="the cases are not part of the project")
def test_every_case_is_read_right(monkeypatch: pytest.MonkeyPatch) -> None:
    """Levels, services and the number of records are those that a person reads in the file."""
    monkeypatch.chdir(CASES)
    wrong = {}
    for row in rows():
        arguments = shlex.split(row["command"])[3:]
        options = arguments[3:] if arguments[1] == "--model-dir" else arguments[4:]
        name = f"{row['file']} {options[0]}" if options else row["file"]
        records, n_bad = read(arguments)
        if (in_runs(records), n_bad) != RIGHT[name]:
            wrong[name] = (in_runs(records), n_bad)
    assert wrong == {}
    assert len(RIGHT) == len(rows())
