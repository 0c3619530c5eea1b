r"""The rules that decide the keyword flags of a log message, as data.

The rules are data, so that other engines can apply the very same ones. What they mean:

1. ``text``: the first `LIMIT` characters (code points) of the message, each match of
   `NON_ASCII` replaced by ``?``, so that case and ``\b`` mean the same in every engine.
2. ``cased``: ``text`` after each of `REMOVALS`, in order, had all its matches (case ignored)
   replaced by one space.
3. A flag is true iff one of its rules is found. A rule looks at ``lower(cased)``; at ``cased``
   if it reads ``"cased"``; at ``lower(text)``, as it was before the removals, if it reads
   ``"whole"``.

``"whole"`` is how "a time-out with a value is a setting, unless *exceeded* follows" is said
without look-ahead: the removal takes every such value away, and the exception to it is a rule of
its own that has looked first.

Patterns stay within what RE2 knows: no look-around, no back-references, no possessive or atomic
groups, no ``.``, ``\s`` or ``\w`` (engines differ on them), repetitions bounded below 1,000. ``$``
follows only what takes a last newline along. Triggers merely save time: a rule can match only
where one of its triggers stands in the lower-case text. A removal matches only where a trigger of
some flag stands, so a text without any of these keeps its flags down whatever it says.
"""

from typing import Literal

import msgspec

__all__ = [
    "CONNECTION_ERROR",
    "EXCEPTION",
    "FAILURE",
    "LIMIT",
    "NON_ASCII",
    "REMOVALS",
    "TIMEOUT",
    "Rule",
]

LIMIT = 2_000
"""How many characters of a message are looked at: errors show early, and work stays bounded."""

NON_ASCII = r"[^\x00-\x7F]"
"""What becomes a question mark: no rule asks for either."""


class Rule(msgspec.Struct, frozen=True):
    """One pattern and why it is there.

    Attributes:
        name: Unique among all rules.
        triggers: Lower-case substrings, one of which stands in every text that matches.
        pattern: The regular expression, in lower case unless it reads ``"cased"``.
        reason: What the rule is for, in half a sentence.
        reads: The text it looks at: see the module's docstring. Removals read ``"lower"``.
    """

    name: str
    triggers: tuple[str, ...]
    pattern: str
    reason: str
    reads: Literal["lower", "cased", "whole"] = "lower"


_TIMEOUT = "time-?outs?"
_NUMBER = (
    r"-?[0-9]{1,12}(?:[.][0-9]{1,9})?"
    r"(?: ?(?:ns|us|ms|msecs?|millis(?:econds?)?|s|secs?|seconds?|m|mins?|minutes?|h|hours?))?"
)
_END = r"[)\"']?[.:,]?(?:[^a-z0-9_.:]|$)"
_KIND = (
    "any|some|such|more|further|other|new|known|single|fatal|critical|serious|unexpected|uncaught"
    "|unhandled|runtime|kernel|connection|connect|network|socket|read|write|request"
)
_OWNER = (
    "the|an?|its|our|new|old|default|global|custom|initial|maximum|max|minimum|min|idle|read|write"
    "|connect|connection|socket|session|request|response|client|server|query|lock|transaction"
)
_CANNOT = r"\b(?:fail(?:ed|s|ing|ure)?|unable|cannot|can not|can't|could not|couldn't|unsuccessful)"
_PEER = (
    "(?:host|network|net|node|broker|server|service|endpoint|destination|peer|address|port|cluster"
    "|leader|master|controller|gateway|database|db|upstream|backend|replica|instance|member|target"
    "|remote|site|router|proxy)s?"
)
_LOST = "refused|reset|failed|lost|aborted|broken|dropped|severed"

REMOVALS: tuple[Rule, ...] = (
    Rule(
        "negated",
        ("error", "exception", "timeout", "time-out", "panic", "traceback", "stack"),
        rf"(?:\b(?:no|not|never|without)|n't)(?:[ _-](?:{_KIND}|an?|the|been|be|have|yet|ever"
        r"|throw|thrown|throwing|raise|raised|raising|caused?|causing|report|reported|see|seen"
        rf"|contain)){{0,4}}[ _-]?(?:errors?|exceptions?|{_TIMEOUT}|panics?|tracebacks?"
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
        rf"(?:\b(?:no|not|never|without)|n't)(?: (?:{_KIND}|an?|the|been|yet|ever)){{0,3}}"
        rf" (?:(?:connection|connect|socket) (?:failures?|problems?|issues?|loss(?:es)?|resets?)"
        rf"|(?:{_LOST}|fail|lose)(?: (?:to|an?|the|its|any)){{0,2}} (?:re)?connect(?:ions?)?)\b",
        "what did not happen: without connection loss, no lost connections",
    ),
    Rule(
        "zero",
        ("0", "zero"),
        rf"\b(?:0|zero) (?:(?:{_KIND}) ){{0,3}}(?:errors|exceptions|time-?outs|panics)\b"
        r"|(?:(?:errors|exceptions|time-?outs|panics)"
        r"|(?:error|exception|time-?out|panic)[ _-]?(?:count|total|rate)"
        r"|connect(?:ion)?s?[ _-]?(?:failures|failed|refused|lost|dropped|aborted|resets?)"
        r"|(?:failed|refused|lost|dropped|aborted|broken)[ _-]?connections?(?: attempts)?"
        r")[\"']? ?[=:] ?[\"']?0\b"
        r"|\b(?:error|exception|time-?out|panic) ?= ?0\b",
        "a count of none: errors=0, timeouts: 0, zero exceptions",
    ),
    Rule(
        "zero-failures",
        ("fail", "abort", "reject", "crash"),
        r"(?:\b(?:no|not|never|without|zero)|n't)(?: (?:an?|any|single|new|more|been|yet|ever))"
        r"{0,2} (?:fail(?:ed|ing|ures?)?|aborted|rejected|crash(?:ed|es)?)\b"
        r"|\b0 (?:failures|crashes)\b"
        r"|(?:^|[,;(\[|\t\r\n]|[:=] |\band) {0,9}0 (?:failed|aborted|rejected|crashed)\b"
        r"|\b(?:fail(?:ed|s|ures?)?|aborted|rejected|crash(?:ed|es))[\"']? ?[=:] ?[\"']?(?:0|none"
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
        r"(?:null|none|nil|false|undefined|n/a|\[\]|\{\})",
        'a field without a value: exception=null, "timedOut": false',
    ),
    Rule(
        "exception-as-adjective",
        ("exception",),
        r"\bexceptions?[ _-](?:syndrome|registers?|handlers?|modes?|support|vectors?|tables?"
        r"|levels?|masks?|lists?|filters?|mappers?|resolvers?|translators?|translation|enabled?"
        r"|disabled?)\b"
        r"|\bwith (?:the )?exception of\b",
        "the noun of something else: exception handler, exception syndrome register",
    ),
    Rule(
        "register-dump",
        ("...",),
        rf"\b(?:exceptions?|{_TIMEOUT})[a-z ]{{0,40}}(?:[.]{{3,200}}|[.]{{4,200}} )(?:0x)?[0-9]",
        "dotted dumps of registers: imprecise exception......0",
    ),
    Rule(
        "count-of-exceptions",
        ("exception",),
        r"^[ \t\r\n]*[0-9]{1,12}(?: [a-z0-9/_-]{1,30}){0,6} exceptions[ .\t\r\n]*$",
        "a statistic and nothing else: 12 alignment exceptions",
    ),
    Rule(
        "time-out-with-value",
        ("timeout", "time-out"),
        rf"{_TIMEOUT}(?:[ _.-]?(?:in[ _-]?)?\(?(?:ms|millis(?:econds)?|secs?|seconds|minutes|value"
        rf"|interval|period|duration)\)?)?[\"']? ?(?:=|:|:=|=>|->) ?[\"'(]?(?:{_NUMBER}|none|null"
        rf"|false|default|infinite|never|disabled){_END}",
        "a setting: timeout=30, connectTimeout: 5000ms",
    ),
    Rule(
        "time-out-of-value",
        ("timeout", "time-out"),
        r"\b(?:with|using|negotiated|requested|proposed|configured|default|current|maximum|max|minimum"
        r"|min|total|overall|idle|session|keep-?alive|inactivity|poll)(?: [a-z]{1,20}){0,2}"
        rf" {_TIMEOUT} (?:(?:of|is|was|value|to) ){{0,2}}\(?{_NUMBER}{_END}"
        rf"|{_TIMEOUT} (?:is|was|value|value is) (?:now )?\(?{_NUMBER}{_END}",
        "a setting in words: negotiated timeout 10000, with a timeout of 30 s",
    ),
    Rule(
        "time-out-being-set",
        ("timeout", "time-out"),
        r"\b(?:sets?|setting|chang(?:e|ed|ing)|increas(?:e|ed|ing)|reduc(?:e|ed|ing)"
        r"|extend(?:ed|ing)?|lower(?:ed|ing)?|adjust(?:ed|ing)?|updat(?:e|ed|ing)"
        r"|configur(?:e|ed|ing)|using|apply(?:ing)?|disabl(?:e|ed|ing)|enabl(?:e|ed|ing)"
        r"|overrid(?:e|ing))"
        rf"(?: (?:{_OWNER})){{0,4}} {_TIMEOUT}\b"
        rf"|\b{_TIMEOUT} (?:(?:is|was|are|were|has|have|been) ){{0,2}}(?:set|configured|changed"
        r"|updated|increased|reduced|extended|adjusted|enabled|disabled|settings?|config(?:uration)?s?|policy"
        r"|policies|options?|parameters?|property|properties|handlers?|checker|monitor|scheduler)\b",
        "a setting that is talked about: set the timeout, timeout policy",
    ),
)
"""What is blanked before the flags are looked for, in this order."""

EXCEPTION: tuple[Rule, ...] = (
    Rule("exception", ("exception",), r"\bexceptions?\b", "the word"),
    Rule(
        "error-class",
        ("exception", "error", "throwable"),
        r"\b[A-Z][A-Za-z0-9_]{0,100}(?:Exception|Error|Throwable)s?\b|\bThrowable\b",
        "names of classes: ValueError, java.lang.NullPointerException",
        "cased",
    ),
    Rule(
        "trace",
        ("traceback", "backtrace", "stack"),
        r"\b(?:traceback|backtrace|stack[ -]?traces?)\b",
        "the heading of a stack trace",
    ),
    Rule(
        "trace-line",
        (".java:", ".kt:", ".scala:", '.py", line', "goroutine"),
        r"(?:\b|\\t)at [a-z0-9_$./<>@-]{3,300}\([a-z0-9_$-]{1,100}\.(?:java|kt|scala):[0-9]{1,6}\)"
        r'|\bfile "[^"\n]{1,300}\.py", line [0-9]|\bgoroutine [0-9]{1,12} \[',
        "a line of a stack trace: Java, Kotlin, Scala, Python, Go",
    ),
    Rule("panic", ("panic",), r"\bpanic(?:s|ked|king)?\b", "Go, Rust and kernels panic"),
    Rule(
        "segfault",
        ("seg",),
        r"\bsegfault(?:s|ed)?\b|\bsegmentation (?:fault|violation)\b|\bsigsegv\b",
        "a native crash",
    ),
    Rule(
        "unhandled",
        ("uncaught", "unhandled"),
        r"\b(?:uncaught|unhandled)\b",
        "a failure that nobody took care of",
    ),
    Rule("caused-by", ("caused",), r"caused by:", "the link between two stack traces"),
)
"""The rules of `Flags.has_exception`."""

TIMEOUT: tuple[Rule, ...] = (
    Rule(
        "time-out-overrun",
        ("timeout", "time-out"),
        rf"{_TIMEOUT}(?: (?:of|value|period|limit))?[\"']? ?[=:]? ?[\"'(]{{0,2}}{_NUMBER}[)\"']?,?"
        r"(?: (?:is|was|has|have|had|been|already|just)){0,3} (?:exceeded|expired|elapsed|reached"
        r"|passed|fired|occurred|triggered|hit"
        r"|(?:while )?(?:waiting|connecting|reading|writing|sending))\b"
        rf"|\bfail(?:ed|s|ure)? with(?: (?:{_OWNER})){{0,3}} {_TIMEOUT}\b",
        "a time-out with a value that did strike: timeout of 30 s exceeded",
        "whole",
    ),
    Rule("time-out", ("timeout", "time-out"), rf"\b{_TIMEOUT}\b", "the word"),
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
        r"|gateway|server|call|lock|login|handshake) time out\b",
        "the noun in two words; alone they are too common",
    ),
    Rule(
        "time-out-class",
        ("timeoutexception", "timeouterror"),
        r"timeout(?:exception|error)s?\b",
        "names of classes: SocketTimeoutException",
    ),
    Rule(
        "time-out-name",
        ("timeout",),
        r"\b[A-Z][A-Za-z0-9]{0,80}Timeout\b|\b[A-Z][A-Z0-9_]{0,80}_TIMEOUT\b",
        "names of classes and codes: ReadTimeout, GATEWAY_TIMEOUT; readTimeout is a setting",
        "cased",
    ),
    Rule(
        "deadline",
        ("deadline",),
        r"deadline[ _]?(?:(?:is|was|has|been) ){0,2}(?:exceeded|expired)\b"
        r"|\bexceed(?:s|ed) (?:the |its )?deadline\b",
        "gRPC and Go: context deadline exceeded, DEADLINE_EXCEEDED",
    ),
    Rule("lockup", ("lockup",), r"\b(?:soft|hard) lockup\b", "a kernel's watchdog struck"),
)
"""The rules of `Flags.has_timeout`."""

CONNECTION_ERROR: tuple[Rule, ...] = (
    Rule(
        "connection-lost",
        ("connect",),
        r"\bconnect(?:ion)?s?(?:\(\))?(?: (?:to|with|for) [^ \n]{1,120}(?: [^ \n]{1,60}){0,2})?"
        r"(?: (?:is|was|were|are|has|have|had|been|got|being|attempts?|request|suddenly|forcibly"
        rf"|unexpectedly)){{0,4}}(?: |: |, | - |-)(?:{_LOST}|fails|failures?|errors?|rejected"
        r"|interrupted|e?timed[ -]?out|timing out|time[ -]?out|unexpectedly|closed unexpectedly"
        r"|closed prematurely|(?:unexpectedly )?(?:closed|terminated) by (?:the |its )?"
        r"(?:peer|(?:remote|foreign) (?:host|peer|side|end)))\b",
        "what befell a connection: connection to db:5432 was refused",
    ),
    Rule(
        "lost-connection",
        ("connect",),
        rf"\b(?:{_LOST.replace('reset|', '')}|losing|lose)(?: (?:the|an?|all|its|our|server|client"
        r"|database|network|tcp|tls|ssl|http|remote|upstream|initial|previous)){0,3}"
        r" connect(?:ions?)?\b|\breset (?:the )?connection by\b|\bdisconnected unexpectedly\b",
        "the same, the other way round: lost the connection",
    ),
    Rule("reset-by-peer", ("by peer",), r"\b(?:reset|closed) by peer\b", "recv: reset by peer"),
    Rule(
        "cannot-connect",
        ("connect",),
        rf"(?:{_CANNOT}|\bretry(?:ing)?|\berrors?)(?: (?:to|in|on|while|when|trying|again|all))"
        r"{0,3} (?:re)?connect(?:ing|ions?)?\b"
        rf"|{_CANNOT}(?: to)? (?:establish|open|make|create|obtain|get|acquire|initiate|set up)"
        r"(?: (?:the|an?|any|new|jdbc|database|db|network|tcp|tls|ssl|http|secure|client|initial))"
        r"{0,4} connections?\b",
        "failed, unable, cannot or retrying to connect",
    ),
    Rule(
        "no-connection",
        ("connect",),
        r"\bno connection could be\b|\bno (?:active |live |open )?connection to\b",
        "there is none where there should be one",
    ),
    Rule(
        "unreachable",
        ("reachable",),
        rf"\b{_PEER}(?: [^ \n]{{1,80}}){{0,2}}(?: (?:is|was|are|were|became|been|now|still"
        r"|currently)){0,2} (?:unreachable|not reachable)\b"
        rf"|\bunreachable {_PEER}\b"
        r"|[0-9]{1,3}[.][0-9]{1,3}(?::[0-9]{1,5})?(?: (?:is|was))? (?:unreachable|not reachable)\b",
        "a host, network, node, broker ... that does not answer; not unreachable code",
    ),
    Rule("no-route", ("no route to",), r"\bno route to (?:the )?host\b", "the network's own words"),
    Rule("broken-pipe", ("broken pipe",), r"\bbroken pipe\b", "the reader went away"),
    Rule(
        "socket",
        ("socket",),
        r"\b(?:web)?socket(?: (?:read|write|send|receive|connect|accept|i/o|io))?"
        r" (?:errors?|hang ?up|failure|closed unexpectedly)\b",
        "socket error, socket hang up",
    ),
    Rule(
        "link",
        ("link",),
        r"\blink(?: (?:is|was|has|been|went|to [^ \n]{1,80})){0,3} (?:severed|down|lost)\b"
        r"|\bcommunications? link failure\b",
        "the line under the connection: link severed, link is down",
    ),
    Rule(
        "errno",
        ("econn", "unreach", "epipe", "connection_"),
        r"\b(?:econn(?:refused|reset|aborted)|e(?:host|net)unreach|epipe)\b"
        r"|connection_(?:refused|reset|aborted|failed|failure|lost|timed_out|error)\b",
        "names of codes: ECONNREFUSED, EPIPE, ERR_CONNECTION_RESET",
    ),
    Rule(
        "name-resolution",
        ("resol", "getaddrinfo", "such host", "unknown host", "service not known"),
        r"\b(?:failure in|failed|error in) (?:name|dns|host) resolution\b"
        r"|\b(?:name|dns|host) resolution (?:has |was )?(?:fail(?:ed|ure|s)|error|timed out)\b"
        r"|\bname or service not known\b|\b(?:no such|unknown) host\b"
        r"|\bgetaddrinfo (?:failed|enotfound|eai_again)\b"
        rf"|{_CANNOT}(?: to)? resolve (?:the )?(?:host|hostname|name|dns|domain|address|server"
        r"|ip)\b",
        "a peer whose address is not found",
    ),
    Rule(
        "connection-class",
        ("connect", "brokenpipe", "noroutetohost", "unknownhost", "socket", "gaierror"),
        r"(?:connect(?:ion)?[a-z]{0,30}|brokenpipe|noroutetohost|unknownhost|socket)"
        r"(?:exception|error)s?\b|\bgaierror\b",
        "names of classes: ConnectException, UnknownHostException",
    ),
    Rule(
        "connect-timeout",
        ("connecttimeout", "connectiontimeout"),
        r"\bConnect(?:ion)?Timeout\b",
        "a class that lacks an ending; connectTimeout is a setting",
        "cased",
    ),
)
"""The rules of `Flags.has_connection_error`."""

FAILURE: tuple[Rule, ...] = (
    Rule(
        "error-word",
        ("error", "fatal", "critical", "severe"),
        r"\berrors?\b|\b(?:fatal|critical|severe)\b",
        "the words for the upper levels, in a message of any level",
    ),
    Rule(
        "failed",
        ("fail",),
        r"\bfail(?:ed|s|ing|ures?)?\b",
        "the verb and its noun",
    ),
    Rule(
        "broke-off",
        ("abort", "crash", "corrupt", "killed", "terminat", "died"),
        r"\babort(?:ed|ing|s)?\b|\bcrash(?:ed|es|ing)?\b|\bcorrupt(?:ed|ion)?\b|\bkilled\b|\bdied\b"
        r"|\bterminated (?:by|unexpectedly|abnormally)\b",
        "something ended that should have gone on",
    ),
    Rule(
        "turned-away",
        (
            "refused",
            "denied",
            "rejected",
            "forbidden",
            "unauthorized",
            "not permitted",
            "not allowed",
        ),
        r"\b(?:refused|denied|rejected|forbidden|unauthorized|not permitted|not allowed)\b",
        "somebody said no: permission denied, request rejected",
    ),
    Rule(
        "not-possible",
        ("unable", "cannot", "can not", "can't", "could not", "couldn't", "impossible"),
        r"\b(?:unable|cannot|can not|can't|could not|couldn't|impossible)\b",
        "something could not be done: could not open, unable to write",
    ),
)
"""The rules of `Flags.has_failure`."""
