"""The rules of `Flags.has_connection_error`, a module for each kind."""

from schemas.record.keyword_rules.connection_error.attempts import ATTEMPTS
from schemas.record.keyword_rules.connection_error.connection import CONNECTION
from schemas.record.keyword_rules.connection_error.languages import LANGUAGES
from schemas.record.keyword_rules.connection_error.names import NAMES
from schemas.record.keyword_rules.connection_error.other_side import OTHER_SIDE
from schemas.record.keyword_rules.connection_error.peers import PEERS
from schemas.record.keyword_rules.connection_error.states import STATES
from schemas.record.keyword_rules.connection_error.transport import TRANSPORT
from schemas.record.keyword_rules.rule import Rule

__all__ = ["CONNECTION_ERROR"]

CONNECTION_ERROR: tuple[Rule, ...] = (
    *CONNECTION,
    *OTHER_SIDE,
    *ATTEMPTS,
    *PEERS,
    *STATES,
    *TRANSPORT,
    *NAMES,
    *LANGUAGES,
)
"""The rules, in the order in which they are tried."""
