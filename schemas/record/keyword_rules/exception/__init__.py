"""The rules of `Flags.has_exception`, a module for each kind."""

from schemas.record.keyword_rules.exception.crashes import CRASHES
from schemas.record.keyword_rules.exception.names import NAMES
from schemas.record.keyword_rules.exception.traces import TRACES
from schemas.record.keyword_rules.rule import Rule

__all__ = ["EXCEPTION"]

EXCEPTION: tuple[Rule, ...] = (*NAMES, *TRACES, *CRASHES)
"""The rules, in the order in which they are tried."""
