"""What is blanked before the flags are looked for, a module for each kind."""

from schemas.record.keyword_rules.removals.asides import ASIDES
from schemas.record.keyword_rules.removals.exceptions import EXCEPTIONS
from schemas.record.keyword_rules.removals.names import NAMES
from schemas.record.keyword_rules.removals.negations import NEGATIONS
from schemas.record.keyword_rules.removals.settings import SETTINGS
from schemas.record.keyword_rules.rule import Rule

__all__ = ["REMOVALS"]

REMOVALS: tuple[Rule, ...] = (
    *NAMES,
    *ASIDES,
    *NEGATIONS,
    *EXCEPTIONS,
    *SETTINGS,
)
"""What is blanked, in this order."""
