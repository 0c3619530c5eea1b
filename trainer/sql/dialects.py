"""From a common way of writing queries to the words of each engine.

Queries are written in DuckDB's words, with functions of our own (`FORMS`) where engines differ in
more than a name. sqlglot knows the rest: what the engines call their functions and types, and how
they write literals (Spark and BigQuery take a backslash for an escape, so each is doubled there).
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from sqlglot import exp

__all__ = ["FORMS", "RELATION", "Dialect", "render"]

Dialect = Literal["duckdb", "spark", "trino", "bigquery"]

RELATION: Final = "relation_of_the_user"
"""Stands in a query for the user's own names, which must not be translated."""

FORMS: Final[Mapping[str, Mapping[Dialect, str]]] = {
    # DuckDB puts an expression in place of each use of its column: what thirty rules read would
    # be made thirty times. It does not look through UNNEST, here of a list of one value.
    "once": {"duckdb": "unnest([x])", "spark": "x", "trino": "x", "bigquery": "x"},
    "bytes_in": {
        "duckdb": "strlen(x)",
        "spark": "octet_length(x)",
        "trino": "length(to_utf8(x))",
        "bigquery": "byte_length(x)",
    },
    "md5_hex": {
        "duckdb": "md5(x)",
        "spark": "md5(x)",
        "trino": "lower(to_hex(md5(to_utf8(x))))",
        "bigquery": "to_hex(md5(x))",
    },
    "holds": {
        "duckdb": "contains(x, y)",
        "spark": "contains(x, y)",
        "trino": "strpos(x, y) > 0",
        "bigquery": "strpos(x, y) > 0",
    },
    # The others replace every match by default.
    "replace_all": {
        "duckdb": "regexp_replace(x, y, z, 'g')",
        "spark": "regexp_replace(x, y, z)",
        "trino": "regexp_replace(x, y, z)",
        "bigquery": "regexp_replace(x, y, z)",
    },
}
"""Functions of our own and what they are in each engine; x, y and z are their arguments."""

AUTOMATA: Final[frozenset[Dialect]] = frozenset({"duckdb", "bigquery"})
"""Engines whose regular expressions (RE2) search for many words in a single pass.

Those of the others try word after word at each character: for many words, a substring
search for each takes half the time.
"""


def render(query: str, dialect: Dialect, relation: str) -> str:
    """A query laid out in an engine's words.

    Args:
        query: in DuckDB's words and `FORMS`, with `RELATION` where the relation goes, once.
        dialect: the engine.
        relation: a table or a table expression in the engine's own words, taken as it is.
    """
    import sqlglot  # noqa: PLC0415 - a tenth of the time of most commands, which need none of it

    tree = sqlglot.parse_one(query, read="duckdb")
    for node in reversed(list(tree.find_all(sqlglot.exp.Anonymous))):
        forms = FORMS.get(node.name.lower())
        if forms is not None:
            node.replace(_filled(forms[dialect], dialect, node.expressions))
    return tree.sql(dialect, pretty=True).replace(RELATION, relation)


def _filled(form: str, dialect: Dialect, arguments: Sequence["exp.Expr"]) -> "exp.Expr":
    """A form with its arguments in place of x, y and z."""
    import sqlglot  # noqa: PLC0415 - as above

    values = dict(zip("xyz", arguments, strict=False))
    tree: exp.Expr = sqlglot.parse_one(form, read=dialect)
    return tree.transform(
        lambda node: values[node.name] if isinstance(node, sqlglot.exp.Column) else node, copy=False
    )
