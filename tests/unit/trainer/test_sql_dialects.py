"""Each dialect's SQL is read as it is meant, and uses functions that the dialect has."""

import re
from collections import Counter
from pathlib import Path
from typing import get_args

import pytest
import sqlglot
from sqlglot import exp

from schemas.record.features import FEATURE_NAMES
from schemas.record.keyword_rules import (
    CONNECTION_ERROR,
    EXCEPTION,
    FAILURE,
    REMOVALS,
    TIMEOUT,
)
from schemas.record.labels import NO_ANOMALY
from schemas.record.text import CODES, NON_ASCII
from trainer.reading.plan import Fields
from trainer.sql import Dialect, features_query, logs_query, patterns_query

DIALECTS: tuple[Dialect, ...] = get_args(Dialect)


FIELDS = Fields(message="message", level="level", service="service")


RULES = (*EXCEPTION, *TIMEOUT, *CONNECTION_ERROR, *FAILURE)


def parsed(dialect: Dialect) -> exp.Expr:
    """The query over raw logs with everything in it, parsed as the engine's own."""
    fields = Fields(message="log.message", level="level", service="service", label="fault")
    tree: exp.Expr = sqlglot.parse_one(
        logs_query(dialect, "archive.logs", fields),
        read=dialect,
        error_level=sqlglot.ErrorLevel.RAISE,
    )
    return tree


@pytest.mark.parametrize("dialect", DIALECTS)
def test_patterns_survive_quoting(dialect: Dialect) -> None:
    """Read as the engine reads them, the literals are the rules' own patterns."""
    tree = parsed(dialect)
    searched = [str(node.expression.name) for node in tree.find_all(exp.RegexpLike)]
    replaced = [str(node.expression.name) for node in tree.find_all(exp.RegexpReplace)]

    assert Counter(rule.pattern for rule in RULES) <= Counter(searched)
    assert {f"(?i){removal.pattern}" for removal in REMOVALS} <= set(replaced)
    assert {CODES, NON_ASCII} <= set(replaced)
    assert {node.args["replacement"].name for node in tree.find_all(exp.RegexpReplace)} == {
        *(" ", "?", "#", "")
    }


@pytest.mark.parametrize("dialect", DIALECTS)
def test_removals_keep_their_order(dialect: Dialect) -> None:
    """Each removal works on what the removal before it has left."""
    steps = [
        node
        for node in parsed(dialect).find_all(exp.Alias)
        if node.alias.startswith("removed_") and isinstance(node.this, exp.RegexpReplace)
    ]
    found = {node.alias: (node.this.this.name, node.this.expression.name) for node in steps}

    assert found == {
        f"removed_{number}": (f"removed_{number - 1}", f"(?i){removal.pattern}")
        for number, removal in enumerate(REMOVALS, start=1)
    }


@pytest.mark.parametrize(
    ("dialect", "literal"),
    [
        ("duckdb", r"""'[^\x00-\x7F]', '?', 'g')"""),
        ("spark", r"""'[^\\x00-\\x7F]', '?')"""),
        ("trino", r"""'[^\x00-\x7F]', '?')"""),
        ("bigquery", r"""'[^\\x00-\\x7F]', '?')"""),
    ],
)
def test_backslashes(dialect: Dialect, literal: str) -> None:
    """Spark and BigQuery unescape literals, the others do not; only DuckDB needs 'g'."""
    query = re.sub(r"\s+", " ", logs_query(dialect, "logs", FIELDS))
    assert literal in query.replace(" )", ")")


WORDS = {"AND", "AS", "IN", "OR", "WHEN", "THEN", "BY", "FROM"}


COMMON = {
    "CAST",
    "COALESCE",
    "COUNT",
    "LENGTH",
    "LOWER",
    "MD5",
    "NULLIF",
    "REGEXP_REPLACE",
    "SUM",
    "TRIM",
}


FUNCTIONS: dict[Dialect, set[str]] = {
    "duckdb": {"CONTAINS", "REGEXP_MATCHES", "STRLEN", "SUBSTRING", "UNNEST"},
    "spark": {"CONTAINS", "OCTET_LENGTH", "SUBSTRING"},
    "trino": {"REGEXP_LIKE", "STRPOS", "SUBSTR", "TO_HEX", "TO_UTF8"},
    "bigquery": {"BYTE_LENGTH", "INSTR", "REGEXP_CONTAINS", "SUBSTRING", "TO_HEX"},
}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_functions(dialect: Dialect) -> None:
    """A query calls a short list of the engine's functions and no other, so none slips in."""
    escaped = dialect in {"spark", "bigquery"}
    literal = r"'(?:[^'\\]|\\.)*'" if escaped else r"'(?:[^']|'')*'"
    query = logs_query(dialect, "logs", Fields(message="m", label="l")).split("FILE\n")[1]
    text = re.sub(r"/\*.*?\*/", "", re.sub(literal, "''", query))
    called = set(re.findall(r"\b([A-Za-z_0-9]+)\s*\(", text))

    assert {name.upper() for name in called} - WORDS == COMMON | FUNCTIONS[dialect] | {"UPPER"}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_query_for_patterns_needs_no_rules(dialect: Dialect) -> None:
    """It reads as the engine's own, and masks texts without looking for any word."""
    fields = Fields(message="log.message", level="level", service="service", time="at")
    query = patterns_query(dialect, "archive.logs", fields)
    tree = sqlglot.parse_one(query, read=dialect, error_level=sqlglot.ErrorLevel.RAISE)
    replaced = {str(node.expression.name) for node in tree.find_all(exp.RegexpReplace)}
    assert {CODES, NON_ASCII} < replaced
    assert not replaced & {f"(?i){removal.pattern}" for removal in REMOVALS}
    assert [column.alias_or_name for column in tree.expressions] == [
        *("pattern_id", "service", "level", "text", "count", "first_seen", "last_seen")
    ]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_relation_is_the_users_own(dialect: Dialect) -> None:
    """A relation is put in as it is given, once, and never translated."""
    relation = "my_catalog.`it's`.t TABLESAMPLE (1 PERCENT) /* mine */"

    for query in (
        logs_query(dialect, relation, FIELDS),
        features_query(dialect, relation),
        patterns_query(dialect, relation, FIELDS),
    ):
        assert query.count(f"FROM {relation}\n") == 1
        assert query.startswith("-- Counts")
        assert f" {dialect}" in query.splitlines()[1]


def test_the_page_tells_all() -> None:
    """The users' page names every engine, every column and every word that says no anomaly."""
    page = (Path(__file__).parents[3] / "docs" / "sql.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([^`\n]+)`", page))
    columns = {*FEATURE_NAMES, "pattern", "has_failure", "n", "n_positive", "extractor"}

    assert columns <= named
    assert {word for word in NO_ANOMALY if word not in {"", "false"}} <= named
    assert all(f"\n| {name}" in page.lower() for name in DIALECTS)
