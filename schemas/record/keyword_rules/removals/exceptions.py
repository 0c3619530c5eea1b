"""Exceptions that nobody threw: nouns of something else, registers, statistics."""

from schemas.record.keyword_rules.rule import TIME_OUT, Rule

EXCEPTIONS: tuple[Rule, ...] = (
    Rule(
        "exception-as-adjective",
        ("raises", "exception", "error", "throws", "catch"),
        r"\bcatch ?\([a-z0-9_.]{0,60}(?:exception|error)s? [a-z]{1,20}\)"
        r"|\b(?:throws|raises:?) (?:an? )?[a-z0-9_.]{0,60}(?:exception|error):? (?:\{"
        r"|(?:if|when|in case|unless|on|for) [^.\n]{0,100})"
        r"|\bexceptions will be\b|\b(?:classpath|gcc)-exception\b|-fno-exceptions\b"
        r"|\badd(?:ed|ing|s) (?:an |the )?exceptions? (?:for|to)\b|\bexceptions? statistics\b"
        r"|\b(?:firewall|proxy|security|antivirus|policy|calendar|schedule|tax"
        r"|recurrence) exceptions?\b"
        r"|\b(?:log|show|throw|report|catch|ignore)?[ _-]?(?:exceptions?"
        r"|errors?)(?:[ _-][a-z]{1,20}){0,2} ?[=:] ?"
        r"[\"']?(?:true|on|off|enabled|disabled|strict|log|full|short)[\"']?(?:[,;)}]|[ \t\r\n]*$)"
        r"|\bexceptions?[ _-](?:syndrome|registers?|handlers?|modes?|support|vectors?|tables?"
        r"|levels?|masks?|granted|approved|requested|lists?|filters?|mappers?|resolvers?"
        r"|translators?|translation|enabled?"
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
)
