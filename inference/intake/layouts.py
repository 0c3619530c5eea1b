"""Layouts of plain text, as data: an entry each, with lines that show what it reads.

A layout is a tuple of regular expressions for a whole line, tried in order. A new layout is a new
entry; a test reads its examples, and docs/formats.md lists them.
"""

from collections.abc import Sequence
from typing import Final

from inference.intake.fragments import (
    BARE_LEVEL,
    BRACKETED,
    BSD_TIME,
    C_TIME,
    CLF_TIME,
    CLOCK,
    DATED,
    DOTTED,
    ENDED,
    EPOCH,
    LEVEL,
    LOGGER,
    MARKED_LEVEL,
    MESSAGE,
    NEAR_LEVEL,
    OWN_BRACKET,
    SEPARATOR,
    TIME,
    UUID,
    WORD_TIME,
)
from inference.intake.layout import Layout, named_levels
from inference.intake.layout import example as _e
from inference.intake.product_layouts import PRODUCT_LAYOUTS
from schemas.record.features import Level
from schemas.record.levels import SCALES

__all__ = ["LAYOUTS", "w3c_layout"]


_BARE: Final = (rf"{TIME} ++(?:- )?(?:{BRACKETED} )?\[?{LEVEL}\]?(?: *+[-:])?(?: ++|$){MESSAGE}",)
"""A time, a level and a message, without a service."""

_AT_CLASS: Final = r"\[(?:[^@]*:)?(?P<service>[\w.$]++)@\d++\]"
_LOG4J: Final = (
    # [2023-01-01 00:00:00,000] INFO message (kafka.server.KafkaServer)
    rf"(?=\[){TIME} {LEVEL} {MESSAGE} \((?P<service>\w++(?:\.[\w$]++)++)\)",
    # 17/06/09 20:10:40 INFO executor.Exec: message; 2015-10-18 18:01:47,978 INFO [main] a.b.X: ...
    rf"{TIME} ++\[?{LEVEL}\]? *+(?:{BRACKETED} ++)?{ENDED}",
    # [main] INFO com.foo.Bar - message
    rf"{BRACKETED} {LEVEL} ++{ENDED}",
    # 12:34:56.789 [main] INFO  com.foo.Bar - message
    rf"{TIME} {BRACKETED} ++{LEVEL} *+(?:{BRACKETED} ++)?{ENDED}",
    # 2023-01-01 00:00:00.000  INFO [app,1,2] 1 --- [main] c.f.Bar : message
    rf"{TIME} ++{LEVEL} ++(?:{BRACKETED} )?\d++ --- (?:{BRACKETED} )++{ENDED}",
    # 2015-07-29 17:41:41,536 - INFO  [thread:Class@123] - message
    rf"{TIME}(?: {BRACKETED})? - {LEVEL} *+{_AT_CLASS} -(?: |$){MESSAGE}",
    # [2023-01-01T00:00:00,000][INFO ][o.e.n.Node     ] message
    rf"{TIME}\[(?P<level>[A-Z]{{3,12}}+) *+\]\[(?P<service>[^\[\] ]++) *+\] ?{MESSAGE}",
    # 2023-01-01 00:00:00,000 INFO  [org.jboss.as] (MSC service thread 1-1) message
    rf"{TIME} {LEVEL} *+\[(?P<service>[\w.$-]++)\] \([^()]*+\) {MESSAGE}",
    # INFO  [main] 2023-01-01 00:00:00,000 Bar.java:123 - message; INFO [2023-...] com.foo.Bar: ...
    rf"{LEVEL} *+(?:{BRACKETED} (?=[\[\d]))?{TIME} (?:{BRACKETED} ++)?{ENDED}",
    # 2023-01-01 00:00:00,000 AUDITED [main] a.b.X: a level of the program's own
    rf"{TIME} ++\[?(?P<level>[A-Z]{{3,12}}+)\]? ++(?:{BRACKETED} ++)?(?P<service>[A-Za-z_]\w*+(?:\.[\w$]++)++){SEPARATOR}{MESSAGE}",
    # 01-May-2024 10:00:00.123 INFO [main] org.apache.catalina.startup.Catalina.start message
    rf"{TIME} {LEVEL} {BRACKETED} {DOTTED}(?: |$){MESSAGE}",
    *_BARE,
)

_PYTHON: Final = (
    # LEVEL:logger:message
    rf"{LEVEL}:(?P<service>[^\s:]++):{MESSAGE}",
    # 2024-01-02 03:04:05,678 - name - LEVEL - message
    rf"{TIME} - (?P<service>\S++) - {LEVEL} -(?: |$){MESSAGE}",
    # [2024-01-02 03:04:05,678] LEVEL in module: message
    rf"{TIME} {LEVEL} in (?P<service>[^\s:]++):(?: |$){MESSAGE}",
    # 2024-01-02 03:04:05,678 LEVEL name: message, with the process before or behind the level
    rf"{TIME} (?:\d++ )?\[?{LEVEL}\]? *+(?:\d++ )?\[?{LOGGER}\]?(?:: | - |:$){MESSAGE}",
    # 2024-01-02 03:04:05.678 123 LEVEL name [request] message, perhaps behind the file's name
    rf"(?:[\w-]++\.log[\w.:-]*+ )?{TIME} \d++ {LEVEL} {LOGGER} {BRACKETED}(?: |$){MESSAGE}",
    # 2024-01-02 03:04:05.678 | LEVEL    | module:function:12 - message
    rf"{TIME} \| {LEVEL} *+\| (?P<service>[\w.<>]++):[\w<>]++:\d++ -(?: |$){MESSAGE}",
    # [2024-01-02 03:04:05 +0000] [123] [LEVEL] message
    rf"{TIME} \[\d++\] \[{LEVEL}\](?: |$){MESSAGE}",
    # [2024-01-02 03:04:05,678: LEVEL/MainProcess] message
    rf"{TIME}: {LEVEL}/[^\[\]]++\](?: |$){MESSAGE}",
    # 2024-01-02 03:04:05,678 7 LEVEL database name: message
    rf"{TIME} \d++ {LEVEL} \S++ {LOGGER}: {MESSAGE}",
    # 2024-01-02 03:04:05,678 - util.py[LEVEL]: message
    rf"{TIME} - (?P<service>[\w.]++)\[{LEVEL}\]: {MESSAGE}",
    # 2024-01-02 03:04:05,678 fail2ban.filter  [7]: LEVEL   message
    rf"{TIME} {LOGGER} *+\[\d++\]: {LEVEL} ++{MESSAGE}",
    # a level, a colon, blanks, the message
    rf"{LEVEL}:(?: ++|$){MESSAGE}",
    *_BARE,
)

_N_PRIORITIES: Final = 192  # 24 facilities of 8 severities
_PRIORITIES: Final = {str(n): Level(SCALES["syslog"][n % 8]) for n in range(_N_PRIORITIES)}
_PRIORITY: Final = r"<(?P<level>\d{1,3})>"
_ISO_TIME: Final = rf"\d{{4}}-\d\d-\d\dT{CLOCK}"
_NO_LEVEL: Final = "(?!(?i:" + LEVEL.replace("?P<level>", "?:") + "))"
_HOST: Final = rf" ?{_NO_LEVEL}(?![\[(#%])[^ :\[]++(?= )"
"""No level and no tag: it would be another layout's line, or one without a host."""
_TAG: Final = r"(?P<service>(?!%[A-Z][A-Z\d_]*+(?:-[A-Z\d_]++)??-[0-7]-|\d++:)[^\s:\[]++)(?:\[[^\]]*+\])?(?: \([^()]*+\))?:(?: |$)"
_APP: Final = r"(?:-(?= )|(?P<service>[^ ]++))"
_DATA: Final = r'(?:-|(?:\[(?>[^\]\\"]++|"(?>[^"\\]++|\\.)*+")*+\])++)(?: \ufeff?|$)'
"""Structured data, in whose quoted values a backslash escapes."""
_FACILITY: Final = r"(?:kern|user|mail|daemon|auth|syslog|lpr|news|uucp|cron|authpriv|ftp|local\d)"
_MNEMONIC: Final = r"%(?P<service>[A-Z][A-Z\d_]*+)(?:-[A-Z\d_]++)??-(?P<level>[0-7])-\w++: "
_CISCO: Final = (
    # Jan  2 03:04:05 host 7: *Mar  1 00:00:00.123 UTC: %LINK-3-UPDOWN: message, or parts of it
    rf"(?:<\d{{1,3}}>)?(?:\d++: )?(?:[\w.-]++: )?[*.]?(?P<time>(?:\d{{4}} )?{BSD_TIME}|{_ISO_TIME})"
    rf"(?: [A-Z]{{3,4}})?:? (?:[\w.:-]++ )?(?:: |\d++: )?(?:[*.]?{BSD_TIME}(?: [A-Z]{{3,4}})?: )?{_MNEMONIC}{MESSAGE}",
)
_SYSLOG: Final = (
    # RFC 5424: <34>1 2003-10-11T22:14:15.003Z host app procid msgid [sd] message
    rf"{_PRIORITY}\d{{1,2}} (?P<time>-|{_ISO_TIME}) [^ ]++ {_APP} [^ ]++ [^ ]++ {_DATA}{MESSAGE}",
    # RFC 3164: Jan  2 03:04:05 host prog[123]: message
    rf"(?:{_PRIORITY})?(?P<time>{BSD_TIME}|{_ISO_TIME}) {_HOST} {_TAG}{MESSAGE}",
    # the same without a host
    rf"(?:{_PRIORITY})?(?P<time>{BSD_TIME}|{_ISO_TIME}) {_NO_LEVEL}"
    rf"(?=[^ ]*[A-Za-z]){_TAG}{MESSAGE}",
    *_CISCO,
    # BusyBox: Jan  2 03:04:05 host daemon.info prog[123]: message
    rf"(?P<time>{BSD_TIME}|{C_TIME}|{_ISO_TIME}) (?:{_HOST} )?{_FACILITY}\.(?P<level>[a-z]++) {_TAG}{MESSAGE}",
    # the same without a program
    rf"(?:{_PRIORITY})?(?P<time>{BSD_TIME}) {_HOST} {MESSAGE}",
    # <6> prog: message, or no program, as programs write for systemd
    rf"{_PRIORITY} ?(?!\[ *+\d++\.)(?:(?P<service>[A-Za-z][\w.-]*+)(?:\[\d++\])?: )?{MESSAGE}",
)

_NGINX_LEVEL: Final = r"\[(?P<level>emerg|alert|crit|error|warn|notice|info|debug)\]"
_NGINX: Final = (
    rf"(?P<time>\d{{4}}/\d\d/\d\d \d\d:\d\d:\d\d) {_NGINX_LEVEL} \d++#\d++: {MESSAGE}",
    rf"nginx: {_NGINX_LEVEL} {MESSAGE}",
)
_APACHE: Final = (
    rf"\[(?P<time>{C_TIME})\] \[(?:(?P<service>[\w-]*+):)?(?P<level>[a-z]++\d?)\] "
    rf"(?:\[pid [^\]]*+\] )?(?:\[client [^\]]*+\] )?{MESSAGE}",
)
_STATUS_LEVELS: Final = {
    str(status): Level.ERROR if status >= 500 else Level.WARN if status >= 400 else Level.INFO  # noqa: PLR2004 - RFC 9110, 15
    for status in range(100, 600)
}
_ACCESS: Final = (
    # host ident user [time] "request" status size "referrer" "agent"; a virtual host before it
    rf"(?:[^ ]++ )?[^ ]++ [^ ]++ [^ ]++ \[(?P<time>{CLF_TIME})\] "
    r'(?P<message>"(?:[^"\\]|\\.)*+" (?P<level>\d{3})(?: .*)?)',
    # S3: owner bucket [time] address requester id operation key "request" status
    rf"[0-9a-f]++ \S++ \[(?P<time>{CLF_TIME})\] "
    r'(?P<message>(?:\S++ ){5}"[^"]*+" (?P<level>\d{3}) .*)',
    # Envoy and Istio: [time] "request" status; load balancers: time, name, client, target, ...
    rf'\[(?P<time>{DATED})\] (?P<message>"[A-Z]++ [^"]*+" (?P<level>\d{{3}})(?: .*)?)',
    rf"(?:[a-z0-9]++ )?(?P<time>{DATED}) (?P<message>\S++ [\da-f.:]++ \S++ [\d.-]++ [\d.-]++ [\d.-]++ (?P<level>\d{{3}}) .*)",
    # squid: time elapsed client code/status size method URL
    r"(?P<time>\d{10}\.\d{3}) ++\d++ \S++ (?P<message>[A-Z_]++/(?P<level>\d{3}) .*)",
)
_KLOG: Final = (
    rf"(?P<level>[IWEFD])(?P<time>\d{{4}} {CLOCK}) ++\d++ (?P<service>[\w.-]++):\d++\] {MESSAGE}",
    # TensorFlow: time: I file.cc:7] message
    rf"(?P<time>{DATED}): (?P<level>[IWEF]) (?P<service>[\w./-]++):\d++\] {MESSAGE}",
    rf"(?P<level>[IWEFD])(?P<time>\d{{8}} {CLOCK}) ++\d++ (?P<service>[\w./-]++):\d++\] {MESSAGE}",
)
_PG_LEVELS: Final = (
    "DEBUG[1-5]?|INFO|NOTICE|WARNING|ERROR|LOG|FATAL|PANIC"
    "|STATEMENT|DETAIL|HINT|CONTEXT|QUERY|LOCATION"
    "|FEHLER|WARNUNG|HINWEIS|PANIK|ANWEISUNG|TIPP|ZUSAMMENHANG|ANFRAGE|ORT"
    "|ERREUR|ATTENTION|NOTE|INSTRUCTION|DÉTAIL|ASTUCE|CONTEXTE|JOURNAL"
    "|ADVERTENCIA|AVISO|SENTENCIA|DETALLE|SUGERENCIA|CONTEXTO|COMANDO"
)
_POSTGRES: Final = (
    rf"(?P<time>{DATED}|{EPOCH}) ?(?:.{{0,160}}?[ :])?(?P<level>{_PG_LEVELS}):  {MESSAGE}",
    rf"(?P<level>{_PG_LEVELS}):  {MESSAGE}",
    # pgbouncer
    rf"(?P<time>{DATED}) \[\d++\] (?P<level>NOISE|DEBUG|LOG|WARNING|ERROR|FATAL) {MESSAGE}",
)
_MYSQL: Final = (
    rf"(?P<time>{DATED}) \d++ \[(?P<level>\w++)\] (?:\[MY-\d++\] )?(?:\[(?P<service>\w++)\] )?{MESSAGE}",
)
_MYSQL_OLD: Final = (rf"(?P<time>\d{{6}} {{1,2}}{CLOCK}) \[(?P<level>\w++)\] {MESSAGE}",)
_MONGODB: Final = (
    rf"(?P<time>{DATED}) (?P<level>[FEWID]\d?) (?:-|(?P<service>[A-Z][A-Z_]++)) ++\[[^\]]*+\] {MESSAGE}",
)
_REDIS: Final = (
    rf"\d++:(?:[XCSM]|signal-handler) (?P<time>{DATED}) (?P<level>[.*#-]) {MESSAGE}",
    rf"\[\d++\] (?P<time>\d\d [A-Z][a-z]{{2}} {CLOCK}) (?P<level>[.*#-]) {MESSAGE}",
)
_RABBITMQ: Final = (rf"(?P<time>{DATED}) \[(?P<level>[a-z]++)\] <[\d.]++> {MESSAGE}",)
_DOTNET: Final = (
    rf"(?:\[?(?P<time>{DATED}|{CLOCK})\]? )?(?P<level>trce|dbug|info|warn|fail|crit): "
    r"(?P<service>[\w.+`$<>-]++)\[\d++\](?: (?P<message>.*))?",
)
_JUL: Final = (
    rf"(?P<time>{WORD_TIME}|{DATED}) (?P<service>\w++(?:\.[\w$]++)++)(?: [\w$<>]++)?(?P<message>)",
)
_SERILOG: Final = (
    rf"\[?(?P<time>{DATED}|{CLOCK}) \[?(?P<level>VRB|DBG|INF|WRN|ERR|FTL)\] ?"
    rf"(?:\[(?P<service>[A-Za-z][\w.]*+)\] )?{MESSAGE}",
    # NLog: 2024-05-01 10:00:00.1234|INFO|Shop.Cart|message
    rf"(?P<time>{DATED})\|(?:[^|A-Za-z]{{1,40}}+\|)?(?P<level>[A-Za-z]++)\|(?:(?P<service>[\w.+`]++)\|)?{MESSAGE}",
)
_ZAP: Final = (
    rf"(?P<time>{DATED}|{EPOCH})\t(?P<level>[A-Za-z]++)\t"
    rf"(?:(?P<service>[A-Za-z][\w.-]*+)\t(?!\{{))?(?:[^\t: ]++:\d++\t)?{MESSAGE}",
)
_ZEROLOG: Final = (
    rf"(?P<time>{DATED}|{CLOCK}) (?P<level>TRC|DBG|INF|WRN|ERR|FTL|PNC) (?:[\w./-]++:\d++ > )?{MESSAGE}",
)
_WINSTON: Final = (
    rf"(?P<time>{DATED}) \[(?P<service>[\w.-]++)\] (?P<level>[a-z]++): {MESSAGE}",
    rf"(?P<time>{DATED}) (?P<level>error|warn|info|http|verbose|debug|silly): {MESSAGE}",
    rf"(?P<level>error|warn|info|http|verbose|debug|silly): {MESSAGE}",
    rf"npm (?P<level>ERR!|WARN|notice|info|http|verb|sill) {MESSAGE}",
)
_STRUCTLOG: Final = (
    rf"(?P<time>{DATED}) \[(?P<level>debug|info|warning|warn|error|critical|exception|fatal|trace|notset) *+\] (?P<message>(?:[^ ]++| ++(?!\[[\w.]++\]))*+)(?: ++\[(?P<service>[\w.]++)\].*)?",
)
_MONOLOG: Final = (rf"\[(?P<time>{DATED})\] (?P<service>[\w-]++)\.(?P<level>[A-Z]++): {MESSAGE}",)
_RUBY: Final = (
    rf"[DIWEFA], \[(?P<time>{DATED})(?: #\d++)?\] ++(?P<level>[A-Z]++) -- (?P<service>[^:]*+): {MESSAGE}",
)
_AIRFLOW: Final = (
    rf"\[(?P<time>{DATED})\] \{{{{1,2}}(?P<service>[\w.]++):\d++\}}{{1,2}} {LEVEL} - {MESSAGE}",
)
_DMESG: Final = (
    rf"{_FACILITY} *+:(?P<level>[a-z]++) *+: \[ *+\d++\.\d++\] {MESSAGE}",
    r"(?:<(?P<level>\d{1,3})>)?\[ *+\d++\.\d++\](?:\[[TC ]*+\d++\])? (?P<message>.*)",
)
_LOGCAT: Final = (
    r"(?P<time>(?:\d{4}-)?\d\d-\d\d \d\d:\d\d:\d\d\.\d++)(?: [+-]\d{4})? ++(?:\w++ ++)?\d++ ++\d++ "
    rf"(?P<level>[VDIWEFAS]) (?P<service>[^:]*+): {MESSAGE}",
    rf"(?P<level>[VDIWEFA])/(?P<service>[^(:]++)(?:\( *+\d++\))?: {MESSAGE}",
    r"(?P<time>(?:\d{4}-)?\d\d-\d\d \d\d:\d\d:\d\d\.\d++) "
    rf"(?P<level>[VDIWEFA])/(?P<service>[^(:]++)\( *+\d++\): {MESSAGE}",
    # Android Studio: time process-thread tag package level message
    r"(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d++) ++\d++-\d++ ++(?P<service>\S++(?: \S++)*+) ++\S++ ++"
    rf"(?P<level>[VDIWEFA])  {MESSAGE}",
    r"(?P<time>(?:\d{4}-)?\d\d-\d\d \d\d:\d\d:\d\d\.\d++) \d++-\d++/\S++ "
    rf"(?P<level>[VDIWEFA])/(?P<service>[^:]++): {MESSAGE}",
)
_GITHUB: Final = (
    r"(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z) (?:##\[(?P<level>[a-z]++)\])?(?P<message>.*)",
)
_CLOUD: Final = (
    # Heroku: time app[web.1]: message
    rf"(?P<time>{_ISO_TIME}) (?P<service>[\w-]++)\[[\w.-]++\]: {MESSAGE}",
    # Cloud Foundry: time [APP/PROC/WEB/0] OUT message
    rf" {{0,8}}+(?P<time>{_ISO_TIME}) \[(?P<service>[A-Z]++(?:/[A-Z]++)*+)/\d++\] (?:OUT|ERR) {MESSAGE}",
)
_LOGRUS: Final = (rf"(?P<level>TRAC|DEBU|INFO|WARN|ERRO|FATA|PANI)\[(?P<time>[^\]]++)\] {MESSAGE}",)
_NEST: Final = (
    rf"\[[^\]]++\] \d++  - (?P<time>{DATED}) ++(?P<level>[A-Z]++) (?:\[(?P<service>[^\]]++)\] )?{MESSAGE}",
)
_DJANGO: Final = (rf"{LEVEL} (?P<time>{DATED}) (?P<service>\w++) \d++ \d++ {MESSAGE}",)
_WINDOWS: Final = (
    rf"(?P<time>{DATED}), (?P<level>[A-Z][a-z]++) ++(?P<service>[A-Z][\w-]*+) ++{MESSAGE}",
)
_WEBLOGIC: Final = (
    r"####?<(?P<time>[^>]*+)> <(?P<level>[^>]*+)> <(?P<service>[^>]*+)> (?P<message>.*)",
    rf"<(?P<time>{WORD_TIME}[^>]*+)> <(?P<level>[^>]*+)> <(?P<service>[^>]*+)> {MESSAGE}",
)
_ETCD: Final = (rf"(?P<time>{DATED}) (?P<level>[DINWEC]) \| (?P<service>[\w/.-]++): {MESSAGE}",)
_PHP: Final = (
    rf"\[(?P<time>{DATED}[^\]]*+)\] PHP (?P<level>[A-Za-z]++(?: error)?):  ?{MESSAGE}",
    rf"\[(?P<time>{DATED}[^\]]*+)\] (?P<level>DEBUG|NOTICE|WARNING|ERROR|ALERT): {MESSAGE}",
)
_BLUEGENE: Final = (
    r"\S++ (?P<time>\d{10}) \d{4}\.\d\d\.\d\d \S++ \d{4}-\d\d-\d\d-\d\d\.\d\d\.\d\d\.\d++ \S++ \S++ "
    rf"(?P<service>[A-Z]++) (?P<level>[A-Z]++) {MESSAGE}",
    # Thunderbird and its kin: label, seconds, day, node, then syslog
    rf"\S++ (?P<time>\d{{10}}) \d{{4}}\.\d\d\.\d\d \S++ {BSD_TIME} \S++ {_TAG}{MESSAGE}",
    rf"\S++ (?P<time>\d{{10}}) \d{{4}}\.\d\d\.\d\d \S++ {BSD_TIME} \S++ {MESSAGE}",
)
_HPC: Final = (rf"\d++ (?P<service>[\w-]++) [\w.]++ [\w.-]++ (?P<time>\d{{9,10}}) -?\d {MESSAGE}",)
_PIPED: Final = (
    # 20171223-22:15:29:606|Step_LSC|30002312|message
    rf"(?P<time>\d{{8}}-\d\d?:\d\d?:\d\d?:\d{{1,3}}+)\|(?P<service>[\w.-]++)\|\d++\|{MESSAGE}",
)
_PROXIFIER: Final = (
    rf"\[(?P<time>\d\d\.\d\d {CLOCK})\] (?P<service>[\w.-]++(?: \*64)?) - {MESSAGE}",
)
_MAVEN: Final = (rf"\[{LEVEL}\](?: ++|$)(?!{TIME.replace('?P<time>', '?:')}){MESSAGE}",)
_ALEMBIC: Final = (rf"{LEVEL} ++\[(?P<service>[\w.]++)\] {MESSAGE}",)
_AUDIT: Final = (
    r"(?P<message>(?:node=\S++ )?type=\S++ msg=audit\((?P<time>\d++\.\d++):\d++\): .*)",
)
_WEBSPHERE: Final = (
    rf"\[(?P<time>\d\d?/\d\d?/\d\d [^\]]++)\] [0-9a-f]{{8}} (?P<service>\S++) ++(?P<level>[AIWEFDRCOZ<>123]) ++{MESSAGE}",
)
_ORACLE: Final = (
    rf"\[(?P<time>{DATED})\] \[[^\]]*+\] \[(?P<level>[A-Za-z:\d]++)\] \[[^\]]*+\] "
    rf"\[(?P<service>[\w.$/-]++)\] (?:\[[^\]]*+\] )*+{MESSAGE}",
)
_LOGFMT: Final = (
    r'(?P<message>(?:[A-Za-z_@][\w.@/-]*+=(?:"(?:[^"\\]|\\.)*+"|[^\s"]*+)(?: ++|$)){2,}+)',
)

_JUNK: Final = rf"(?:(?:(?!\[(?i:{LEVEL.replace('?P<level>', '?:')}) *+\]){BRACKETED}|{UUID}|\d++|[-|]|\w++=\S++)[ |\t]++){{0,8}}+"
"""What may stand between a time and a level: threads, processes, dashes, pairs."""

_NEAR: Final = rf" {{0,8}}+{TIME}[ |,\t:]++(?P<message>.{{0,80}}?{NEAR_LEVEL}.*)"
_GENERAL: Final = (
    # time level span{id=7}: module: message
    rf"{TIME} ++{LEVEL} (?:\w++\{{[^{{}}]*+\}}: ?)++{LOGGER}: {MESSAGE}",
    # [2024-05-01T10:00:00Z INFO  cart::open] message
    rf"\[(?P<time>{DATED}) {LEVEL} *+(?P<service>[\w:.$-]++)\] {MESSAGE}",
    # time [level] [logger] message
    rf"{TIME}[ |]++\[{MARKED_LEVEL} *+\] ?{OWN_BRACKET} {MESSAGE}",
    # time level (thread) [logger] message
    rf"{TIME} {MARKED_LEVEL} \([^()]*+\) \[(?P<service>[\w.$-]++)\] {MESSAGE}",
    # time junk level junk logger separator message
    rf" {{0,8}}+{TIME}[ |]++{_JUNK}\[?{MARKED_LEVEL}[\])>|]?[:,]?[ |\t]++{_JUNK}{ENDED}",
    # time [logger] level message
    rf"{TIME} {OWN_BRACKET} {MARKED_LEVEL}[\])]?(?: *+[-:|])?(?:\s++|$){MESSAGE}",
    # time logger separator level separator message
    rf"{TIME} (?:- )?(?P<service>(?=[\w.]*[a-z])[\w.$/-]++)(?: - |: | )\[?{LEVEL}\]?(?: - |: ){MESSAGE}",
    # time group/stream level message
    rf"{TIME} (?P<service>(?=[\w.$-]*[/_.-])[A-Za-z][\w.$/-]++) {LEVEL} ++{MESSAGE}",
    # time junk level message
    rf" {{0,8}}+{TIME}(?: ++|[|\t]){_JUNK}{MARKED_LEVEL}[\])>|]?(?: *+[-:|,])?(?:\s++|$){MESSAGE}",
    # program time level message; [process] time [level] message
    rf"(?P<service>[A-Za-z][\w.$-]*+):? {TIME} ++\[?{LEVEL}\]?:? ++{MESSAGE}",
    rf"\[\d++\] {TIME} \[{MARKED_LEVEL}\] {MESSAGE}",
    # time, something, a level, something: all of it is the message
    _NEAR,
    # level time message
    rf"[\[(<]?{MARKED_LEVEL}[\])>:|]?(?: [-|] |\s)++{TIME}(?: *+[-:|])?(?:\s++|$){MESSAGE}",
    # level [logger] message; level: message
    rf"[\[(<]{MARKED_LEVEL} *+[\])>]:?(?: ++|$){MESSAGE}",
    rf"{BARE_LEVEL} ++(?!\[[\w.$]*+\] ){MESSAGE}",
)
_DATED_TEXT: Final = (
    _NEAR,
    rf"[\[(<]?(?P<time>{DATED}|{BSD_TIME}|{EPOCH}|(?:\d\d[-/]\d\d )?\d\d:\d\d:\d\d(?:[.,]\d++)?)[\])>]?(?: *+[-|:,])?(?:\s++|$){MESSAGE}",
    # program time: message
    rf"(?P<service>[a-z][\w.-]*+) \[?(?P<time>{DATED})\]?:? {MESSAGE}",
)


LAYOUTS: Final[dict[str, Layout]] = {
    layout.name: layout
    for layout in (
        Layout(
            name="log4j",
            title="Log4j, Logback, Spring Boot, Tomcat, JBoss, Hadoop, Kafka, Elasticsearch",
            patterns=_LOG4J,
            continued=True,
            examples=(
                _e("2024-05-01 10:00:00,000 INFO [main] a.b.Cart: up", "INFO", "a.b.Cart", "up"),
                _e("10:00:00.123 [main] INFO shop.Cart -- up", "INFO", "shop.Cart", "up"),
                _e(
                    "2024-05-01 10:00:00.123  INFO 7 --- [main] s.Cart   : up",
                    "INFO",
                    "s.Cart",
                    "up",
                ),
                _e(
                    "01-May-2024 10:00:00.123 INFO [main] org.a.startup.Catalina.start up",
                    "INFO",
                    "org.a.startup.Catalina.start",
                    "up",
                ),
                _e(
                    "[2024-05-01T10:00:00,000][WARN ][o.e.Node  ] [n1] slow",
                    "WARN",
                    "o.e.Node",
                    "[n1] slow",
                ),
            ),
        ),
        Layout(
            name="python",
            title="Python's logging, Flask, Gunicorn, Celery, Loguru, OpenStack, Odoo, cloud-init",
            patterns=_PYTHON,
            continued=True,
            examples=(
                _e("WARNING:shop.orders:slow", "WARNING", "shop.orders", "slow"),
                _e("2024-05-01 10:00:00,123 - shop - ERROR - no", "ERROR", "shop", "no"),
            ),
        ),
        Layout(
            name="syslog",
            title="syslog: RFC 3164, RFC 5424, with and without a host",
            patterns=_SYSLOG,
            continued=True,
            levels=_PRIORITIES,
            examples=(
                _e("May  1 10:00:00 h1 cron[7]: job", None, "cron", "job"),
                _e("May  1 10:00:00 cart[7]: opened", None, "cart", "opened"),
                _e("<11>May  1 10:00:00 h1 cart: down", "11", "cart", "down"),
                _e("<34>1 2024-05-01T10:00:00Z h su 7 - - no", "34", "su", "no"),
                _e("<3> cart: lost", "3", "cart", "lost"),
            ),
        ),
        Layout(
            name="nginx",
            title="nginx, error log",
            patterns=_NGINX,
            service="nginx",
            examples=(
                _e("2024/05/01 10:00:00 [error] 7#8: *1 refused", "error", None, "*1 refused"),
            ),
        ),
        Layout(
            name="apache",
            title="Apache httpd, error log",
            patterns=_APACHE,
            service="httpd",
            levels={f"trace{n}": Level.DEBUG for n in range(1, 9)},
            examples=(
                _e(
                    "[Sun May 05 10:00:00.123456 2024] [core:error] [pid 7:tid 8] [client 10.0.0.7:5] no cart",
                    "error",
                    "core",
                    "no cart",
                ),
            ),
        ),
        Layout(
            name="access",
            title="access logs: common, combined, squid; status 5xx is ERROR, 4xx WARN",
            patterns=_ACCESS,
            levels=_STATUS_LEVELS,
            examples=(
                _e(
                    '10.0.0.7 - - [05/May/2024:10:00:01 +0000] "GET /cart HTTP/1.1" 502 12',
                    "502",
                    None,
                    '"GET /cart HTTP/1.1" 502 12',
                ),
            ),
        ),
        Layout(
            name="klog",
            title="klog, glog: Kubernetes components",
            patterns=_KLOG,
            continued=True,
            examples=(_e("E0501 10:00:04.000000    7 db.go:7] db lost", "E", "db.go", "db lost"),),
        ),
        Layout(
            name="postgresql",
            title="PostgreSQL, stderr",
            patterns=_POSTGRES,
            service="postgresql",
            levels=named_levels(
                noise="DEBUG",
                fehler="ERROR",
                warnung="WARN",
                hinweis="INFO",
                panik="FATAL",
                erreur="ERROR",
                attention="WARN",
                journal="INFO",
                advertencia="WARN",
                aviso="WARN",
            ),
            continued=True,
            examples=(
                _e("2024-05-01 10:00:00.000 UTC [7] ERROR:  no cart", "ERROR", None, "no cart"),
            ),
        ),
        Layout(
            name="mysql",
            title="MySQL, MariaDB, error log",
            patterns=(*_MYSQL, *_MYSQL_OLD),
            continued=True,
            examples=(
                _e(
                    "2024-05-01T10:00:00.1Z 0 [Note] [MY-1] [Server] ready",
                    "Note",
                    "Server",
                    "ready",
                ),
            ),
        ),
        Layout(
            name="mongodb",
            title="MongoDB before 4.4 (later ones write JSON)",
            patterns=_MONGODB,
            levels={f"d{n}": Level.DEBUG for n in range(1, 6)},
            examples=(
                _e("2024-05-01T10:00:00.123+0000 W NETWORK  [conn1] slow", "W", "NETWORK", "slow"),
            ),
        ),
        Layout(
            name="redis",
            title="Redis, Valkey",
            patterns=_REDIS,
            service="redis",
            levels={".": Level.DEBUG, "-": Level.INFO, "*": Level.INFO, "#": Level.WARN},
            examples=(_e("7:M 01 May 2024 10:00:00.123 # no fork", "#", None, "no fork"),),
        ),
        Layout(
            name="rabbitmq",
            title="RabbitMQ",
            patterns=_RABBITMQ,
            service="rabbitmq",
            continued=True,
            examples=(
                _e("2024-05-01 10:00:00.123 [error] <0.7.0> closed", "error", None, "closed"),
            ),
        ),
        Layout(
            name="dotnet",
            title=".NET console",
            patterns=_DOTNET,
            levels=named_levels(trce="DEBUG", dbug="DEBUG"),
            continued=True,
            has_body=True,
            examples=(_e("fail: Shop.Cart[7]", "fail", "Shop.Cart", ""),),
        ),
        Layout(
            name="jul",
            title="java.util.logging, two lines a record",
            patterns=_JUL,
            continued=True,
            has_body=True,
            body=r"(?P<level>[A-Z]++): (?P<message>.*)",
            examples=(
                _e("May 01, 2024 10:00:00 AM org.shop.Cart open", None, "org.shop.Cart", ""),
            ),
        ),
        Layout(
            name="serilog",
            title="Serilog and NLog files",
            patterns=_SERILOG,
            continued=True,
            examples=(_e("2024-05-01 10:00:00.123 +02:00 [ERR] lost", "ERR", None, "lost"),),
        ),
        Layout(
            name="zap",
            title="zap, console encoding",
            patterns=_ZAP,
            continued=True,
            examples=(
                _e("2024-05-01T10:00:00.123Z\tERROR\tcart/open.go:7\tlost", "ERROR", None, "lost"),
            ),
        ),
        Layout(
            name="zerolog",
            title="zerolog, console",
            patterns=_ZEROLOG,
            examples=(_e("10:00AM ERR cart lost error=EOF", "ERR", None, "cart lost error=EOF"),),
        ),
        Layout(
            name="winston",
            title="winston, npm",
            patterns=_WINSTON,
            continued=True,
            examples=(
                _e("2024-05-01T10:00:00.123Z [cart] warn: slow", "warn", "cart", "slow"),
                _e("2024-05-01T10:00:00.123Z error: lost", "error", None, "lost"),
            ),
        ),
        Layout(
            name="structlog",
            title="structlog, console",
            patterns=_STRUCTLOG,
            continued=True,
            examples=(
                _e(
                    "2024-05-01 10:00:00 [info     ] cart opened   [shop.cart] id=7",
                    "info",
                    "shop.cart",
                    "cart opened",
                ),
            ),
        ),
        Layout(
            name="monolog",
            title="Monolog, Laravel, Symfony",
            patterns=_MONOLOG,
            continued=True,
            examples=(
                _e(
                    "[2024-05-01T10:00:00.1+02:00] request.INFO: matched {} []",
                    "INFO",
                    "request",
                    "matched {} []",
                ),
            ),
        ),
        Layout(
            name="ruby",
            title="Ruby's Logger, Rails, Sidekiq",
            patterns=_RUBY,
            further=r"\[[\w-]++\] ",
            continued=True,
            examples=(
                _e(
                    "E, [2024-05-01T10:00:01.123456 #7] ERROR -- : [r-1] lost",
                    "ERROR",
                    "",
                    "[r-1] lost",
                ),
            ),
        ),
        Layout(
            name="airflow",
            title="Apache Airflow",
            patterns=_AIRFLOW,
            continued=True,
            examples=(
                _e(
                    "[2024-05-01T10:00:00.123+0000] {taskinstance.py:7} INFO - done",
                    "INFO",
                    "taskinstance.py",
                    "done",
                ),
            ),
        ),
        Layout(
            name="logcat",
            title="Android logcat: threadtime, brief, time",
            patterns=_LOGCAT,
            remark=r"-{5,} (?:beginning of|switch to) .*",
            levels=named_levels(s="DEBUG"),
            examples=(_e("03-17 16:13:38.811  1702  2395 E Cart: lost", "E", "Cart", "lost"),),
        ),
        Layout(
            name="github",
            title="GitHub Actions",
            patterns=_GITHUB,
            levels={
                **dict.fromkeys(("group", "endgroup", "command", "section", "add-mask"), Level.INFO)
            },
            examples=(_e("2024-05-01T10:00:01.0000000Z ##[error]exit 2", "error", None, "exit 2"),),
        ),
        Layout(
            name="cloud",
            title="Heroku, Cloud Foundry",
            patterns=_CLOUD,
            examples=(_e("2024-05-01T10:00:00.000000+00:00 app[web.1]: up", None, "app", "up"),),
        ),
        Layout(
            name="logrus",
            title="logrus on a terminal",
            patterns=_LOGRUS,
            levels=named_levels(pani="FATAL"),
            continued=True,
            examples=(_e("ERRO[0001] cart lost   id=7", "ERRO", None, "cart lost   id=7"),),
        ),
        Layout(
            name="nest",
            title="NestJS",
            patterns=_NEST,
            continued=True,
            examples=(
                _e(
                    "[Nest] 7  - 05/01/2024, 10:00:00 AM   ERROR [Carts] lost",
                    "ERROR",
                    "Carts",
                    "lost",
                ),
            ),
        ),
        Layout(
            name="django",
            title="Django, verbose",
            patterns=_DJANGO,
            continued=True,
            examples=(_e("ERROR 2024-05-01 10:00:01,123 log 7 139 no", "ERROR", "log", "no"),),
        ),
        Layout(
            name="windows",
            title="Windows component servicing (CBS) and setup",
            patterns=_WINDOWS,
            examples=(
                _e("2024-05-01 10:00:01, Error           CSI    lost", "Error", "CSI", "lost"),
            ),
        ),
        Layout(
            name="weblogic",
            title="WebLogic",
            patterns=_WEBLOGIC,
            continued=True,
            examples=(
                _e(
                    "<May 1, 2024 10:00:00 AM UTC> <Notice> <Server> <BEA-1> <up>",
                    "Notice",
                    "Server",
                    "<BEA-1> <up>",
                ),
            ),
        ),
        Layout(
            name="etcd",
            title="etcd before 3.5",
            patterns=_ETCD,
            levels=named_levels(c="FATAL"),
            examples=(
                _e("2024-05-01 10:00:00.123456 W | etcdserver: slow", "W", "etcdserver", "slow"),
            ),
        ),
        Layout(
            name="php",
            title="PHP and PHP-FPM, error log",
            patterns=_PHP,
            levels={"fatal error": Level.FATAL, "parse error": Level.FATAL},
            continued=True,
            examples=(
                _e("[01-May-2024 10:00:00 UTC] PHP Fatal error:  no", "Fatal error", None, "no"),
            ),
        ),
        Layout(
            name="bluegene",
            title="Blue Gene/L, Thunderbird, Spirit, Liberty",
            patterns=_BLUEGENE,
            levels=named_levels(kernel="INFO"),
            examples=(
                _e(
                    "- 1117838570 2005.06.03 R02-M1 2005-06-03-15.42.50.675872 R02-M1 RAS KERNEL INFO up",
                    "INFO",
                    "KERNEL",
                    "up",
                ),
            ),
        ),
        Layout(
            name="hpc",
            title="HPC clusters of Los Alamos",
            patterns=_HPC,
            examples=(
                _e(
                    "134681 node-246 unix.hw state_change.unavailable 1077804742 1 off",
                    None,
                    "node-246",
                    "off",
                ),
                _e("2286759 full partition status 1061219795 -1 on", None, "full", "on"),
            ),
        ),
        Layout(
            name="piped",
            title="time, component, process and text between bars, as health apps write",
            patterns=_PIPED,
            examples=(
                _e("20171223-22:15:29:606|Step_LSC|30002312|up", None, "Step_LSC", "up"),
                _e("20171224-0:5:7:14|Step_LSC|30002312|up", None, "Step_LSC", "up"),
            ),
        ),
        Layout(
            name="proxifier",
            title="Proxifier",
            patterns=_PROXIFIER,
            examples=(_e("[10.30 16:49:06] chrome.exe - open", None, "chrome.exe", "open"),),
        ),
        Layout(
            name="dmesg",
            title="the Linux kernel's ring buffer",
            patterns=_DMESG,
            service="kernel",
            levels=_PRIORITIES,
            examples=(
                _e("[   12.345678] cart[7]: segfault at 0", None, None, "cart[7]: segfault at 0"),
            ),
        ),
        Layout(
            name="cisco",
            title="Cisco IOS",
            patterns=_CISCO,
            levels={str(n): Level(name) for n, name in SCALES["syslog"].items()},
            examples=(_e("*Mar  1 10:00:00.123: %LINK-3-UPDOWN: down", "3", "LINK", "down"),),
        ),
        Layout(
            name="audit",
            title="Linux audit",
            patterns=_AUDIT,
            service="audit",
            examples=(
                _e(
                    "type=LOGIN msg=audit(1714557600.123:7): pid=7 res=1",
                    None,
                    None,
                    "type=LOGIN msg=audit(1714557600.123:7): pid=7 res=1",
                ),
            ),
        ),
        Layout(
            name="websphere",
            title="WebSphere, Liberty",
            patterns=_WEBSPHERE,
            levels={
                **named_levels(a="INFO", r="INFO", c="INFO", o="INFO", z="INFO", d="DEBUG"),
                **dict.fromkeys("123<>", Level.DEBUG),
            },
            continued=True,
            examples=(
                _e(
                    "[5/1/24 10:00:00:123 EDT] 00000001 Servlet E   SRVE1: no",
                    "E",
                    "Servlet",
                    "SRVE1: no",
                ),
            ),
        ),
        Layout(
            name="oracle",
            title="Oracle diagnostic logs, GlassFish, Payara",
            patterns=_ORACLE,
            continued=True,
            examples=(
                _e(
                    "[2024-05-01T10:00:00.123+0000] [Payara 5] [SEVERE] [] [javax.ee] [tid: 1] no",
                    "SEVERE",
                    "javax.ee",
                    "no",
                ),
            ),
        ),
        *PRODUCT_LAYOUTS,
        Layout(
            name="logfmt",
            title="logfmt: logrus, slog, Heroku's router, Grafana's programs",
            patterns=_LOGFMT,
            pairs=True,
            examples=(
                _e(
                    'ts=1 level=error msg="cart lost"',
                    None,
                    None,
                    'ts=1 level=error msg="cart lost"',
                ),
            ),
        ),
        Layout(
            name="alembic",
            title="a level, a logger in brackets, the text",
            patterns=_ALEMBIC,
            continued=True,
            examples=(_e("INFO  [alembic.runtime] up", "INFO", "alembic.runtime", "up"),),
        ),
        Layout(
            name="general",
            title="a time, a level near it, perhaps a logger, and the text",
            patterns=_GENERAL,
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
        ),
        Layout(
            name="maven",
            title="a level in brackets, the text",
            patterns=_MAVEN,
            continued=True,
            examples=(_e("[ERROR] no build", "ERROR", None, "no build"),),
        ),
        Layout(
            name="dated",
            title="a time, the text",
            patterns=_DATED_TEXT,
            continued=True,
            examples=(_e("2024/05/01 10:00:00 main.go:7: up", None, None, "main.go:7: up"),),
        ),
    )
}
"""The layouts with a name; of two that fit as well, the first one is taken."""

_W3C_FIELDS: Final = "#Fields: "
_W3C_STATUS: Final = {"sc-status", "cs-status", "status"}


def w3c_layout(lines: Sequence[str]) -> Layout | None:
    """The layout that a `#Fields:` line tells, as IIS and other servers write it (W3C extended log).

    Args:
        lines: the first ones of a file.

    Returns:
        The layout, named `w3c`; None if no line names fields.
    """
    names = next((line for line in lines if line.startswith(_W3C_FIELDS)), "")
    fields = names.removeprefix(_W3C_FIELDS).split()
    if not fields:
        return None
    timed = fields[:2] == ["date", "time"]
    head = r"(?P<time>\S++[ \t]\S++)[ \t]" if timed else ""
    rest = fields[2:] if timed else fields
    gap = r"[ \t]"
    columns = (r"(?P<level>\d{3})" if name in _W3C_STATUS else r"\S++" for name in rest)
    return Layout(
        name="w3c",
        title="W3C extended log files, as of IIS",
        patterns=(f"{head}(?P<message>{gap.join(columns)})",),
        remark="#.*",
        levels=_STATUS_LEVELS,
    )
