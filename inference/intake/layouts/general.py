"""Layouts of no particular program: a level, a time, the text."""

from typing import Final

from inference.intake.fragments import (
    BARE_LEVEL,
    BRACKETED,
    BSD_TIME,
    CLOCK,
    DATED,
    ENDED,
    EPOCH,
    LEVEL,
    LOGGER,
    MARKED_LEVEL,
    MESSAGE,
    NEAR_LEVEL,
    OWN_BRACKET,
    TIME,
    UUID,
)
from inference.intake.layout import Layout
from inference.intake.layout import example as _e
from schemas.record.features import Level

__all__ = ["DATED_TEXT", "GENERAL", "MAVEN", "SMALL", "TEXT"]

_BARRED: Final = rf"(?![\[(<] *+(?i:{LEVEL.replace('?P<level>', '?:')}) *+[\])>])"
_JUNK: Final = (
    rf"(?:(?:{_BARRED}(?:{BRACKETED}:?+|\([^()]*+\)|\{{[^{{}}]*+\}}|<[^<>]*+>)"
    rf"|{UUID}|\d[\d.]*+[%:s]?|[-|:]|->|\w++=\S++)[ |\t]++){{0,8}}+"
)
"""What may stand between a time and a level: threads, processes, dashes, pairs."""
_NESTED: Final = rf"(?!{TIME.replace('?P<time>', '?:')}[ \t])"
"""No line with a time of its own, as docker puts one before each: it is read by itself."""
_NO_TAG: Final = rf"(?!{BSD_TIME} [\w.-]++ [^\s:\[]++\[\d++\]: )"
"""No line of syslog, which reads more of it."""
_NEAR: Final = rf"{_NO_TAG} {{0,8}}+{TIME}[ |,\t:]++{_NESTED}(?P<message>.{{0,80}}?{NEAR_LEVEL}.*)"
_MARKED: Final = (
    r"(?:[\[(<|] *+)?(?P<level>(?i:trace|verbose|debug|information|info|notice|warning|warn|wrn|error|err|severe"
    r"|fatal|critical|crit|alert|emergency|emerg|panic)) *+(?:[\])>|]:?|:|(?<= )-)(?:\s++|$)"
)
"""A level of any case that a bracket, a colon or a dash closes."""
_PART: Final = r"(?P<service>(?!\S*\.[a-z]{1,4}:\d)[A-Za-z][\w./-]*+)(?::[\w-]++)?"
_WORDS: Final = "trace|debug|info|notice|warning|warn|error|severe|fatal|critical"
_PLACE: Final = r"\[?(?P<service>[\w./-]++):\d++\]"
_CLASS: Final = r"(?P<service>[a-z]\w*+(?:\.[\w$]++)++)"
_SAID: Final = (
    # time prog[7:0] level: message; time name: level: message; time name(7) - level: message
    rf"{TIME} ++{_PART}(?:(?:\[[^\[\]]*+\]|\([^()]*+\))(?:<[^<>]*+>)*+:?|:)(?: [\w.]++:\d++)?(?: at \w++\(\):)? ++(?:- )?{_MARKED}{MESSAGE}",
    # time a.b.Cart level - message; time name     level : message
    rf"{TIME} ++(?:\([^()]*+\) |\[[^\[\]]*+\] )?(?=[\w-]++[./]|[\w./-]++  ){_PART} ++{_MARKED}{MESSAGE}",
    # Ceph: time name (address) 7 : cluster [level] message
    rf"{TIME} (?P<service>\S++) \([^()]*+\) \d++ : \w++ \[(?P<level>[A-Z]++)\] {MESSAGE}",
    # time name (level): message
    rf"{TIME} ++{_PART} \((?P<level>[a-z]++)\): {MESSAGE}",
    # [UTC May  1 10:00:00] level   : message
    rf"\[[A-Z]{{3,4}} (?P<time>{BSD_TIME})\] (?P<level>[a-z]++) *+: {MESSAGE}",
    # time [7] level  [part] message
    rf"{TIME} ++\[[0-9a-f]++\] (?P<level>finest|finer|fine|debug|info|warning|severe|error) ++\[(?P<service>[\w.-]++) *+\] {MESSAGE}",
    # time [LEVEL][7] file.go 12: message
    rf"{TIME} \[{LEVEL}\]\[\d++\] (?P<service>[\w./-]++) \d++: {MESSAGE}",
    # [time][part][E] message; [time] [part] [E] message
    rf"{TIME} ?\[(?P<service>[A-Za-z][\w.-]*+)\] ?\[(?P<level>[DIWEF])\] {MESSAGE}",
    # a letter: [time][W][api:7]: message; time [W|part|id] message; [time] W [MSGID: 7] [file.c:7:open] part: message
    rf"{TIME}\[(?P<level>[DIWEV])\]\[(?P<service>[\w.]++):\d++\]: {MESSAGE}",
    rf"{TIME} \[(?P<level>[DIWEF])\|(?P<service>\w++)\|\w*+\] {MESSAGE}",
    rf"{TIME} (?P<level>[DIWECNTA]) (?:\[MSGID: \d++\] )?\[(?P<service>[\w.-]++):\d++:\w++\] [\w./-]++: {MESSAGE}",
    rf"{TIME} (?P<level>[DIWE])! {MESSAGE}",
    # Gitea: time ...s/web/main.go:12:run() [I] message
    rf"{TIME} \S++ \[(?P<level>[TDIWEFC])\] {MESSAGE}",
    # Kodi: time T:7  LEVEL <part>: message
    rf"{TIME} T:\d++ ++{LEVEL} <(?P<service>[^<>]++)>: {MESSAGE}",
    # Falco: time: Level message
    rf"{TIME}: (?P<level>Emergency|Alert|Critical|Error|Warning|Notice|Informational|Debug) {MESSAGE}",
    # [id] time LEVEL: message, behind a place as well; 7: (8): LEVEL: message
    rf"\[\w++\] {TIME} (?:[\w./-]++:\d++: )?{LEVEL}: {MESSAGE}",
    rf"\d++: (?:\(\d++\): )?{LEVEL}: {MESSAGE}",
    # time part, tab, level, tab, message; time E a.b.Cart message
    rf"{TIME} (?P<service>[A-Za-z][\w.-]*+)\t(?P<level>{_WORDS})\t{MESSAGE}",
    rf"{TIME} (?P<level>[DIWE]) {_CLASS} {MESSAGE}",
    rf"{TIME}\|[^|]*+\|(?P<service>[\w.-]++)\|(?P<level>[DIWEC])\|{MESSAGE}",
    r"(?P<level>[DIWEV]) \(\d++\) (?P<service>[\w-]++): (?P<message>.*)",
    # [time] <01> Level   message
    rf"{TIME} <\d++> (?P<level>Info|Warning|Error) ++{MESSAGE}",
    # LEVEL 05-01 10:00:00 file.py:7] message, perhaps [file.py:7]
    rf"{LEVEL} (?P<time>\d\d-\d\d \d\d:\d\d:\d\d) {_PLACE} {MESSAGE}",
    # [time E 7 7] (part) message; W time 00077 part: message
    rf"\[(?P<time>{DATED}) (?P<level>[DIWEF])(?: \d++){{1,3}}\] (?:\((?P<service>\w++)\) )?{MESSAGE}",
    rf"(?P<level>[DIWE]) (?P<time>{DATED}) \d++ (?P<service>\w++): {MESSAGE}",
    # TeamCity: [time]E: message
    rf"\[(?P<time>{CLOCK})\](?P<level>[ EWFi]):\t ?{MESSAGE}",
    # PipeWire: [E][00012.345678] part | [file.c:7 open()] message
    rf"\[(?P<level>[TDIWEXF])\]\[\d++\.\d++\] (?P<service>[\w.-]++) *+\| \[[^\[\]]*+\] {MESSAGE}",
    # Firefox: time - [Parent 7: thread]: E/part message
    rf"{TIME} - \[[^\[\]]*+\]: (?P<level>[VDIWE])/(?P<service>\w++) {MESSAGE}",
    # ONTAP: weekday time [node: process: event:level]: message
    rf"(?:[A-Z][a-z]{{2}} )?(?P<time>{BSD_TIME})(?: [+-]\d{{4}}| [A-Z]{{3,4}})? \[(?:[^\[\]: ]++: ){{1,2}}(?P<service>[\w.]++):(?P<level>[a-z]++)\]: {MESSAGE}",
    # time <Warn:part> message
    rf"{TIME} <(?P<level>(?i:crit|erro|warn|noti|info|debu))\w*+:(?P<service>[\w.]++)> {MESSAGE}",
    # time prog[7](level): message, behind a host
    rf"{TIME} (?:[\w.-]++ )?(?P<service>[\w-]++)\[\d++\]\((?P<level>[A-Za-z]++)\): {MESSAGE}",
    # Dancer: [part:7] level @time> message; quill: time [7] file.cc:7  LOG_LEVEL  part  message
    rf"\[(?P<service>\w++(?:::\w++)*+):\d++\] ++(?P<level>[a-z]++) @(?P<time>{DATED})> {MESSAGE}",
    rf"{TIME} \[\w++\] [^\s:]++:\d++ ++LOG_(?P<level>[A-Z]++)(?:_\w++)? ++(?P<service>\w++) ++{MESSAGE}",
    # Aerospike: time GMT: LEVEL (part): (file.c:7) message
    rf"(?P<time>{BSD_TIME} (?:GMT|UTC)): {LEVEL} \((?P<service>[\w-]++)\): (?:\([^()]*+\) )?{MESSAGE}",
    # Coherence: time/12.345 Oracle Coherence GE 14.1 <Level> (thread=main): message
    rf"(?P<time>{DATED})/\d++\.\d++ (?P<service>Oracle Coherence) [\w. ]*+<(?P<level>[A-Z]\w*+)> \([^()]*+\): {MESSAGE}",
    # Sitecore: 7 10:00:00 LEVEL  message, with the name of a thread as well
    rf"(?:[A-Z]\w++ #)?\d++ (?P<time>{CLOCK}) {LEVEL} ++{MESSAGE}",
    # time;Level;message
    rf"{TIME}[;,](?P<level>(?i:information|info|warnung|warning|fehler|error|kritisch|critical))[;,]{MESSAGE}",
)
_UPTIME: Final = r"\[ *+(?:\+\d++\.\d++s?|\d++\.\d++s)\]"
"""Seconds since the start, in brackets."""
_GENERAL: Final = (
    # time | PART | LEVEL | (file.go:7 in Run) | message
    rf"{TIME} \| (?P<service>[A-Z][A-Z-]*+) \| {LEVEL} \| \([^()]*+\) \| {MESSAGE}",
    # time | LEVEL | part | message; Open vSwitch: time|7|part|LEVEL|message
    rf"{TIME} \| {LEVEL} *+\| (?P<service>[A-Za-z][\w.$-]*+) *+\| {MESSAGE}",
    rf"{TIME}\|\d++\|(?P<service>[^|]++)\|(?P<level>[A-Z]++)\|{MESSAGE}",
    # the Java service wrapper: LEVEL  | jvm 1    | main    | time | message
    rf"{LEVEL} *+\|(?: [\w ]++\|){{1,2}} (?P<time>{DATED}) \| {MESSAGE}",
    # TIBCO: time GMT +0000 part Level [thread] message; time| 7 L part (file.cc:7) message
    rf"{TIME} (?:[+-]\d{{4}} )?(?P<service>\S++) (?P<level>Debug|Info|Warn|Error) \[[^\[\]]*+\] {MESSAGE}",
    rf"{TIME}\| ++\d++ (?P<level>[DIWEF]) (?P<service>\w++) \([\w./]++:\d++\) {MESSAGE}",
    # time level span{id=7}:span: module: message
    rf"{TIME} ++{LEVEL} (?=\S*\{{)(?:[\w-]++(?:\{{[^{{}}]*+\}})?+:)++ {LOGGER}: {MESSAGE}",
    rf"{TIME} ++{LEVEL} (?:\w++\{{[^{{}}]*+\}}: ?)++{LOGGER}: {MESSAGE}",
    # [ 0.001234s] level thread span{id=7}: module: message; [+0.12s] LEVEL: message
    rf"{_UPTIME} ++{LEVEL}:? ++(?:ThreadId\(\d++\) )?(?:(?=\S*\{{)(?:[\w-]++(?:\{{[^{{}}]*+\}})?+:)++ )?(?P<service>[a-z_]\w*+(?:::\w++)*+): {MESSAGE}",
    rf"{_UPTIME} ++{LEVEL}:? ++{MESSAGE}",
    # the same with a thread and a place
    rf"{TIME} ++{LEVEL} (?:[\w-]++ )?ThreadId\(\d++\) {LOGGER}: (?:\S++\.rs:\d++: )?{MESSAGE}",
    # Ignite: [2023-01-01T00:00:00,000][INFO ][main][IgniteKernal] message
    rf"{TIME}\[(?P<level>[A-Z]{{3,12}}+) *+\]\[(?:main\]|(?=[^\[\]]*[-#]\d)[^\[\]]++\])\[(?P<service>[A-Z]\w*+)\] ?{MESSAGE}",
    # time LEVEL [thread]: a.b.Cart (Cart.java:open(7)) - message
    rf"{TIME} ++{LEVEL} ++(?:{BRACKETED}:? )?(?P<service>[A-Za-z][\w.$]*+) \([\w$]++\.\w++:[^()]*+(?:\(\d++\))?\) - {MESSAGE}",
    # time LEVEL [a.b.Cart] message; time LEVEL [thread][Cart:7] message
    rf"{TIME} ++{LEVEL} ++\[(?=[\w.$]*\.[A-Z][\w$]*\]){_CLASS}\] {MESSAGE}",
    rf"{TIME} ++{LEVEL} ++\[[^\[\]]++\]\[(?P<service>[A-Za-z_][\w.$]*+):\d++\] {MESSAGE}",
    # time [thread] [LEVEL] [a.b.Cart] : message, all of it in brackets
    rf"{TIME} {BRACKETED} \[ *+{LEVEL} *+\] \[{_CLASS} *+\](?: [-:])? ++{MESSAGE}",
    # time|LEVEL|thread|a.b.Cart|message
    rf"{TIME}\|{LEVEL} *+\|[^|]*+\|{_CLASS} *+\|{MESSAGE}",
    # time | thread | LEVEL | part | message, with or without blanks
    rf"{TIME} ?\| ?[^|]*+\| ?{LEVEL} *+\| ?(?P<service>[A-Za-z][\w.$-]*+) *+\| ?{MESSAGE}",
    # Artifactory: a part, the level, an id, a class with its line and a thread in brackets
    rf"{TIME} \[\w++ *+\] \[{LEVEL} *+\] \[\w*+ *+\] \[(?P<service>[\w.$]++)(?::\d++)? *+\] {BRACKETED} - {MESSAGE}",
    # [LEVEL][time][thread][part] message
    rf"\[{LEVEL}\]\[(?P<time>{DATED})\](?:\[[^\[\]]*+\])?\[(?P<service>[^\[\]]++)\] {MESSAGE}",
    # Ansible: time p=7 u=ann n=ansible LEVEL| message
    rf"{TIME} p=\d++ u=\S++ n=(?P<service>[\w-]++) (?P<level>[A-Z]++)?\| {MESSAGE}",
    # FreeSWITCH: id time 99.93% [LEVEL] file.c:7 message
    rf"(?:{UUID} )?{TIME} (?:\d++\.\d++% )?\[(?P<level>[A-Z]++)\] (?P<service>[\w-]++\.c\w*+):\d++ {MESSAGE}",
    # Geode: [level time server <thread> tid=0x1] message; Couchbase: [part:level,time,node:7]message
    rf"\[(?P<level>[a-z]++) (?P<time>{DATED}) (?:(?P<service>[\w.-]++) )? ?<[^<>]*+> tid=\w++\] ?{MESSAGE}",
    rf"\[(?P<service>\w++):(?P<level>[a-z]++),(?P<time>{DATED}),[^\[\]]*+\]{MESSAGE}",
    # OpenCV: [ LEVEL:0@1.234] message
    rf"\[ *+{LEVEL}:\d++@\d++\.\d++\] {MESSAGE}",
    # ROS: [LEVEL] [time] [node]: message, the time perhaps with that of a simulation
    rf"\[ *+{LEVEL}\] \[(?P<time>{EPOCH})(?:, \d++\.\d++)?\](?: \[(?P<service>[\w./-]++)\])?: {MESSAGE}",
    # [2024-05-01T10:00:00Z INFO  cart::open] message
    rf"\[(?P<time>{DATED}) {LEVEL} *+(?P<service>[\w:.$-]++)\] {MESSAGE}",
    # time [level] [logger] message
    rf"{TIME}[ |]*+[\[<]{MARKED_LEVEL} *+[\]>] ?{OWN_BRACKET}:? {MESSAGE}",
    # time:level:logger:message, with commas or semicolons as well
    rf"{TIME} ?[:;,] ?{LEVEL} *+[:;,] ?(?:{LOGGER}[:;,] ?)?{MESSAGE}",
    rf"{TIME} ?[:;,] ?{LOGGER} ?[:;,] ?{LEVEL} *+[:;,] ?{MESSAGE}",
    # time level[process][call] logger: message
    rf"{TIME} {LEVEL}(?:\[[^\[\]]*+\])++:? (?:{LOGGER}:? ++)?{MESSAGE}",
    # time level (thread) [logger] message
    rf"{TIME} {MARKED_LEVEL} ++\([^()]*+\) \[(?P<service>[\w.$-]++)\] {MESSAGE}",
    # time junk level junk logger separator message
    rf" {{0,8}}+{TIME}[ |\t]++{_JUNK}\[?{MARKED_LEVEL}(?: *+[\])>|])?[:,]?[ |\t]++{_JUNK}{ENDED}",
    # time [logger] level message
    rf"{TIME} ?{OWN_BRACKET} ?\[?{MARKED_LEVEL} *+[\])]?(?: *+[-:|])?(?:\s++|$){MESSAGE}",
    # time logger separator level separator message
    rf"{TIME} (?:- )?(?P<service>(?=[\w.]*[a-z])[\w.$/-]++)(?: - |: | )\[?{LEVEL}\]?(?: - |: ){MESSAGE}",
    # time group/stream level message
    rf"{TIME} (?P<service>(?=[\w.$-]*[/_.-])[A-Za-z][\w.$/-]++) {LEVEL} ++{MESSAGE}",
    # time junk level message
    rf" {{0,8}}+{TIME}(?: ++|[|\t]){_JUNK}{MARKED_LEVEL}(?: *+[\])>|])?(?: *+[-:|,])?(?:\s++|$){MESSAGE}",
    # program time level message; [process] time [level] message
    rf"(?P<service>[A-Za-z][\w.$-]*+):? {TIME} ++\[?{LEVEL}\]?:? ++{MESSAGE}",
    rf"\[\d++\] {TIME} \[{MARKED_LEVEL}\] {MESSAGE}",
    *_SAID,
    # time, something, a level, something: all of it is the message
    _NEAR,
    # level time message
    rf"[\[(<]? ?{MARKED_LEVEL}(?: *+[\])>:|])?(?: [-|] |\s)++{TIME}(?::(?= ))?(?: *+[-:|])?(?:\s++|$){MESSAGE}",
    rf" {{0,4}}+(?P<level>{_WORDS}) ++[\[(]?(?P<time>{DATED})[\])]?:? ++(?:\w++ ++\d++ ++\d++ ++(?P<service>[\w.]++) - )?{MESSAGE}",
    # [level|logger|line] time: message; [level time logger:line] message; (letter) time - message
    rf"\[{LEVEL}\|(?P<service>[\w.]++)(?:\|[^\]|]*+)*+\] {TIME}(?: *+[-:|])?(?:\s++|$){MESSAGE}",
    rf"\[(?P<level>[DIWEC]) (?P<time>{DATED}|{CLOCK}) (?P<service>[A-Za-z][\w.]*+)(?::\d++)?\] {MESSAGE}",
    rf"[\[(<](?P<level>[VDINWEFC])[\])>] ?{TIME}(?: *+[-:|])?(?:\s++|$){MESSAGE}",
    # time [letter] message
    rf"{TIME}:? ++[\[(<](?P<level>[VDINWEFC]|II|WW|EE)[\])>]:? {MESSAGE}",
    # level [logger] message; level: message
    rf"[\[(<]{MARKED_LEVEL} *+[\])>]:?(?: ++|$)(?:\(\d++\) : )?{MESSAGE}",
    rf" ?{BARE_LEVEL} ++(?!\[[\w.$]*+\] ){MESSAGE}",
)

GENERAL: Final = Layout(
    name="general",
    title="a time, a level near it, perhaps a logger, and the text",
    patterns=_GENERAL,
    levels={"lifecycle": Level.INFO},
    continued=True,
    examples=(
        _e("[2024-05-01T10:00:00Z INFO  cart::open] up", "INFO", "cart::open", "up"),
        _e(
            "[2024-05-01 10:00:00,123] [INFO] [paperless.tasks] up",
            "INFO",
            "paperless.tasks",
            "up",
        ),
        _e("2024-05-01T10:00:00.098Z [AUTH] WARN: no", "WARN", "AUTH", "no"),
        _e("2024-05-01T10:00:00.123Z info: up", "info", None, "up"),
        _e("[ERROR] 2024-05-01 10:00:01 lost", "ERROR", None, "lost"),
    ),
)

_MAVEN: Final = (rf"\[{LEVEL}\](?: ++|$)(?!{TIME.replace('?P<time>', '?:')}){MESSAGE}",)

MAVEN: Final = Layout(
    name="maven",
    title="a level in brackets, the text",
    patterns=_MAVEN,
    continued=True,
    examples=(_e("[ERROR] no build", "ERROR", None, "no build"),),
)

_DATED: Final = rf"[\[(<]?(?P<time>{DATED}|{BSD_TIME}|{EPOCH}|\d\d:\d\d:\d\d(?:[.,]\d++)?)[\])>]?"
_DATED_TEXT: Final = (
    # Pi-hole: [time 7M] LEVEL: message
    rf"\[(?P<time>{DATED}) \d++(?:/\w++)?M?\] (?:(?P<level>[A-Z]++): )?{MESSAGE}",
    # time junk level message, where most lines have no level
    rf"{_DATED}:?[ |\t]++{_JUNK}(?:kid\d++\| |PM2 )?{_MARKED}{MESSAGE}",
    _NEAR,
    # Ceph: time thread level message, where the level counts what is traced, and -1 is an error
    r"(?P<time>\d{4}-\d\d-\d\d[T ][\d:.]++(?:[+-]\d{4})?) [0-9a-f]{10,16} ++(?:(?P<level>-1)|\d\d?) (?P<message>.*)",
    # Sybase: 00:0000:00000:00007:time server  message; OpenEdge: [time] P-7 T-7 1 4GL -- message
    rf"(?:[0-9a-f]++:){{2,5}}(?P<time>\d{{4}}/\d\d/\d\d {CLOCK}) (?P<service>\w++)  {MESSAGE}",
    rf"\[(?P<time>\d\d/\d\d/\d\d@{CLOCK})\] P-\w++ T-\w++ \d (?P<service>\w++) ++(?:\w++ ++)?-- {MESSAGE}",
    # strace of several processes: 7  time message
    r"(?:\[pid ++)?\d++\]? ++(?P<time>1\d{9}\.\d{6}) (?P<message>.*)",
    # Zabbix: 7:20240501:100000.123 message; Source games: L 05/01/2024 - 10:00:00: message
    r" {0,6}+\d++:(?P<time>\d{8}:\d{6}\.\d{3}) (?P<message>.*)",
    r"L (?P<time>\d\d/\d\d/\d{4} - \d\d:\d\d:\d\d): (?P<message>.*)",
    # PeopleSoft: program.7 (12) [time] message; a time in quotes
    rf"(?P<service>[A-Za-z][\w-]*+)(?:\.\d++)? \(\d++\) \[(?P<time>{DATED})[^\]]*+\](?:\([^()]*+\))? {MESSAGE}",
    rf'"(?P<time>{DATED})"[\t,; ]{MESSAGE}',
    # rspamd: time #7(process) <tag>; part; message
    rf"(?P<time>{DATED}) #\d++\(\w++\) <[^<>]*+>; (?P<service>\w++); {MESSAGE}",
    rf"[\[(<]?(?P<time>{DATED}|{BSD_TIME}|{EPOCH}|(?:\d\d[-/]\d\d )?\d\d:\d\d:\d\d(?:[.,]\d++)?)(?:\] *+|[,;|]|[\])>]?(?: *+[-|:,])?(?:\s++|$)){MESSAGE}",
    # program time: message
    rf"(?!(?:{_WORDS}) )(?P<service>[a-z][\w.-]*+) \[?(?P<time>{DATED})\]?:? {MESSAGE}",
)

DATED_TEXT: Final = Layout(
    name="dated",
    title="a time, the text",
    patterns=_DATED_TEXT,
    finer=("general",),
    levels={"-1": Level.ERROR},
    continued=True,
    examples=(_e("2024/05/01 10:00:00 main.go:7: up", None, None, "main.go:7: up"),),
)

_SMALL: Final = (
    rf"{TIME} ++(?P<level>trace|debug|info|notice|warn|warning|error|err|fatal|critical|crit|alert|emerg|panic) {MESSAGE}",
)

SMALL: Final = Layout(
    name="small",
    title="a time, a level in small letters, the text",
    patterns=_SMALL,
    continued=True,
    examples=(_e("2024-05-01T10:00:00Z info cart opened", "info", None, "cart opened"),),
)

TEXT: Final = Layout(
    name="text",
    title="any text: build output, sentences; taken unasked for a file that is named and fits nothing else",
    patterns=(
        # no line of a trace begins a record
        r"(?P<message>make(?:\[\d++\])?: \*\*\* .*?(?P<level>Error) \d++.*)",
        r"(?P<message>(?!(?:at|from) \S+[(:]|\S+:\d+:in |Caused by: |Suppressed: |\.\.\. \d)\S.*)",
    ),
    continued=True,
    any_line=True,
    examples=(_e("src/cart.c:7:5: undefined cart", None, None, "src/cart.c:7:5: undefined cart"),),
)
"""Lines that begin as records do are read by the layouts that read them in any file."""
