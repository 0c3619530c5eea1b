"""What a message mentions in passing: errors put right, nouns of something else, guesses."""

from schemas.record.keyword_rules.rule import Rule

ASIDES: tuple[Rule, ...] = (
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
        "hung-up-by-choice",
        ("hung up",),
        r"\bhung up by (?:the )?(?:caller|callee|user|agent|subscriber)\b"
        r"|\b(?:caller|callee|user|agent|subscriber) hung up\b",
        "a telephone call that came to its end: hung up by caller, normal clearing",
    ),
    Rule(
        "log-in-mistake",
        ("login", "log-in"),
        r"\blog-?in [^ \n]{1,200} failed: no such file or directory",
        "a user whose home is not there: LOGIN chdir(/home/a) failed: No such file or directory",
    ),
)
