"""Removals, blanked before the rules of flags are tried: a module for each kind."""

from schemas.record.keyword_rules.removals.asides import ASIDES
from schemas.record.keyword_rules.removals.exceptions import EXCEPTIONS
from schemas.record.keyword_rules.removals.names import NAMES
from schemas.record.keyword_rules.removals.negations import NEGATIONS
from schemas.record.keyword_rules.removals.settings import SETTINGS
from schemas.record.keyword_rules.removals.texts import TEXTS
from schemas.record.keyword_rules.rule import Rule

__all__ = ["REMOVALS"]

REMOVALS: tuple[Rule, ...] = (
    *NAMES,
    *TEXTS,
    *ASIDES,
    *NEGATIONS,
    *EXCEPTIONS,
    *SETTINGS,
)
"""All removals, in their order."""
