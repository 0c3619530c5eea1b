"""The rules of `Flags.has_timeout`, a module for each kind."""

from schemas.record.keyword_rules.rule import Rule
from schemas.record.keyword_rules.timeout.answers import ANSWERS
from schemas.record.keyword_rules.timeout.limits import LIMITS
from schemas.record.keyword_rules.timeout.overrun import OVERRUN
from schemas.record.keyword_rules.timeout.silence import SILENCE
from schemas.record.keyword_rules.timeout.words import WORDS

__all__ = ["TIMEOUT"]

TIMEOUT: tuple[Rule, ...] = (*WORDS, *LIMITS, *ANSWERS, *SILENCE, *OVERRUN)
"""The rules, in the order in which they are tried."""
