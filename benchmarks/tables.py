"""Markdown tables, and the line that says when and how figures were made."""

from collections.abc import Iterable, Iterator, Sequence

from benchmarks.results import About


def about_line(about: About, load: str = "") -> str:
    """When, by which command and how often; `load` says what a round is."""
    quick = " A quick run: a first impression only." if about.quick else ""
    return f"{about.measured_at}, `{about.command}`, {about.rounds} rounds{load}.{quick}\n"


def table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; all columns but the first stand right unless they have no title."""
    rule = ["---" if not title or index == 0 else "---:" for index, title in enumerate(titles)]
    return "\n".join(_line(cells) for cells in _all_rows(titles, rule, rows)) + "\n"


def _all_rows(
    titles: Sequence[str], rule: Sequence[str], rows: Iterable[Sequence[str]]
) -> Iterator[Sequence[str]]:
    yield titles
    yield rule
    for row in rows:
        yield [cell.replace("|", "\\|").replace("\n", " ") for cell in row]


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
