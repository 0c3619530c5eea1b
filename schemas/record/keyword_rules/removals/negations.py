"""What did not happen: negations, counts of none, fields without a value."""

from schemas.record.keyword_rules.rule import END, KIND, LOST, TIME_OUT, Rule

NEGATIONS: tuple[Rule, ...] = (
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
        r"(?: (?:yet|ever|been|be|have)){0,2} tim(?:e|ed|ing)[ -]?out\b"
        r"|\b(?:finished|completed?|done|arrived|succeeded|answered|responded|stopped|ended"
        r"|returned"
        r"|connected|started|ready|recovered)(?: [a-z]{1,12}){0,2} (?:before|within"
        r"|inside) (?:the |its )"
        rf"(?:[a-z-]{{2,15}} ){{0,2}}{TIME_OUT}\b"
        rf"|\b{TIME_OUT} (?:is|was|were|has|have)(?: been)? (?:not|never)\b",
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
        "zero-value",
        ("=0", "= 0", ":0", ": 0", '"0', "'0"),
        # Flat, so that an engine looks for first letters only: most texts with a trigger are times.
        r"(?:errors|exceptions|time-?outs|timed[ _-]out|panics|error[ _-]?(?:count|total|rate)"
        r"|exception[ _-]?(?:count|total|rate)|time-?out[ _-]?(?:count|total|rate)"
        r"|panic[ _-]?(?:count|total|rate)"
        r"|connect(?:ion)?s?[ _-]?(?:failures|failed|refused|lost|dropped|aborted|resets?)"
        r"|failed[ _-]?connections?(?: attempts)?|refused[ _-]?connections?(?: attempts)?"
        r"|lost[ _-]?connections?(?: attempts)?|dropped[ _-]?connections?(?: attempts)?"
        r"|aborted[ _-]?connections?(?: attempts)?|broken[ _-]?connections?(?: attempts)?)"
        r"[\"']? ?[=:] ?[\"']?0\b|(?:error|exception|time-?out|panic) ?= ?0\b",
        "a count of none: errors=0, timeouts: 0",
    ),
    Rule(
        "zero",
        (
            *("0 jobs", "0 tasks", "0 requests", "0 queries", "0 calls", "0 tests", "0 checks"),
            *("zero ", "0 err", "0 exc", "0 time", "0 pan", "error rate"),
            *(f"0 {kind} " for kind in KIND.split("|")),
        ),
        r"\b(?:0|zero) (?:jobs|tasks|requests|queries|calls|tests|checks)(?: have)? timed[ -]?out\b"
        rf"|\b(?:0|zero) (?:(?:{KIND}) ){{0,3}}(?:errors|exceptions|time-?outs|panics)\b"
        r"|\berror rate(?: ?[:=]| is| of| at)? ?0(?:[.]0{1,9})? ?%",
        "a count of none in words: zero exceptions, 0 tests timed out",
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
        rf"|null|false){END}|\b(?:failed|failures|aborted|rejected|crashed|crashes) 0{END}",
        "what did not happen, or a count of none: 0 failed, failures=0, without failures",
    ),
    Rule(
        "panic-setting",
        ("panic",),
        r"panic ?= ?-?[0-9]{1,9}|\boops=panic\b",
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
        "no-longer-lost",
        (
            "unreachable",
            "no longer ",
            "any more",
            "anymore",
            "any longer",
        ),
        r"\bno longer (?:unreachable|down|offline|dead|disconnected)\b"
        r"|\b(?:not|isn't) (?:unreachable|offline|disconnected) (?:any ?more|any longer)\b"
        r"|\bno (?:host|peer|node|server|broker)s?(?: is| was| are| were)? unreachable\b",
        "a peer that is back: host h7 is no longer unreachable",
    ),
    Rule(
        "none-unhandled",
        ("unhandled", "uncaught"),
        r"\b(?:unhandled|uncaught)(?: [a-z]{2,20}){1,2} ?[:=] ?(?:0|none)\b",
        "a count of none: unhandled rejections: 0",
    ),
)
