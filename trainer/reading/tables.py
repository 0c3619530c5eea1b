"""The beginning of a text as a table: its rows, and the delimiter that makes a table of it."""

import csv
import io
from typing import Final

from inference.intake.lines import begins_with_time
from trainer.errors import InputError
from trainer.reading.fields import find_fields
from trainer.reading.plan import Fields

MAX_SAMPLE_ROWS: Final = 1_000
"""Of the first lines or rows, how many are read."""

_DELIMITERS: Final = (",", ";", "\t", "|")
_MIN_REGULAR: Final = 0.9
"""Share of the rows that have as many columns as the header."""


def read_rows(text: str, delimiter: str) -> list[list[str]]:
    """The first rows that are not empty, the names in the very first trimmed.

    The last line is left out unless it is the only line, since it may be cut. So is the last row if
    a quote is open at its end, unless it is the only row: the text may be cut within it.
    """
    whole = text.rpartition("\n")[0]
    lines = io.StringIO(whole or text, "").readlines()
    rows: list[list[str]] = []
    begin = end = 0
    try:
        reader = csv.reader(lines, delimiter=delimiter)
        for row in reader:
            begin, end = end, reader.line_num
            if row:
                rows.append(row if rows else [name.strip() for name in row])
            if len(rows) > MAX_SAMPLE_ROWS:
                break
    except csv.Error:
        pass  # reading the whole gives the error; what was before the fault is a sample as well
    n_quotes = sum(line.count('"') for line in lines[begin:end])
    if end == len(lines) and n_quotes % 2 and len(rows) > 1:
        rows.pop()
    return rows


def find_delimiter(text: str, given: Fields, min_columns: int = 1) -> str | None:
    """The delimiter with which a text is a table whose header gives the fields.

    Args:
        text: the beginning of a file.
        given: fields that the user named.
        min_columns: how many the table has at least.

    Returns:
        The delimiter that gives the most columns; None if none gives a table.
    """
    best, most = None, 0
    for delimiter in _DELIMITERS:
        header, *rows = read_rows(text, delimiter) or [[]]
        if any(begins_with_time(name) for name in header):
            continue  # a line of a log, whatever words it holds between delimiters
        n_regular = sum(len(row) == len(header) for row in rows)
        if len(header) < max(min_columns, most + 1) or n_regular < _MIN_REGULAR * max(len(rows), 1):
            continue
        try:
            find_fields(header, given)
        except InputError:
            continue
        best, most = delimiter, len(header)
    return best
