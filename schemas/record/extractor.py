"""The name of what turns a raw line into features: a digest of all rules that it follows.

Models name the extractor of the records they learned from. Where another extractor serves them, the
same line may get other flags, or count as another template, than it did in training.

What is data enters the digest as it is: the keyword rules in their order, the names of levels, the
bounds. What is code enters by what it makes of `PROBES`. Reasons, examples and triggers decide
nothing and stay out.
"""

import hashlib
from typing import Final

import msgspec

from schemas.record.features import SEVERITY
from schemas.record.keyword_rules import (
    CONNECTION_ERROR,
    EXCEPTION,
    FAILURE,
    REMOVALS,
    TIMEOUT,
    Rule,
)
from schemas.record.levels import LEVEL_SYNONYMS, NO_LEVEL, SCALES, TRIMMED
from schemas.record.templates import TEMPLATE_BUCKETS, TEMPLATE_CHARS, template_bucket, template_of
from schemas.record.text import CODES, LIMIT, NON_ASCII

PROBES: Final = (
    "",
    "Order 17 of Na\u00efve \u2615 placed",
    " two  blanks\tand\r\n lines\v\f",
    "a1b2 \u0660 x" + "y" * TEMPLATE_CHARS,
)
"""Messages that show each step of the template rule."""


class Definition(msgspec.Struct, frozen=True):
    """All that decides what a raw line turns into.

    Attributes:
        limit: characters of a message that the keyword rules see.
        codes: what is taken out before that.
        non_ascii: what becomes a question mark then.
        removals: what is blanked before flags are looked for, in its order.
        flags: the rules of each flag.
        levels: severity by name.
        synonyms: the name behind other loggers' names.
        no_level: what stands for none.
        trimmed: what is taken away around a level's name.
        scales: the names behind numbers, by scale.
        templates: how many buckets, and template and bucket of each of `PROBES`.
    """

    limit: int
    codes: str
    non_ascii: str
    removals: tuple[Rule, ...]
    flags: tuple[tuple[Rule, ...], ...]
    levels: dict[str, int]
    synonyms: dict[str, str]
    no_level: list[str]
    trimmed: str
    scales: dict[str, list[tuple[int, str]]]
    templates: tuple[int, list[tuple[str, int]]]

    def digest(self) -> str:
        """SHA-256 of its canonical JSON, as 64 hexadecimal digits."""
        canonical = {
            **{name: getattr(self, name) for name in self.__struct_fields__},
            "removals": _decisive(self.removals),
            "flags": [_decisive(rules) for rules in self.flags],
        }
        return hashlib.sha256(msgspec.json.encode(canonical, order="sorted")).hexdigest()


def _decisive(rules: tuple[Rule, ...]) -> list[tuple[str, str]]:
    """The parts of rules that decide: the texts that they read and their patterns, in order."""
    return [(rule.reads, rule.pattern) for rule in rules]


DEFINITION: Final = Definition(
    limit=LIMIT,
    codes=CODES,
    non_ascii=NON_ASCII,
    removals=REMOVALS,
    flags=(EXCEPTION, TIMEOUT, CONNECTION_ERROR, FAILURE),
    levels={level.name: severity for level, severity in SEVERITY.items()},
    synonyms=LEVEL_SYNONYMS,
    no_level=sorted(NO_LEVEL),
    trimmed=TRIMMED,
    scales={scale: sorted(names.items()) for scale, names in SCALES.items()},
    templates=(TEMPLATE_BUCKETS, [(template_of(p), template_bucket(p)) for p in PROBES]),
)

EXTRACTOR: Final = DEFINITION.digest()
"""The extractor of this release."""

EXTRACTOR_COLUMN: Final = "extractor"
"""Where a count table names the rules by which lines became its records."""
