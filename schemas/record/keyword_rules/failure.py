"""The rules of `Flags.has_failure`."""

from typing import Final

from schemas.record.keyword_rules.rule import Rule

_MORTAL: Final = (
    "(?:process|worker|child|parent|thread|server|service|daemon|job|task|container|pod|node"
    "|instance|program|master|slave|client|agent|executor|vm|guest|session|actor|kernel|broker)s?"
)

FAILURE: tuple[Rule, ...] = (
    Rule(
        "error-word",
        ("error", "fatal", "critical", "severe", "err!"),
        r"\berrors?\b|\b(?:fatal|critical|severe)\b|\berr!",
        "the words for the upper levels, in a message of any level",
    ),
    Rule(
        "failed",
        ("fail",),
        r"\bfail(?:ed|s|ing|ures?)?\b|_fail(?:ed|ure)\b",
        "the verb and its noun",
    ),
    Rule(
        "failure-class",
        ("failure",),
        r"\b[A-Z][a-z]{1,30}(?:[A-Z][a-z]{1,30}){0,4}Failure\b",
        "names of classes and states: ExecutorLostFailure",
        "cased",
    ),
    Rule(
        "broke-off",
        ("abort", "crash", "corrupt", "killed", "terminat"),
        r"(?:\b|_)abort(?:ed|ing|s)?\b|\bcrash(?:ed|es|ing)?\b|\bcorrupt(?:ed|ion)?\b|(?:\b"
        r"|oom)killed\b"
        r"|\bterminated (?:by|unexpectedly|abnormally|for reason"
        r"|with (?:exit )?(?:code|status|signal) [1-9])",
        "something ended that should have gone on: terminated for reason 1004",
    ),
    Rule(
        "died",
        ("died", "has died"),
        rf"\b{_MORTAL}(?: [^ \n]{{1,40}}){{0,3}} died\b"
        r"|\bdied (?:unexpectedly|before|during|(?:of|from|on|with) (?:signal|sig[a-z]{2,5}))\b",
        "a process, a worker or the like; not what people die of",
    ),
    Rule(
        "exit-status",
        ("exit",),
        r"\bexit(?:ed|s|ing)?(?: with)?(?: an?)?(?: non-zero)?(?: exit| return)? (?:status|code):?"
        r" -?[1-9]",
        "a program that ended with another status than 0",
    ),
    Rule(
        "turned-away",
        (
            *("refused", "denied", "rejected", "forbidden", "unauthorized", "not permitted"),
            *("not allowed", "reject: "),
        ),
        r"\b(?:refused|denied|rejected|forbidden|unauthorized|not permitted|not allowed)\b"
        r"|_denied\b|\breject: ",
        "a refusal: permission denied, request rejected",
    ),
    Rule(
        "not-possible",
        (
            *("unable", "cannot", "can not", "can't", "could not", "couldn't", "impossible"),
            *(
                "do not grant",
                "gave up",
                "giving up",
            ),
        ),
        r"\b(?:unable|cannot|can not|can't|could not|couldn't|impossible)\b|\bdo not grant\b"
        r"|\b(?:gave|giving) up\b",
        "something could not be done: could not open, unable to write",
    ),
    Rule(
        "exhausted",
        (
            "exceeded",
            "out of memory",
            "no space left",
            "too many",
            "exhausted",
            "disk full",
            "disk is full",
        ),
        r"\b(?:quota|limit|space|watermark|capacity|budget|size)"
        r"(?: \[[^ \]\n]{1,20}\]| [a-z]{1,20})?"
        r" (?:was |has been |is )?exceeded\b|\brate exceeded\b|\bout of memory\b"
        r"|\bno space left\b"
        r"|\btoo many (?:open files|connections|clients|requests|processes|levels)\b"
        r"|\bexhausted\b|\bdisk (?:is )?full\b",
        "something ran out: quota exceeded, no space left on device, too many connections",
    ),
    Rule(
        "conflict",
        (
            "deadlock",
            "violat",
            "mismatch",
            "duplicate key",
            "duplicate entry",
            "not exist",
            "is locked",
        ),
        r"\bdeadlock(?:ed)? (?:detected|found|on)\b|\bviolat(?:es|ed|ions?)\b|\bis locked\b"
        r"|\bmismatch(?:ed"
        r"|es)?\b"
        r"|\bduplicate (?:key|entry)\b|\b(?:does|do) not exist\b",
        "data that do not fit: deadlock detected, violates unique constraint, mismatch",
    ),
    Rule(
        "answer-status",
        ("bad gateway", "service unavailable", "server error", "already in use", "eaddrinuse"),
        r"\bbad gateway\b|\bservice unavailable\b|\binternal server error\b"
        r"|\b(?:port|address)(?: [a-z0-9.:]{1,60})?(?: is)? already in use\b|\beaddrinuse\b",
        "how servers answer that cannot: 502 Bad Gateway; a port that is taken",
    ),
    Rule(
        "certificate",
        ("certificate",),
        r"\bcertificate (?:verify|verification) failed\b|\bcertificate signed by unknown\b"
        r"|\b(?:failed|unable) to (?:verify|validate|get)(?: [a-z]{1,12}){0,3} certificate\b"
        r"|\bself[- ]signed certificate in\b|\bcertificate (?:[^ \n]{1,80} )?(?:has|is) expired\b",
        "a certificate that is not believed",
    ),
    Rule(
        "pod-state",
        ("backoff", "errimagepull", "oomkilled", "evicted"),
        r"\b(?:crashloop|imagepull)backoff\b|\berrimagepull\b|\boomkilled\b"
        r"|\bpod [^ \n]{1,100} (?:was |has been )?evicted\b",
        "states of Kubernetes' pods: CrashLoopBackOff",
    ),
    Rule(
        "invalid",
        ("invalid", "incorrect"),
        r"\binvalid\b|\bincorrect\b",
        "what was given is no good: invalid user, incorrect password",
    ),
)
"""The rules of `Flags.has_failure`."""
