"""What is blanked before the flags are looked for."""

from typing import Final

from schemas.record.keyword_rules.rule import KIND, LOST, NUMBER, OWNER, TIME_OUT, Rule

_END: Final = r"[)\"']?[.:,]?(?:[^a-z0-9_.:]|$)"
_PERIOD: Final = (
    r"(?:(?:[0-9]{1,9}(?:[.][0-9]{1,9})?(?:ns|us|ms|s|m|h|d)){1,4}|p?t[0-9][0-9.hms]{0,20})"
)
"""A period as Go and ISO 8601 write it: 1m30s, PT2S."""

_WORDS: Final = f"(?:exceptions?|errors?|{TIME_OUT}|failures?|failed|rejected|refused)"
"""What a column of a table may be called."""

_STEM: Final = (
    "(?:exception|error|time-?out|fail|connect|abort|crash|denied|forbidden|refused|rejected|panic"
    "|critical|fatal|severe|killed|corrupt|socket|unreachable|invalid|stack[ -]?trace)"
)
_SUFFIX: Final = (
    "(?:py|java|kt|scala|jsx?|tsx?|html?|css|csv|tsv|log|go|rb|php|cs|rs|cc?|cpp|hp?p?|json|xml|ya?ml|conf"
    "|cfg|ini|txt|class|md|svg|png|gz)"
)
_LISTING: Final = (
    "load|scann|register|mapp|compil|import|instrument|transform|index|deserializ|prepar|verify"
)

REMOVALS: tuple[Rule, ...] = (
    Rule(
        "option-name",
        ("--",),
        rf"(?:^|[ \t\r\n(\[|,'\"`])--[a-z0-9-]{{0,40}}{_STEM}[a-z0-9-]{{0,40}}"
        r"(?:[ =](?:<[^ >\n]{1,40}>"
        r"|[a-z]{1,20}[)\]]|(?:duration|int|string|seconds|secs|ms|n)\b))?",
        "the name of an option in a command or its help: --connect-timeout SECONDS",
    ),
    Rule(
        "metric",
        ("# help ", "# type ", "# unit ", "_total", "_count", "_bucket", "_sum"),
        rf"(?:^|\n)[ \t\r]{{0,9}}# (?:help|type|unit) [^\n]{{0,200}}{_STEM}[^\n]{{0,200}}"
        rf"|\b[a-z0-9_:]{{0,80}}{_STEM}[a-z0-9_]{{0,60}}_(?:total|count|bucket|sum)\b",
        "the name of a metric and what is said of it: http_request_timeouts_total",
    ),
    Rule(
        "web-address",
        ("http://", "https://"),
        rf"\bhttps?://[^ \n]{{0,200}}{_STEM}[^ \n]{{0,200}}",
        "an address that is pointed to: see https://example.com/docs/connection-refused",
    ),
    Rule(
        "passed-test",
        ("pass", "ok ", " ok", ":ok", ".ok", "skipped"),
        rf"\btest[a-z]{{0,6}}[_./:-][a-z0-9_./:\[\]-]{{0,100}}{_STEM}[a-z0-9_./:\[\]-]{{0,100}}"
        r"[ .:]{1,60}(?:passed|pass|ok|skipped)\b"
        r"|(?:^|\n)[ \t\r]{0,9}(?:ok [0-9]{1,9} - |--- pass: )"
        rf"[^\n]{{0,150}}{_STEM}[^\n]{{0,150}}",
        "the name of a test that passed: test_connection_refused PASSED",
    ),
    Rule(
        "retry-list",
        ("retry", "retri"),
        r"\bretry(?:able)?[ ._-]?(?:on|errors|codes|conditions|exceptions)[\"']? ?[=:] ?"
        rf"(?:\[[^\]\n]{{0,150}}{_STEM}[^\]\n]{{0,150}}\]|[^ \n]{{0,150}}{_STEM}[^ \n]{{0,150}})",
        "a list of what is tried again: retry_on: connect-failure,timeout",
    ),
    Rule(
        "switched",
        ("enabled", "disabled"),
        rf"\b(?:[a-z-]{{2,30}} ){{0,3}}[a-z-]{{0,20}}{_STEM}[a-z-]{{0,20}}"
        r" (?:[a-z-]{2,30} ){0,3}"
        r"(?:alerts?|alerting|detection|monitoring|checks?|checking|handling|reporting|retry"
        r"|retries"
        r"|notifications?|logging|tracking|tracing|protection|injection|recovery|simulation)"
        r" (?:is |are |was |were )?(?:now |currently )?(?:enabled|disabled)\b",
        "what is switched on or off: connection error reporting is enabled",
    ),
    Rule(
        "address",
        ("get /", "post /", "put /", "patch /", "delete /", "head /", "options /"),
        rf"\b(?:get|post|put|patch|delete|head|options) /[^ \n]{{0,300}}{_STEM}[^ \n]{{0,300}}",
        "the path of a request: GET /docs/exceptions.html",
    ),
    Rule(
        "file-name",
        (
            *(
                "exception.",
                "exceptions.",
                "error.",
                "errors.",
                "timeout.",
                "timeouts.",
                "time-out.",
            ),
            *("time-outs.", "failure.", "failures.", "error_log"),
        ),
        rf"\b[a-z0-9_.-]{{0,60}}(?:exceptions?|errors?|{TIME_OUT}|failures?)[.]{_SUFFIX}\b"
        r"|\berror_log /[^ \n]{1,200}",
        "the name of a file: exceptions.py compiled, error.log",
    ),
    Rule(
        "table-heading",
        (
            *(
                f"{mark}{word}"
                for mark in ("  ", "\t", "| ", "|", ",")
                for word in (
                    "exception",
                    "error",
                    "timeout",
                    "time-out",
                    "fail",
                    "reject",
                    "refused",
                )
            ),
            *(
                f"{word}{gap}"
                for word in ("exception", "error", "timeout", "time-out", "failure")
                for plural in ("", "s")
                for gap in (f"{plural}  ", f"{plural}	")
            ),
            *(
                f"{word}{gap}"
                for word in ("failed", "rejected", "refused")
                for gap in ("  ", "	")
            ),
        ),
        rf"(?:^|\n)[ \t]{{0,9}}[|](?: {{0,20}}[a-z][a-z _/%().-]{{0,30}}["
        rf"|]){{0,20}} {{0,20}}{_WORDS}"
        r" {0,20}[|](?: {0,20}[a-z][a-z _/%().-]{0,30}[|]?){1,20}"
        rf"|\b(?:[a-z_%/-]{{2,30}}(?: {{2,40}}|\t)){{2,20}}{_WORDS}\b"
        rf"|\b[a-z_%/-]{{2,30}}(?: {{2,40}}|\t){_WORDS}(?: {{2,40}}|\t)[a-z_%/-]{{2,30}}\b"
        rf"|\b(?:[a-z_]{{1,30}},){{1,30}}{_WORDS}(?:,[a-z_]{{1,30}}){{1,30}}"
        rf"|(?:^|\n) {{0,9}}{_WORDS}(?:(?: {{2,40}}"
        rf"|\t)[a-z_%/-]{{2,30}}(?: [a-z]{{2,20}})?){{2,20}}[ \t]{{0,40}}(?:$|\n)",
        "the headings of a table, in bars, columns or commas: | NAME | TIMEOUT | STATE |",
    ),
    Rule(
        "listed-class",
        (
            *("loading ", "loaded ", "scann", "regist", "mapping ", "mapped ", "compil", "import"),
            *("instrument", "transform", "index", "deserializ", "prepar", "verify", "verified"),
            *("class ", " source: "),
        ),
        rf"\b(?:{_LISTING})(?:ed|ing)(?: (?:the|class|classes|type|types|bean|exception|mapping"
        r"|handler|for|of)){0,3} (?:[a-z0-9_$]{1,60}[.]){1,12}[a-z0-9_$]{0,80}"
        r"(?:exception|error|throwable)s?\b"
        r"|\bclass (?:[a-z0-9_$]{1,60}[.]){0,12}[a-z0-9_$]{0,80}(?:exception|error)s? (?:was |is )?"
        r"(?:registered|loaded|found|compiled|mapped|scanned|imported)\b"
        r"|\b(?:[a-z0-9_$]{1,60}[.]){1,12}[a-z0-9_$]{0,80}(?:exception|error) source: ",
        "a class that is listed, not thrown: Loading class com.acme.TimeoutException",
    ),
    Rule(
        "corrected",
        ("corrected", "repaired"),
        r"\berrors?(?:\(s\))?(?: \([^()\n]{0,60}\))?(?: (?:was|were|have|has|been|detected|found"
        r"|and)){0,5} (?:corrected|repaired)\b|\bcorrected errors?\b",
        "errors that memory put right by itself: 12 error(s) detected and corrected",
    ),
    Rule(
        "failure-as-adjective",
        ("error", "critical", "fail"),
        r"\berrors?[ ._-](?:handlers?|handling|pages?|logs?|reporting|reporters?|policy|policies"
        r"|budgets?|thresholds?|middleware|boundary|reports?|templates?|codes?:? ?=? ?0\b"
        r"|channel|queue|stream|level)\b"
        r"|\bcritical[ _-](?:input|sections?|paths?)(?: interrupts?)?\b|\bfail[ _-]?safe\b"
        r"|\b(?:on|if|until|per)[ _-](?:errors?|failures?)\b(?:[^:]|$)|\bfailure ?threshold\b",
        "the noun of something else: error handler, critical input interrupt, on error",
    ),
    Rule(
        "one-of-two-causes",
        ("or the server is not",),
        r"\bor the server is not responding\b",
        "a guess that always comes along: ... elapsed or the server is not responding",
    ),
    Rule(
        "log-in-mistake",
        ("login", "log-in"),
        r"\blog-?in [^ \n]{1,200} failed: no such file or directory",
        "a user whose home is not there: LOGIN chdir(/home/a) failed: No such file or directory",
    ),
    Rule(
        "negated",
        ("error", "exception", "timeout", "time-out", "panic", "traceback", "stack"),
        rf"(?:\b(?:no|not|never|without)|n't)(?:[ _-](?:{KIND}|an?|the|been|be|have|yet|ever"
        r"|throw|thrown|throwing|raise|raised|raising|caused?|causing|report|reported|see|seen"
        rf"|contain)){{0,4}}[ _-]?(?:errors?|exceptions?|{TIME_OUT}|panics?|tracebacks?"
        r"|stack ?traces?)\b",
        "what did not happen: no errors, without any exception, NoError",
    ),
    Rule(
        "negated-time-out",
        ("time out", "time-out", "timeout", "timed", "timing"),
        r"(?:\b(?:not|never|without|no longer|will|may|might|would|could|can)|n't)"
        r"(?: (?:yet|ever|been|be|have)){0,2} tim(?:e|ed|ing)[ -]?out\b",
        "what did not happen, or has not yet: has not timed out, may time out",
    ),
    Rule(
        "negated-connection-error",
        ("connect", "socket"),
        rf"(?:\b(?:no|not|never|without)|n't)(?: (?:{KIND}|an?|the|been|yet|ever)){{0,3}}"
        rf" (?:(?:connection|connect|socket) (?:failures?|problems?|issues?|loss(?:es)?|resets?)"
        rf"|(?:{LOST}|fail|lose)(?: (?:to|an?|the|its|any)){{0,2}} (?:re)?connect(?:ions?)?)\b",
        "what did not happen: without connection loss, no lost connections",
    ),
    Rule(
        "zero",
        (
            *("=0", "= 0", ":0", ": 0", '"0', "'0", "zero ", "0 err", "0 exc", "0 time", "0 pan"),
            *(f"0 {kind} " for kind in KIND.split("|")),
            "error rate",
        ),
        rf"\b(?:0|zero) (?:(?:{KIND}) ){{0,3}}(?:errors|exceptions|time-?outs|panics)\b"
        r"|\berror rate(?: ?[:=]| is| of| at)? ?0(?:[.]0{1,9})? ?%"
        r"|(?:(?:errors|exceptions|time-?outs|timed[ _-]out|panics)"
        r"|(?:error|exception|time-?out|panic)[ _-]?(?:count|total|rate)"
        r"|connect(?:ion)?s?[ _-]?(?:failures|failed|refused|lost|dropped|aborted|resets?)"
        r"|(?:failed|refused|lost|dropped|aborted|broken)[ _-]?connections?(?: attempts)?"
        r")[\"']? ?[=:] ?[\"']?0\b"
        r"|\b(?:error|exception|time-?out|panic) ?= ?0\b",
        "a count of none: errors=0, timeouts: 0, zero exceptions",
    ),
    Rule(
        "zero-failures",
        ("fail", "abort", "reject", "crash", "refused", "denied", "killed"),
        r"(?:\b(?:no|not|never|without|zero)|n't)(?: (?:an?|any|single|new|more|been|yet|ever))"
        r"{0,2} (?:fail(?:ed|ing|ures?)?|aborted|rejected|crash(?:ed|es)?)\b"
        r"|\b0 (?:failures|crashes)\b|\b0 ?(?:of|/) ?[0-9]{1,9}(?: [a-z]{1,20}){0,2} (?:failed"
        r"|aborted|rejected|crashed)\b"
        r"|(?:^|[,;(\[|\t\r\n]|[:=] |\band) {0,9}0 (?:failed|aborted|rejected|crashed"
        r"|refused|denied|killed)\b"
        r"|\b(?:fail(?:ed|s|ures?)?|aborted|rejected|refused|denied|killed|crash(?:ed|es))[\"']?"
        r" ?[=:] ?[\"']?(?:0|none"
        rf"|null|false){_END}|\b(?:failed|failures|aborted|rejected|crashed|crashes) 0{_END}",
        "what did not happen, or a count of none: 0 failed, failures=0, without failures",
    ),
    Rule(
        "panic-setting",
        ("panic",),
        r"panic ?= ?-?[0-9]{1,9}",
        "a kernel's parameter: panic=10",
    ),
    Rule(
        "empty",
        ("null", "none", "nil", "false", "undefined", "n/a", "[]", "{}"),
        r"(?:exceptions?|errors?|traceback|stack_?trace|timed[ _-]?out)(?: ?= ?|[\"'] ?: ?)[\"']?"
        r"(?:null|none|nil|false|undefined|n/a|\[\]|\{\})"
        r"|(?:^|[,;(|{\[ \t\r\n])(?:exceptions?|errors?|timed[ -]?out): ?(?:none|n/a|false"
        r"|\[\]|\{\})"
        r"(?:[^a-z0-9_ ]| (?:[^a-z]|$)|$)",
        'a field without a value: exception=null, "timedOut": false, Exception: none',
    ),
    Rule(
        "exception-as-adjective",
        ("exception", "error", "throws", "catch"),
        r"\bcatch ?\([a-z0-9_.]{0,60}(?:exception|error)s? [a-z]{1,20}\)"
        r"|\bthrows (?:an? )?[a-z0-9_.]{0,60}(?:exception|error) (?:\{"
        r"|(?:if|when|in case|unless) [^.\n]{0,100})"
        r"|\bexceptions will be\b"
        r"|\b(?:firewall|proxy|security|antivirus|policy|calendar|schedule|tax) exceptions?\b"
        r"|\b(?:log|show|throw|report|catch|ignore)?[ _-]?(?:exceptions?"
        r"|errors?)(?:[ _-][a-z]{1,20}){0,2} ?[=:] ?"
        r"[\"']?(?:true|on|off|enabled|disabled|strict|log|full|short)[\"']?(?:[,;)}]|[ \t\r\n]*$)"
        r"|\bexceptions?[ _-](?:syndrome|registers?|handlers?|modes?|support|vectors?|tables?"
        r"|levels?|masks?|lists?|filters?|mappers?|resolvers?|translators?|translation|enabled?"
        r"|disabled?|emask|polic(?:y|ies)|classes|hierarchy"
        r"|handling (?:is |was )?(?:enabled|disabled"
        r"|configured))\b|\bwith (?:the )?exception of\b",
        "the noun of something else: exception handler, exception syndrome register",
    ),
    Rule(
        "register-dump",
        ("...",),
        rf"\b(?:exceptions?|{TIME_OUT})[a-z ]{{0,40}}(?:[.]{{3,200}}|[.]{{4,200}} )(?:0x)?[0-9]",
        "dotted dumps of registers: imprecise exception......0",
    ),
    Rule(
        "count-of-exceptions",
        ("exception",),
        r"^[ \t\r\n]*[0-9]{1,12}(?: [a-z0-9/_-]{1,30}){0,6} exceptions[ .\t\r\n]*$"
        r"|\b[0-9]{1,12}(?: [a-z0-9/_-]{1,30}){0,4} alignment exceptions\b",
        "a statistic: 12 alignment exceptions",
    ),
    Rule(
        "time-out-with-value",
        ("timeout", "time-out"),
        rf"{TIME_OUT}(?:[ _.-]?(?:in[ _-]?)?\(?(?:ms|millis(?:econds)?|secs?|seconds|minutes|value"
        rf"|interval|period|duration)\)?)?[\"']? ?(?:=|:|:=|=>|->) ?[\"'(]?"
        rf"(?:{_PERIOD}|{NUMBER}|none|null|off|unlimited|auto"
        rf"|false|default|infinite|never|disabled){_END}",
        "a setting: timeout=30, connectTimeout: 5000ms",
    ),
    Rule(
        "time-out-of-value",
        ("timeout", "time-out"),
        r"\b(?:with|using|negotiated|requested|proposed|configured|default|current|maximum|max"
        r"|minimum"
        r"|min|total|overall|idle|session|keep-?alive|inactivity|poll)(?: [a-z]{1,20}){0,2}"
        rf" {TIME_OUT} (?:(?:of|is|was|value|to) ){{0,2}}\(?(?:{_PERIOD}|{NUMBER}){_END}"
        rf"|{TIME_OUT} (?:is|was|value|value is) (?:now )?\(?{NUMBER}{_END}"
        rf"|(?:--[a-z-]{{0,30}}|\b[a-z]{{2,20}}-){TIME_OUT}[ =](?:{_PERIOD}|{NUMBER}){_END}"
        rf"|\b{TIME_OUT} (?:connect|client|server|queue|check|tunnel|http-request|http-keep-alive)"
        rf" {NUMBER}{_END}|\b{TIME_OUT}: ?[{{\[(]? ?[a-z_]{{1,20}} ?[=:] ?{NUMBER}{_END}"
        rf"|\b(?:default|configured) {TIME_OUT} for [a-z_ ]{{1,40}}(?::| is| =) ?{NUMBER}{_END}"
        rf"|\b{TIME_OUT} {_PERIOD}, [a-z]{{2,20}} {TIME_OUT} {_PERIOD}{_END}"
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
        r"|scheduler)\b",
        "a setting that is talked about: set the timeout, timeout policy",
    ),
)
"""What is blanked before the flags are looked for, in this order."""
