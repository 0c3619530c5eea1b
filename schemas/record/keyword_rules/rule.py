"""The type of a rule, and the words that several rules share."""

from typing import Final, Literal

import msgspec


class Rule(msgspec.Struct, frozen=True):
    """A pattern and why it is there.

    Attributes:
        name: Unique among all rules.
        triggers: Lower-case substrings; every text that matches holds at least one.
        pattern: The regular expression, in lower case unless it reads ``"cased"``.
        reason: What the rule is for, in half a sentence.
        reads: The text it searches: see the package's docstring. Removals read ``"lower"``.
    """

    name: str
    triggers: tuple[str, ...]
    pattern: str
    reason: str
    reads: Literal["lower", "cased", "whole"] = "lower"


TIME_OUT: Final = "time-?outs?"
NUMBER: Final = (
    r"-?[0-9]{1,12}(?:[.][0-9]{1,9})?"
    r"(?: ?(?:ns|us|ms|msecs?|millis(?:econds?)?|s|secs?|seconds?|m|mins?|minutes?|h|hours?))?"
)
KIND: Final = (
    "any|some|such|more|further|other|new|known|single|fatal|critical|serious|unexpected|uncaught"
    "|unhandled|runtime|kernel|connection|connect|network|socket|read|write|request"
)
OWNER: Final = (
    "the|an?|its|our|new|old|default|global|custom|initial|maximum|max|minimum|min|idle|read|write"
    "|connect|connection|socket|session|request|response|client|server|query|lock|transaction"
)
PERIOD: Final = (
    r"[0-9]{1,9}(?:[.][0-9]{1,6})?[\])]? ?"
    r"(?:ms|msecs?|milliseconds|s|secs?|seconds|m|mins?|minutes|h|hours)"
)
"""A stretch of time in a sentence, with its unit: 30 s, 5000ms, 2 minutes."""
CANNOT: Final = (
    r"\b(?:fail(?:ed|s|ing|ure)?|unable|cannot|can not|can't|could not|couldn't|unsuccessful)"
)
PEER: Final = (
    "(?:host|network|net|node|broker|server|service|endpoint|destination|peer|address|port|cluster"
    "|leader|master|controller|gateway|database|db|upstream|backend|replica|instance|member|target"
    "|remote|site|router|proxy|coordinator|neighbou?r|agent|inetaddress|registry)s?"
)
LOST: Final = "refused|reset|failed|lost|aborted|broken|dropped|severed"
STEM: Final = (
    "(?:exception|error|time-?out|fail|connect|abort|crash|denied|forbidden|refused|rejected|panic"
    "|critical|fatal|severe|killed|corrupt|socket|unreachable|invalid|stack[ -]?trace)"
)
"""What all words of the rules begin with: in the name of something it is no event."""
WORD: Final = r"[^ \n]{1,60}"
SIDE: Final = (
    "(?:upstream|server|peer|broker|backend|database"
    "|remote(?: (?:host|end|side|peer|server|party))?|other (?:end|side)|far end|foreign host)"
)
UNANSWERED: Final = (
    r"\bno (?:response|reply|answer) from [^\n]{1,80} after [0-9]{1,6} "
    r"(?:attempts|retries|tries|pings|probes)\b|\bno ack(?:nowledge?ment)?s? (?:received )?from\b"
)
"""Nobody answered, and was asked more than once: a time-out, and a peer that is gone."""
END: Final = r"[)\"']?[.:,]?(?:[^a-z0-9_.:]|$)"
"""What may stand behind a value: the end of a word and of a sentence, no further digit."""
