r"""The definitions of `schemas` as SQL expressions, in DuckDB's words.

Each function returns text that `trainer.sql.dialects` turns into other engines' words. The
text must do what the Python functions do, for every text; the tests compare them row by row.
"""

import re
from collections.abc import Iterable
from typing import Final

from schemas.record.features import Level
from schemas.record.keyword_rules import (
    CONNECTION_ERROR,
    EXCEPTION,
    FAILURE,
    TIMEOUT,
    Rule,
)
from schemas.record.labels import NO_ANOMALY, ZERO
from schemas.record.levels import LEVEL_SYNONYMS, TRIMMED
from schemas.record.templates import TEMPLATE_CHARS
from schemas.record.text import CODES, LIMIT, NON_ASCII, UNWANTED
from trainer.quoting import literal
from trainer.sql.dialects import AUTOMATA, Dialect

FLAGS: Final = {
    "has_exception": EXCEPTION,
    "has_timeout": TIMEOUT,
    "has_connection_error": CONNECTION_ERROR,
    "has_failure": FAILURE,
}
"""The rules of each flag, by the name of its column."""

ESCAPE: Final = r"\x1B"
"""The beginning of every control sequence, as a pattern."""

_SUSPECT: Final = r"[\x00\x1B\x{FEFF}]"
"""A character that everything unwanted in a message has."""

_BLANK: Final = r" \t\n\x0B\f\r"
_TEXTS: Final = {"lower": "lowered", "cased": "cased", "whole": "whole"}
"""The column in which a rule finds the text it reads."""


def once(expression: str) -> str:
    """An expression that is computed once per row, however often its column is used."""
    return f"once({expression})"


def cleaned(message: str) -> str:
    """A message without what is no part of it: see `schemas.record.text.UNWANTED`."""
    unwanted = UNWANTED.replace(r"\uFEFF", r"\x{FEFF}")
    return once(
        f"CASE WHEN regexp_matches({message}, {literal(_SUSPECT)}) "
        f"THEN {_replaced(message, unwanted, '')} ELSE {message} END"
    )


def text_of(column: str) -> str:
    """The beginning of a message, within ASCII and without codes: `schemas.record.text`."""
    start = f"substring({column}, 1, {LIMIT})"
    # As many bytes as characters: all of it is ASCII, which is seen faster than searched for.
    return (
        f"CASE WHEN bytes_in({column}) = length({column}) "
        f"AND NOT regexp_matches({start}, {literal(ESCAPE)}) THEN {start} "
        f"ELSE {_replaced(_replaced(start, CODES, ''), NON_ASCII, '?')} END"
    )


def is_awake(whole: str, dialect: Dialect) -> str:
    """Whether a lower-case text holds a trigger of any flag.

    Where it holds none, no flag is up and no removal would find anything: most lines of most logs
    need none of the rules.
    """
    triggers = {t for rules in FLAGS.values() for rule in rules for t in rule.triggers}
    short = sorted(t for t in triggers if not any(o != t and o in t for o in triggers))
    if dialect in AUTOMATA:
        return f"regexp_matches({whole}, {literal('|'.join(map(_escaped, short)))})"
    return f"({_holds_any(whole, short)})"


def without(removal: Rule, text: str) -> str:
    """A text after a removal."""
    return _replaced(text, f"(?i){removal.pattern}", " ")


def flag(rules: Iterable[Rule]) -> str:
    """A flag: true, false, or null where there is no message.

    A CASE takes its branches one after another in every engine, OR does not.
    """
    branches = " ".join(f"WHEN {_found(rule)} THEN TRUE /* {rule.name} */" for rule in rules)
    return f"CASE WHEN NOT awake THEN FALSE {branches} WHEN awake THEN FALSE END"


def template_of(whole: str) -> str:
    """A message's template, its masked text, from its lower-case text."""
    if TEMPLATE_CHARS > LIMIT:  # pragma: no cover  # a definition that would need another text
        raise AssertionError("a template is read from the text that the rules read")
    start = f"substring({whole}, 1, {TEMPLATE_CHARS})"
    # A single space stays as it is: to find only the other runs takes half the time.
    spaced = _replaced(start, rf" *[\t\n\x0B\f\r][{_BLANK}]*|  +", " ")
    return _replaced(f"trim({spaced}, ' ')", "[^ 0-9]*[0-9][^ ]*", "#")


def pattern_of(template: str) -> str:
    """A template's pattern id as text, 16 hexadecimal digits; the first four are its bucket."""
    return f"substring(md5_hex({template}), 1, 16)"


def upper_of(level: str) -> str:
    """A level in upper case, without what stands around it."""
    return f"upper({_replaced(level, TRIMMED, '')})"


def level_of(column: str, upper: str) -> str:
    """The name of a level; any other text stays as it is, for the reader to refuse.

    Args:
        column: the record's own text.
        upper: the same by `upper_of`.
    """
    spelt: dict[str, list[str]] = {level.name: [level.name] for level in Level}
    for synonym, level in LEVEL_SYNONYMS.items():
        spelt[level].append(synonym)
    branches = " ".join(
        f"WHEN {upper} IN ({', '.join(map(literal, names))}) THEN {literal(level)}"
        for level, names in spelt.items()
    )
    return f"CASE {branches} ELSE {column} END"


def is_positive(column: str) -> str:
    """1 where a label says anomaly, else 0: `schemas.record.labels.is_positive`."""
    label = f"coalesce(lower({_trimmed(f'CAST({column} AS TEXT)')}), '')"
    words = ", ".join(map(literal, NO_ANOMALY))
    zero = f"regexp_matches({label}, {literal(f'^(?:{ZERO})$')})"
    return f"CASE WHEN {label} IN ({words}) OR {zero} THEN 0 ELSE 1 END"


def _found(rule: Rule) -> str:
    lower = "whole" if rule.reads == "whole" else "lowered"
    pattern = literal(rule.pattern)
    return (
        f"({_holds_any(lower, rule.triggers)}) AND regexp_matches({_TEXTS[rule.reads]}, {pattern})"
    )


def _holds_any(text: str, words: Iterable[str]) -> str:
    return " OR ".join(f"holds({text}, {literal(word)})" for word in words)


def _replaced(text: str, pattern: str, by: str) -> str:
    return f"replace_all({text}, {literal(pattern)}, {literal(by)})"


def _trimmed(text: str) -> str:
    return _replaced(text, f"^[{_BLANK}]+|[{_BLANK}]+$", "")


def _escaped(text: str) -> str:
    return re.sub(r"[.*+?^$()\[\]{}|\\]", r"\\\g<0>", text)
