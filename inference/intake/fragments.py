"""Regular expressions that layouts of plain text are made of.

No fragment backtracks over more than one run of characters: what repeats is possessive, or cannot
match what follows it, so that the time for a line grows with its length alone.
"""

from typing import Final

MESSAGE: Final = "(?P<message>.*)"

_UPPER: Final = (
    "TRACE|TRC|VERBOSE|VRB|FINEST|FINER|FINE|CONFIG|DEBUG|DBG|DEBU|INFORMATION|INFORMATIONAL|INFO|INF"
    "|NOTICE|NOTE|SUCCESS|AUDIT|WARNING|WARN|WRN|DEPRECATION|ERROR|ERRO|ERR|SEVERE|FAILURE|FAIL"
    "|FATAL|FATA|FTL|CRITICAL|CRIT|ALERT|EMERGENCY|EMERG|DPANIC|PANIC|PANI"
)
_MIXED: Final = (
    "trace|verbose|debug|information|informational|info|notice|success|warning|warn|error|err|severe"
    "|fatal|critical|crit|alert|emergency|emerg|panic|dbg|inf|wrn|fail|silly|http|log"
)
LEVEL: Final = rf"(?P<level>{_UPPER})(?![A-Za-z_])"
"""A level in capitals, which stands for itself wherever it stands."""

MARKED_LEVEL: Final = (
    rf"(?:(?P<level>{_UPPER})(?![A-Za-z_])|"
    rf"(?=[\[(<|]?(?i:{_MIXED}) *+(?:[\])>|:]|\t|  ))[\[(<|]?(?P<level2>(?i:{_MIXED}))(?![A-Za-z_]))"
)
"""A level in capitals, or one in small letters that brackets, a colon or blanks set apart."""

_MONTH: Final = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_ZONE: Final = (
    r"(?: ?(?:Z(?![A-Za-z])|[+-]\d\d:?\d\d(?!\d)|"
    r"(?:UTC|GMT|CET|CEST|EET|EEST|WET|WEST|BST|MSK|EST|EDT|CST|CDT|MST|MDT|PST|PDT|IST|JST|KST|AEST|AEDT)"
    r"(?![A-Za-z])))?+"
)
CLOCK: Final = rf"\d\d?:\d\d(?::\d\d(?:[.,:]\d{{1,9}}+)?+)?+(?: ?[AP]M(?![A-Za-z]))?+{_ZONE}"
_YMD: Final = r"\d{4}[-/.]\d\d?[-/.]\d\d?"
_DMY: Final = rf"\d\d?[-/. ](?:\d\d?|{_MONTH})[-/. ]\d{{2,4}}"
BSD_TIME: Final = rf"{_MONTH} +\d\d?(?: \d{{4}})? \d\d:\d\d:\d\d(?:[.,]\d{{1,9}}+)?+"
C_TIME: Final = (
    rf"[A-Z][a-z]{{2}} {_MONTH} +\d\d? \d\d:\d\d:\d\d(?:\.\d{{1,9}}+)?+(?: [A-Z]{{3,4}})? \d{{4}}"
)
WORD_TIME: Final = rf"{_MONTH} \d\d?, \d{{4}} {CLOCK}"
CLF_TIME: Final = rf"\d\d?/{_MONTH}/\d{{4}}:\d\d:\d\d:\d\d(?: [+-]\d{{4}})?"
DATED: Final = rf"(?:(?:{_YMD}|{_DMY})[T _,:-]{{1,2}}{CLOCK}|\d{{8}}[-T ]{CLOCK}|{C_TIME}|{WORD_TIME}|{CLF_TIME})"
"""A time with its day and its year."""

TIME: Final = rf"\[?(?P<time>{DATED}|{CLOCK}|{BSD_TIME}|\d{{6}} \d{{6}}(?: \d++)?)\]?"
"""Any time, perhaps in brackets."""

BRACKETED: Final = r"\[(?>[^\[\]]++|\[[^\[\]]*+\])*+\]"
"""A thread or a context; `[QuorumPeer[myid=1]]` has brackets within."""

NAME: Final = r"#?[A-Za-z_][\w.$/-]*+(?:::[\w.$<>-]++)*+"
LOGGER: Final = rf"(?P<service>{NAME}(?:\[[\w./]*+\][\w.$/-]*+)*+)(?::\d++|\([^()]*+\))?"
"""A logger's name, with `.[Catalina]` within as Tomcat has it, and perhaps a line number."""

SEPARATOR: Final = r" *+(?:\[[^\[\]]*+\] *+)?(?:--?|:)(?: ++|$)"
ENDED: Final = rf"{LOGGER}{SEPARATOR}{MESSAGE}"
DOTTED: Final = r"(?P<service>[a-z]\w*+(?:\.[\w$]++){2,}+)"
"""A name with two dots or more, which is a class whatever follows it."""

OWN_BRACKET: Final = (
    r"\[(?!main\]|[^\]]*+[Tt]hread)(?P<service>(?=[^\]]*[A-Za-z])[\w.$/:-]++)(?<!-\d)\]"
)
"""A name alone in brackets that is not a thread's."""
