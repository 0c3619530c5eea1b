"""Time-outs that are set, not reached."""

from typing import Final

from schemas.record.keyword_rules.rule import END, NUMBER, OWNER, TIME_OUT, Rule

_PERIOD: Final = (
    r"(?:[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:[.][0-9]{1,9})?"
    r"|(?:[0-9]{1,9}(?:[.][0-9]{1,9})?(?:ns|us|ms|s|m|h|d)){1,4}|p?t[0-9][0-9.hms]{0,20})"
)
"""A period as Go, ISO 8601 and .NET write it: 1m30s, PT2S, 00:00:30."""

SETTINGS: tuple[Rule, ...] = (
    Rule(
        "time-out-with-value",
        ("timeout", "time-out"),
        rf"{TIME_OUT}(?:[ _.-]?(?:in[ _-]?)?\(?(?:ms|millis(?:econds)?|secs?|seconds|minutes|value"
        rf"|interval|period|duration)\)?)?[\"']? ?(?:=|:|:=|=>|->) ?[\"'(]?"
        rf"(?:{_PERIOD}|{NUMBER}|none|null|off|unlimited|auto"
        rf"|false|default|infinite|never|disabled){END}",
        "a setting: timeout=30, connectTimeout: 5000ms",
    ),
    Rule(
        "time-out-of-value",
        ("timeout", "time-out"),
        r"\b(?:with|using|negotiated|requested|proposed|configured|default|current|maximum|max"
        r"|minimum"
        r"|min|total|overall|idle|session|keep-?alive|inactivity|poll)(?: [a-z]{1,20}){0,2}"
        rf" {TIME_OUT} (?:(?:of|is|was|value|to) ){{0,2}}\(?(?:{_PERIOD}|{NUMBER}){END}"
        rf"|{TIME_OUT} (?:is|was|value|value is) (?:now )?\(?{NUMBER}{END}"
        rf"|(?:--[a-z-]{{0,30}}|\b[a-z]{{2,20}}-){TIME_OUT}[ =](?:{_PERIOD}|{NUMBER}){END}"
        rf"|\b{TIME_OUT} (?:connect|client|server|queue|check|tunnel|http-request|http-keep-alive)"
        rf" {NUMBER}{END}|\b{TIME_OUT}(?:: ?[{{\[(]?| ?[{{]) ?[a-z_]{{1,20}} ?[=:] ?{NUMBER}{END}"
        rf"|\b(?:connect(?:ed|ing)?|waiting|trying|starting|polling|listening|fetching|calling"
        rf"|opening|running"
        rf"|sending)\b[^()\n]{{0,80}} \((?:[a-z]{{2,12}} )?{TIME_OUT}[ :=]{{1,2}}(?:{_PERIOD}"
        rf"|{NUMBER})\)"
        rf"|\b(?:default|configured) {TIME_OUT} for [a-z_ ]{{1,40}}(?::| is| =) ?{NUMBER}{END}"
        rf"|\b{TIME_OUT} {_PERIOD}, [a-z]{{2,20}} {TIME_OUT} {_PERIOD}{END}"
        rf"|\bwith an? {NUMBER} {TIME_OUT}\b"
        rf"|[\"'`]{TIME_OUT}[\"'`](?: option| setting| parameter| property)? (?:is|was|has|will"
        rf"|should|must|may|can)\b"
        rf"|\b{TIME_OUT}[ :=]{{1,2}}(?:{_PERIOD}|{NUMBER}), (?:interval|retries|attempts"
        rf"|unhealthy|healthy"
        r"|backoff|delay|period|threshold|rise|fall|keep-?alive|max|min)\b"
        rf"|next_upstream(?: [a-z_]{{1,20}}){{0,6}} {TIME_OUT}\b",
        "a setting in words: negotiated timeout 10000, with a timeout of 30 s",
    ),
    Rule(
        "time-out-being-set",
        ("timeout", "time-out"),
        r"\b(?:sets?|setting|chang(?:e|ed|ing)|increas(?:e|ed|ing)|reduc(?:e|ed|ing)"
        r"|extend(?:ed|ing)?|lower(?:ed|ing)?|adjust(?:ed|ing)?|updat(?:e|ed|ing)"
        r"|configur(?:e|ed|ing)|using|apply(?:ing)?|disabl(?:e|ed|ing)|enabl(?:e|ed|ing)"
        r"|overrid(?:e|ing))"
        rf"(?: (?:{OWNER})){{0,4}} {TIME_OUT}\b"
        rf"|\b{TIME_OUT} (?:(?:is|was|are|were|has|have|been) ){{0,2}}(?:set|configured|changed"
        r"|updated|increased|reduced|extended|adjusted|enabled|disabled|cleared|removed|restored"
        r"|cancell?ed"
        r"|armed|counters?|statistics|settings?|config(?:uration)?s?|policy"
        r"|policies|options?|parameters?|property|properties|handlers?|checker|monitor"
        r"|scheduler)\b"
        rf"|\b{TIME_OUT} \((?:in )?(?:s|ms|secs?|seconds|minutes|millis(?:econds)?)\)"
        rf"|\b[a-z_]{{2,30}}timeout {NUMBER}{END}|\({TIME_OUT} in {NUMBER}\)"
        rf"|\b{TIME_OUT} {{1,20}}[:=] {{0,9}}[0-9]{{1,9}}{END}|[.]timeout, ?[0-9]{{1,9}}{END}"
        rf"|\b{TIME_OUT} ?[{{]|\b{TIME_OUT} (?:0|short|long){END}"
        rf"|\b{TIME_OUT} listeners?\b",
        "a setting that is talked about: set the timeout, timeout policy",
    ),
)
