"""Names and texts in SQL: DuckDB reads back what was written."""

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from trainer.quoting import literal, literals, name, path


def ask(query: str) -> list[tuple[object, ...]]:
    """The rows that a query gives."""
    with duckdb.connect() as connection:
        return connection.execute(query).fetchall()


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00."), min_size=1)


@settings(deadline=None)
@given(st.lists(texts, min_size=1, max_size=5))
def test_literals_are_the_texts(values: list[str]) -> None:
    """A text comes back as it was, alone and in a list, whatever quotes are in it."""
    assert ask(f"SELECT {literal(values[0])}, {literals(values)}") == [(values[0], values)]


@settings(deadline=None)
@given(names, names)
def test_names_are_columns_and_fields(column: str, field: str) -> None:
    """A name is a column's, a path with dots leads into a struct, whatever quotes are in them."""
    relation = f"(SELECT {{{literal(field)}: 7}} AS {name(column)})"
    wanted = f"{name(column)}, {path(f'{column}.{field}')}"
    assert ask(f"SELECT {wanted} FROM {relation}") == [({field: 7}, 7)]
