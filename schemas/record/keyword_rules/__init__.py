r"""The rules that decide the keyword flags of a log message, as data.

The rules are data, so that other engines can apply the very same ones. What they mean:

1. ``text``: the beginning of the message, within ASCII (`schemas.record.text`).
2. ``cased``: ``text`` after each of `REMOVALS`, in order, had all its matches (case ignored)
   replaced by a space.
3. A flag is true iff a rule of it matches. A rule searches ``lower(cased)``; it searches ``cased``
   if it reads ``"cased"``, and ``lower(text)``, as it was before the removals, if it reads
   ``"whole"``.

``"whole"`` expresses "a time-out with a value is a setting, unless *exceeded* follows" without
look-ahead: the removal takes every such value away, and the exception is a rule of its own that
searches the text as it was before.

Patterns stay within what RE2 knows: no look-around, no back-references, no possessive or atomic
groups, no ``.``, ``\s`` or ``\w`` (engines differ on them), repetitions bounded below 1,000. ``$``
follows only what takes a last newline along. Triggers merely save time: a rule can match only
where a trigger of it stands in the lower-case text. A removal matches only where a trigger of
some flag stands, so a text without any of these keeps its flags down whatever it says.
"""

from schemas.record.keyword_rules.connection_error import CONNECTION_ERROR
from schemas.record.keyword_rules.exception import EXCEPTION
from schemas.record.keyword_rules.failure import FAILURE
from schemas.record.keyword_rules.removals import REMOVALS
from schemas.record.keyword_rules.rule import Rule
from schemas.record.keyword_rules.timeout import TIMEOUT

__all__ = [
    "CONNECTION_ERROR",
    "EXCEPTION",
    "FAILURE",
    "REMOVALS",
    "TIMEOUT",
    "Rule",
]
