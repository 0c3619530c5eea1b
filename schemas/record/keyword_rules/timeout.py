"""The rules of `Flags.has_timeout`."""

from typing import Final

from schemas.record.keyword_rules.rule import NUMBER, OWNER, TIME_OUT, WORD, Rule

_STRUCK: Final = (
    r"exceeded|expired|elapsed|reached|passed|fired|occurred|triggered|hit"
    r"|(?:while )?(?:waiting|connecting|reading|writing|sending)"
)

TIMEOUT: tuple[Rule, ...] = (
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
        ("_timeout",),
        r"\b[a-z]{1,20}_timeout, [a-z_]{1,20}:"
        r"|(?:\b(?:because|reason|due to|error|by|with|got|cause|exceeded)(?: is| the"
        r"| its)?[:=]? ?[\"']?)"
        r"[a-z_]{1,60}_timeout\b"
        r"|\b[a-z]{1,20}(?:_[a-z]{1,20}){0,3}_timeout"
        r" (?:while|after|waiting|on|in|exceeded|expired|occurred|reached|hit|error)\b",
        "the name of a setting that did strike: closing because: query_wait_timeout",
    ),
    Rule(
        "deadline",
        ("deadline", "execution expired"),
        r"deadline[ _]?(?:of [^ \n]{1,20} )?(?:(?:is|was|has|been) ){0,2}(?:exceeded|expired"
        r"|elapsed)\b"
        r"|\bexceed(?:s|ed) (?:the |its )?deadline\b|\bexecution expired\b"
        r"|\bmissed (?:the |its )?deadline\b",
        "gRPC, Go and Ruby: context deadline exceeded, DEADLINE_EXCEEDED, execution expired",
    ),
    Rule(
        "time-limit",
        (
            "time limit",
            "timelimit",
            "execution time",
            "timer expired",
            "hold time",
            "holding time",
            "in time",
            *("duration", "maximum time", "max time", "allowed time", "runtime", "expired"),
            "overran",
        ),
        r"\b(?:maximum|max)(?: [a-z]{2,12}){0,2} duration(?: of [0-9][^ \n]{0,20})?"
        r"(?: (?:is|was|has|been)){0,2} (?:reached|exceeded|expired)\b"
        r"|\b(?:maximum|max) time(?: of [0-9][^ \n]{0,20})?"
        r"(?: (?:is|was|has|been)){0,2} (?:reached|exceeded|expired)\b"
        r"|\bexceed(?:s|ed|ing) (?:the |its |an? )?(?:maximum|max|allowed)"
        r" (?:time|duration|runtime)\b"
        r"|\blonger than the (?:maximum|max|allowed) (?:time|duration)\b"
        r"|\boverran (?:its|the) (?:slot|window|time|schedule)\b"
        r"|\b(?:lock|wait|call|request|query|transaction)(?: (?:to|of|for) [^ \n]{1,60})? "
        r"(?:has |was )?expired(?: (?:before|while|waiting)\b|[.!]?[ \t\r\n]*$)"
        r"|\b(?:exceed(?:s|ed|ing)?|reached|hit|over|past|beyond)(?: (?:the|its|a|an|max|maximum"
        r"|allowed|configured|hard|soft|cpu|wall)){0,4} (?:time limit|execution time)\b"
        r"|\b(?:ran|runs|running) into (?:its |the |an? )?time limit\b"
        r"|\bexceeded ?time ?limit\b|\bdue to time limit\b"
        r"|\b(?:time limit|execution time)(?: \(?of)?"
        r"(?: \(?[0-9]{1,9} ?[a-z]{0,12}\)?)?"
        r"(?: (?:is|was|has|been|of [0-9]{1,9} [a-z]{1,12})){0,3} (?:exceeded|expired|reached)\b"
        r"|\b(?:hold(?:ing)? time|(?:dead|hold|wait|retry)[ -]?timer) expired\b"
        r"|\b(?:did not|didn't|not|never) (?:finish(?:ed)?|completed?|respond(?:ed)?"
        r"|answer(?:ed)?|start(?:ed)?|stop(?:ped)?|arrived?) in time\b",
        "a limit of time by another name: time limit exceeded, maximum execution time",
    ),
    Rule(
        "took-too-long",
        (
            *(
                "for too long",
                "hung on",
            ),
            *(
                "exceed",
                "been waiting",
                "been blocked",
                "up waiting",
                "gpu hang",
                "harakiri",
            ),
            "took too long",
            "taking too long",
            "longer than",
            "passed since",
            "failed to",
            "tried for",
            *("gave up", "giving up"),
            "after waiting",
            *("killed after", "aborted after", "cancelled after", "canceled after"),
        ),
        r"\bfailed to(?: [^ \n]{1,60}){1,6} after (?:[0-9]{4,9} ?m(?:illi)?s(?:econds)?"
        r"|[0-9]{1,9} ?(?:s|secs?|seconds|m|min|minutes))\b"
        r"|\btried for [0-9]{1,9} ?(?:ms|s|secs?|seconds|m|min|minutes)\b"
        r"|\b(?:gave|giving) up(?: [^ \n]{1,60}){0,6} after (?:[0-9]{4,9} ?m(?:illi)?s(?:econds)?"
        r"|[0-9]{1,9} ?(?:s|secs?|seconds|m|min|minutes))\b"
        r"|\b(?:abort|cancell?|fail|kill|terminat|stopp|gave up|giving up|reject"
        r"|drop)[a-z]{0,4} after"
        r" waiting (?:for )?[0-9]"
        r"|\b(?:killed|aborted|cancell?ed) after (?:running |more than |only )?(?:for )?[0-9]{1,9}"
        r"(?:[.][0-9]{1,6})? ?(?:ms|s|secs?|seconds|m|min|minutes|h|hours)\b|\bfor too long\b"
        r"|\bhung on starting\b"
        r"|\bexceed(?:s|ed|ing) [0-9]{1,9}(?:[.][0-9]{1,6})? ?(?:ms|s|sec|seconds|minutes|min"
        r"|hours)\b"
        r"|\bbeen waiting (?:for )?[0-9]|\bfor longer than [0-9]|\bbeen blocked for [0-9]"
        r"|\b(?:gave|giving) up waiting\b|\bgpu hang\b|\bharakiri\b"
        r"|\b(?:took|taking) too long\b|\b(?:took|taking|takes|waited|ran) longer than\b"
        r"|\bms has passed since\b|\bfailed to exit within\b|\bblocked for longer than\b",
        "longer than allowed, in plain words",
    ),
    Rule(
        "no-answer",
        (
            *(
                "n't exit",
                "n't arriv",
                "n't terminat",
                "n't deliver",
            ),
            *(
                "not respond",
                "n't respond",
                "no response",
                "no reply",
                "no answer",
                "heard from",
                "not report",
            ),
            *("not report", "n't report", "not repli", "n't repli"),
            *("stopped responding", "not answer", "not reply", "not complet", "not finish"),
            *("not become", "n't become", "not start", "n't start", "not stop", "n't stop"),
            *("not appear", "n't appear", "not come", "n't come"),
            *("not return", "not arriv", "not receiv", "not exit", "not terminat", "not deliver"),
            *("n't answer", "n't reply", "n't complet", "n't finish", "n't return", "n't receiv"),
        ),
        r"\b(?:did|does|has)(?: not|n't) (?:answer|reply"
        r"|complete|finish"
        r"|return|arrive|receive|exit|terminate|deliver|become|start|stop|appear|come)(?:d|ed)?"
        r"(?: [^ \n]{1,60}){0,8} (?:within|after|in) (?:the |a )?(?:timely|time|[0-9])"
        r"|\b(?:is|are|was|were|has|have|had|does|did)(?: not|n't) respond(?:ed|ing)?\b"
        rf"|[a-z0-9\])'\"] not responding\b|\bstopped responding\b"
        rf"|\bno (?:response|reply|answer)(?: {WORD}){{0,6}} (?:within|after|for|since|in) \(?[0-9]"
        r"|\bno (?:response|reply|answer) from [^ \n]{1,80}(?: [^ \n]{1,40})? since\b"
        r"|\b(?:not|n't|nothing) heard from\b"
        r"|\b(?:has|have|had)(?: not|n't) (?:answered|replied|responded|reported) (?:for|since|in"
        r"|within)"
        r" [0-9]",
        "somebody who was waited for did not answer: server not responding, no response within 3 s",
    ),
    Rule(
        "heartbeat",
        ("heartbeat", "beacon", "keepalive", "keep-alive"),
        r"\bmiss(?:ed|ing)(?: [a-z0-9]{1,12}){0,2} (?:heartbeats?|keep-?alives?)\b"
        r"|\b(?:heartbeats?|keep-?alives?) (?:was |were |has been |have been )?"
        r"(?:missed|missing|lost)\b"
        r"|\blost (?:the |a )?(?:heartbeats?|keep-?alives?)\b"
        r"|\bno (?:heartbeats?|beacons?|keep-?alives?)(?: (?:received|seen|from))?\b",
        "signs of life that did not come",
    ),
    Rule(
        "lockup",
        ("lockup", "blocked for more", "stall", "hung_task", "hung task"),
        r"\b(?:soft|hard|workqueue) lockup\b|\bblocked for more than [0-9]{1,9} ?s"
        r"|\bhung[ _]task\b|\brcu[a-z_]{0,12}:? (?:info: )?(?:[a-z_]{1,20} )?(?:self-)?detected"
        r" (?:expedited )?stalls?\b",
        "a kernel's watchdog struck: lockup, hung task, RCU stall",
    ),
    Rule(
        "time-out-locale",
        ("berschreitung", "abgelaufen", "expiration du d", "tiempo de espera", "tempo esgotado"),
        r"\bzeit(?:\?|ue)berschreitung\b|\bwartezeit [a-z? ]{0,40}abgelaufen\b"
        r"|\bexpiration du d(?:\?|e)lai\b|\btiempo de espera [a-z? ]{0,30}(?:agotado|excedido)\b"
        r"|\btempo esgotado\b",
        "the system's own words in German, French, Spanish, Portuguese",
    ),
)
"""The rules of `Flags.has_timeout`."""
