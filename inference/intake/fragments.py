"""Regular expressions that layouts of plain text are made of.

No fragment backtracks over more than one run of characters: repetitions are possessive, or cannot
match what follows them, so that the time for a line grows with its length alone.
"""

from typing import Final

from inference.intake.months import MONTH_LIKE as _MONTH

MESSAGE: Final = "(?P<message>.*)"

_UPPER: Final = (
    "TRACE|TRC|VERBOSE|VRB|FINEST|FINER|FINE|CONFIG|DEBUG|DBG|DEBU|INFORMATION|INFORMATIONAL|INFO|INF"
    "|NOTICE|NOTE|SUCCESS|AUDIT|LIFECYCLE|WARNING|WARN|WRN|DEPRECATION|ERROR|ERRO|ERR|SEVERE|FAILURE|FAIL"
    "|FEHLER|WARNUNG|SCHWERWIEGEND|KRITISCH|ERREUR|AVERTISSEMENT|INFOS|GRAVE|CRITIQUE"
    "|ADVERTENCIA|AVISO|INFORMACI[OÓ]N|ERRORE|AVVERTENZA|AVVISO|INFORMAZIONI|INFORMAÇÃO|ERRO"
    "|INFORMAÇÕES|ADVERTÊNCIA|FOUT|WAARSCHUWING|INFORMATIE|VARNING|ALLVARLIG"
    "|FATAL|FATA|FTL|CRITICAL|CRIT|ALERT|EMERGENCY|EMERG|DPANIC|PANIC|PANI"
)
_MIXED: Final = (
    "trace|verbose|debug|information|informational|info|notice|success|warning|warn|error|err|severe"
    "|fatal|critical|crit|alert|emergency|emerg|panic|dbg|inf|wrn|fail|silly"
)
LEVEL: Final = rf"(?P<level>{_UPPER})(?![A-Za-z_])"
"""A level in capitals, which stands for itself wherever it stands."""

MARKED_LEVEL: Final = (
    rf" *+(?:(?P<level>{_UPPER})(?![A-Za-z_])|"
    rf"(?=(?:[\[(<|] *+)?(?i:{_MIXED}) *+(?:[\])>|:]|\t|  ))(?:[\[(<|] *+)?(?P<level2>(?i:{_MIXED}))(?![A-Za-z_]))"
)
"""A level in capitals, or a level in small letters that brackets, a colon or blanks set apart; it may
be padded within its brackets."""

_NEAR_WORDS: Final = (
    "(?i:trace|trc|verbose|debug|dbg|information|info|inf|notice|warning|warn|wrn|error|err|severe"
    "|fatal|critical|crit|alert|emergency|emerg|panic)"
)
NEAR_LEVEL: Final = (
    r"(?:(?<![\w.=-])(?P<level>TRACE|DEBUG|INFO|NOTICE|WARNING|WARN|ERROR|ERR|SEVERE|FATAL|CRITICAL|CRIT|FEHLER"
    r"|WARNUNG)(?![\w.=-])"
    rf"|(?:[\[(<] *+|(?<=[\d:|>\])] ))(?P<level2>{_NEAR_WORDS})(?: *+[\])>]| *+: ))"
)
"""A level somewhere behind a time: in capitals, in brackets, or between a number and a colon."""

BARE_LEVEL: Final = (
    "(?P<level>TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|SEVERE|FATAL|CRITICAL)(?![A-Za-z_])"
)
"""A level that a blank sets apart at the beginning of a line: no word of prose is written so."""

_ZONE: Final = (
    r"(?: ?(?:Z(?![A-Za-z])|[+-]\d\d:?\d\d(?!\d)|(?<=\d)[+-]\d\d(?![\d:])|"
    r"(?:UTC|GMT|CET|CEST|EET|EEST|WET|WEST|BST|MSK|EST|EDT|CST|CDT|MST|MDT|PST|PDT|IST|JST|KST|AEST|AEDT)"
    r"(?![A-Za-z])))?+"
)
CLOCK: Final = (
    rf"\d\d?:\d\d(?::\d\d(?:[.,:]\d{{1,9}}+)?+)?+(?: ?[AP](?:M(?![A-Za-z])|\.[ \xa0]?M\.))?+{_ZONE}"
)
_YMD: Final = r"\d{4}[-/.]\d\d?[-/.]\d\d?"
_DMY: Final = rf"(?:\d\d?(?:[-/ ]|\. ?)(?:\d\d?|{_MONTH})[-/. ]\d{{2,4}}|\d\d{_MONTH}\d{{4}}|{_MONTH}/\d\d/\d{{4}})"
ISO_TIME: Final = rf"\d{{4}}-\d\d-\d\dT{CLOCK}"
BSD_TIME: Final = rf"{_MONTH} +\d\d?(?: \d{{4}})? \d\d:\d\d:\d\d(?:[.,]\d{{1,9}}+)?+"
C_TIME: Final = rf"[^\W\d_]{{2,4}}\.? (?:{_MONTH} +\d\d?|\d\d?\.? {_MONTH}) \d\d:\d\d:\d\d(?:\.\d{{1,9}}+)?+(?: [A-Z]{{3,4}})? \d{{4}}"
WORD_TIME: Final = rf"{_MONTH} \d\d?, \d{{4}} {CLOCK}"
CLF_TIME: Final = rf"\d\d?/{_MONTH}/\d{{4}}:\d\d:\d\d:\d\d(?: [+-]\d{{4}})?"
_GAP: Final = r"(?:[T _,:\t-]{1,2}| --? |\]\[)"
"""Between day and clock; a bracket each in Rust's fern."""
TAI64N: Final = "@[0-9a-f]{24}"
"""A label of TAI, as multilog and s6-log write before each line."""
DATED: Final = (
    # days before a clock, which stands once, since compiling takes time
    rf"(?:(?:(?:{_YMD}|{_DMY}){_GAP}|\d{{4}}:\d\d:\d\d-|\d{{8}}[-T ]|{_MONTH}-\d\d-\d\d "
    rf"|[A-Z][a-z]{{2}},? \d\d? {_MONTH} \d{{4}} |\d{{4}} {_MONTH} \d\d? |{_MONTH} \d\d?, \d{{4}},? ){CLOCK}"
    # days and clocks as digits alone, or of a form of their own
    r"|20\d{6}[-T_: ]?\d{6}(?:[.,]\d{1,9}+)?+(?:Z|[+-]\d{4})?+(?![\w.])|\d{6} {1,2}\d\d?:\d\d:\d\d"
    r"|\d{4}\.\d\d\.\d\d-\d\d\.\d\d\.\d\d(?::\d{3})?+"
    rf"|{C_TIME}|{CLF_TIME}|{TAI64N})"
)
"""A time with its day and its year."""

DB2_TIME: Final = r"\d{4}-\d\d-\d\d-\d\d\.\d\d\.\d\d\.\d++(?:[+-]\d{1,4}+)?"
UUID: Final = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
EPOCH: Final = r"1(?:\d{9}(?:[.,]\d{1,9}+|(?:\d{3}){1,3}+)?+|\.\d{5,16}+e\+09)(?![\w.-]|:\S)"
"""Seconds, milli-, micro- or nanoseconds since 1970, from the year 2001 to 2033."""

TIME: Final = (
    rf"[\[(<]?(?P<time>{DATED}|(?:\d\d[-/]\d\d[ -])?{CLOCK}|{BSD_TIME}|{EPOCH}"
    r"|\d{6} \d{6}(?: \d++)?)[\])>]?"
)
"""Any time, perhaps in brackets."""

BRACKETED: Final = r"\[(?>[^\[\]]++|\[[^\[\]]*+\])*+\]"
"""A thread or a context; `[QuorumPeer[myid=1]]` has brackets within."""

NAME: Final = r"[#.]?[A-Za-z_][\w.$/#-]*+(?:::[\w.$<>-]++)*+"
_PROSE: Final = (
    "(?!(?=[A-Za-z]++[: ])(?i:errors?|fatal|failed|failure|warning|exception|unable|cannot|caused|reason|result|status"
    "|received|sent|started|starting|stopped|stopping|connected|connecting|disconnected|done|note"
    "|usage|using|loading|loaded|created|deleted|updated|requests?|response|https?|timeout|invalid"
    "|unknown|missing|got|found|see|hint|tip|args|panic|listening|ready|finished|completed|retrying"
    "|statement|duration|parameters|disconnection|execute|parse|bind|id|ms|msg|message|clientid|peername"
    "|mfa|supervisor|exited|spawned|success|gave|reaped|waiting)"
    r"[: ])"
)
"""Words that begin a text, and are the name of no logger."""
LOGGER: Final = rf"(?P<service>{_PROSE}{NAME}(?:\[[\w./]*+\][\w.$/-]*+)*+)(?<!Error)(?<!Exception)(?::\d++|\([^()]*+\))?"
"""A logger's name, with `.[Catalina]` within as Tomcat has it, and perhaps a line number."""

SEPARATOR: Final = r" *+(?:\[[^\[\]]*+\] *+)?(?:--?|:)(?: ++|$)"
ENDED: Final = rf"{LOGGER}{SEPARATOR}{MESSAGE}"
DOTTED: Final = r"(?P<service>[a-z]\w*+(?:\.[\w$]++){2,}+)"
"""A name with two dots or more, which is a class whatever follows it."""

OWN_BRACKET: Final = (
    rf"\[(?!main\]|(?i:{_MIXED})\]|[^\]]*[Tt]hread)(?P<service>(?=[^\]]*[A-Za-z])"
    r"[\w.$/-]++(?:::?+(?!\d++\])[\w.$/-]++)*+)(?<!-\d)(?::\d++)?\]"
)
"""A name alone in brackets that is neither a thread's nor a level; without the number of a line."""

BARE: Final = (
    rf"{TIME} ++(?:- )?(?:{BRACKETED} )?\[?{LEVEL}(?: *+\])?+(?: *+[-:])?(?: ++|$){MESSAGE}"
)
"""A whole line: a time, a level and a message, without a service."""

TAG: Final = r"(?P<service>(?!%[A-Z][A-Z\d_]*+(?:-[A-Z\d_]++)??-[0-7]-|\d++:)[^\s:\[]++)(?:\[[^\]]*+\]| \[\d++\])?(?: \([^()]*+\))?:(?: |$)"
"""The program of a line of syslog, with its process; no device's mnemonic, and no number."""
