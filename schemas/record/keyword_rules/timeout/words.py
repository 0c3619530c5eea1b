"""Time-outs by their name: the word, the verb, classes and codes."""

from typing import Final

from schemas.record.keyword_rules.rule import NUMBER, OWNER, TIME_OUT, Rule

_STRUCK: Final = (
    r"exceeded|expired|elapsed|reached|passed|fired|occurred|triggered|hit"
    r"|(?:while )?(?:waiting|connecting|reading|writing|sending)"
)

WORDS: tuple[Rule, ...] = (
    Rule(
        "time-out-overrun",
        ("timeout", "time-out"),
        rf"{TIME_OUT}(?: (?:of|value|period|limit))?[\"']? ?[=:]? ?[\"'(]{{0,2}}{NUMBER}[)\"']?,?"
        rf"(?: (?:is|was|has|have|had|been|already|just)){{0,3}} (?:{_STRUCK})\b"
        rf"|\bfail(?:ed|s|ure)? with(?: (?:{OWNER})){{0,3}} {TIME_OUT}\b",
        "a time-out with a value that did strike: timeout of 30 s exceeded",
        "whole",
    ),
    Rule(
        "time-out-status",
        ("timeout", "time-out"),
        rf"\b(?:gateway|request|upstream|origin|proxy|server|http) {TIME_OUT}[:,]? ?\(?"
        r"(?:error |code |status |http )?(?:408|504|522|524|598|599)\b"
        rf"|{TIME_OUT}: [0-9]{{1,9}} (?:of|attempts?|tries|retries|times|failures|failed|requests?"
        r"|clients?|bytes|records?|messages?|hosts?|nodes?|connections?|jobs?|tasks?|pending)\b",
        "a number that is no value of a setting: gateway timeout: 504, timeout: 3 of 5 probes",
        "whole",
    ),
    Rule("time-out", ("timeout", "time-out"), rf"\b{TIME_OUT}\b", "the word"),
    Rule(
        "timed-out",
        ("timed", "timing"),
        r"timed[ _-]?out(?:exception|error)?\b|\btiming[ -]out\b",
        "the verb, and what ends in it: ETIMEDOUT, RequestTimedOut",
    ),
    Rule(
        "to-time-out",
        ("time out",),
        r"\b(?:connect|connection|read|write|request|response|session|socket|wait|operation|query"
        r"|gateway|server|call|lock|login|handshake) time out\b|\(exit\) time out\b",
        "the noun in two words; alone they are too common",
    ),
    Rule(
        "time-out-class",
        ("timeoutexception", "timeouterror", "net::read", "net::open"),
        r"timeout(?:exception|error)s?\b|\bnet::(?:read|open)timeout\b",
        "names of classes: SocketTimeoutException, Net::ReadTimeout",
    ),
    Rule(
        "time-out-name",
        ("timeout",),
        r"\b[A-Z][A-Za-z0-9]{0,80}Timeout\b|\b[A-Z][A-Z0-9_]{0,80}_TIMEOUT\b",
        "names of classes and codes: ReadTimeout, GATEWAY_TIMEOUT; readTimeout is a setting",
        "cased",
    ),
    Rule(
        "time-out-as-reason",
        ("_timeout", "timeout_"),
        r"\bupstream_(?:response|request|per_try|idle)_timeout\b|\bconnect_timeout\[[0-9]"
        r"|\btimeout_waiting_for_[a-z]|\b[a-z]{1,20}_timeout, [a-z_]{1,20}:"
        r"|(?:\b(?:because|reason|due to|error|by|with|got|cause|exceeded)(?: is| the"
        r"| its)?[:=]? ?[\"']?)"
        r"[a-z_]{1,60}_timeout\b"
        r"|\b(?:down|closed|failed|error|stopped|exit|exited|lost|aborted|disconnected|rejected):"
        r" \{?[a-z]{1,20}(?:_[a-z]{1,20}){0,3}_timeout\b"
        r"|\{[a-z]{1,20}(?:_[a-z]{1,20}){0,3}_timeout,"
        r"|\b[a-z]{1,20}(?:_[a-z]{1,20}){0,3}_timeout"
        r" (?:while|after|waiting|on|in|exceeded|expired|occurred|reached|hit|error)\b",
        "the name of a setting that did strike: closing because: query_wait_timeout",
    ),
)
