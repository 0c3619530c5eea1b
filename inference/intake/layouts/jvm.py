"""The Java virtual machine: Log4j and Logback with what builds on them, application servers, games."""

from typing import Final

from inference.intake.fragments import (
    BARE,
    BRACKETED,
    DATED,
    DOTTED,
    ENDED,
    LEVEL,
    MESSAGE,
    SEPARATOR,
    TIME,
    WORD_TIME,
)
from inference.intake.layout import Layout, named_levels
from inference.intake.layout import example as _e
from schemas.record.features import Level

__all__ = ["GC", "JETTY", "JUL", "LOG4J", "MINECRAFT", "ORACLE", "WEBLOGIC", "WEBSPHERE"]

_AT_CLASS: Final = r"\[(?:[^@]*:)?(?P<service>[\w.$]++)@\d++\]"
_CLASS: Final = r"(?P<service>[a-z]\w*+(?:\.[\w$]++)++)"
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
    rf"{TIME}\[(?P<level>[A-Z]{{3,12}}+) *+\]\[(?!main\]|[^\[\]]*-#\d)(?P<service>[^\[\] ]++) *+\] ?{MESSAGE}",
    # 2023-01-01 00:00:00,000 INFO  [org.jboss.as] (MSC service thread 1-1) message
    rf"{TIME} {LEVEL} *+\[(?P<service>[\w.$-]++)\] \([^()]*+\) {MESSAGE}",
    # INFO  [main] 2023-01-01 00:00:00,000 Bar.java:123 - message; INFO [2023-...] com.foo.Bar: ...
    rf"(?:\[ *+)?{LEVEL}(?: *+\])? *+(?:{BRACKETED} (?=[\[\d]))?{TIME} (?:{BRACKETED} ++)*+{ENDED}",
    # 2023-01-01 00:00:00,000 AUDITED [main] a.b.X: a level of the program's own
    rf"{TIME} ++\[?(?P<level>[A-Z]{{3,12}}+)\]? ++(?:{BRACKETED} ++)?(?P<service>[A-Za-z_]\w*+(?:\.[\w$]++)++){SEPARATOR}{MESSAGE}",
    # [INFO] [05/01/2024 10:00:00.123] [thread] [akka://shop/user/cart] message
    rf"\[{LEVEL}\] \[(?P<time>{DATED})\] {BRACKETED} \[(?P<service>[^\[\]]++)\] {MESSAGE}",
    # Sling: time *LEVEL* [thread] a.b.Cart message
    rf"{TIME} \*{LEVEL}\* {BRACKETED} (?P<service>[\w.$-]++):? {MESSAGE}",
    # openHAB: time, level and class in brackets, both padded
    rf"{TIME} \[{LEVEL} *+\] \[(?P<service>[\w.$-]++) *+\] - {MESSAGE}",
    # time LEVEL (thread) [context] o.a.s.Core message
    rf"{TIME} {LEVEL} ++\([^()]*+\) (?:{BRACKETED} )?{_CLASS} {MESSAGE}",
    # time LEVEL [thread] [a.b.Cart] method message
    rf"{TIME} {LEVEL} {BRACKETED} \[{_CLASS}\] [\w$<>]++ {MESSAGE}",
    # time LEVEL [thread] user a.b.Cart - message
    rf"{TIME} {LEVEL} ++{BRACKETED} [*\w.@-]++ {_CLASS} - {MESSAGE}",
    # time thread LEVEL user request [a.b.Cart] message
    rf"{TIME} \S++ {LEVEL} (?:[^\[\]]{{1,160}}+)\[{_CLASS}\] {MESSAGE}",
    # time | LEVEL | thread | a.b.Cart | bundle | message; time | LEVEL | message | a.b.Cart | thread
    rf"{TIME} \| {LEVEL} *+\| [^|]*+\| {_CLASS} *+\| \d[^|]*+\| {MESSAGE}",
    rf"{TIME} \| {LEVEL} *+\| (?P<message>.*?) \| {_CLASS} \| [^|]++",
    # time a.b.cart thread [LEVEL] message
    rf"{TIME} {_CLASS} \S++ \[{LEVEL}\] {MESSAGE}",
    # time, level, thread, class and message between tabs
    rf"{TIME}\t{LEVEL}\t[^\t]++\t{_CLASS}\t{MESSAGE}",
    # time LEVEL : a.b.Cart - message
    rf"{TIME} {LEVEL} ?: {_CLASS} - {MESSAGE}",
    # time LEVEL part[thread][a.b.Cart] message
    rf"{TIME} {LEVEL} ++(?P<service>[\w-]++)\[[^\[\]]*+\]\[[^\[\]]*+\] {MESSAGE}",
    # 01-May-2024 10:00:00.123 INFO [main] org.apache.catalina.startup.Catalina.start message
    rf"{TIME} {LEVEL} {BRACKETED} {DOTTED}(?: |$){MESSAGE}",
    BARE,
)

LOG4J: Final = Layout(
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
)

_JUL: Final = (
    rf"(?P<time>{WORD_TIME}|{DATED}) (?P<service>\w++(?:\.[\w$]++)++)(?: [\w$<>]++)?(?P<message>)",
    rf"(?P<time>{WORD_TIME}) (?P<service>[A-Za-z_][\w$]*+) [\w$<>]++(?P<message>)",
)

JUL: Final = Layout(
    name="jul",
    title="java.util.logging, two lines a record",
    patterns=_JUL,
    continued=True,
    has_body=True,
    body=r"(?P<level>[A-ZÀ-Ý]++): (?P<message>.*)",
    examples=(_e("May 01, 2024 10:00:00 AM org.shop.Cart open", None, "org.shop.Cart", ""),),
)

_WEBLOGIC: Final = (
    r"####?<(?P<time>[^>]*+)> <(?P<level>[^>]*+)> <(?P<service>[^>]*+)> (?:<<?[^<>]*+>>? )*?<(?:[A-Z]++-\d++|\d{6})> <(?P<message>.*?)>? *+",
    r"####?<(?P<time>[^>]*+)> <(?P<level>[^>]*+)> <(?P<service>[^>]*+)> (?P<message>.*)",
    rf"<(?P<time>{WORD_TIME}[^>]*+)> <(?P<level>[^>]*+)> <(?P<service>[^>]*+)> <(?:[A-Z]++-\d++|\d{{6}})> <(?P<message>.*?)>? *+",
    rf"<(?P<time>{WORD_TIME}[^>]*+)> <(?P<level>[^>]*+)> <(?P<service>[^>]*+)> {MESSAGE}",
)

WEBLOGIC: Final = Layout(
    name="weblogic",
    title="WebLogic",
    patterns=_WEBLOGIC,
    continued=True,
    examples=(
        _e(
            "<May 1, 2024 10:00:00 AM UTC> <Notice> <Server> <BEA-1> <up>",
            "Notice",
            "Server",
            "up",
        ),
    ),
)

_WEBSPHERE: Final = (
    rf"\[(?P<time>\d\d?[/.]\d\d?[/.]\d\d,? [^\]]++)\] [0-9a-f]{{8}} (?P<service>\S++) ++(?P<level>[AIWEFDRCOZ<>123]) ++{MESSAGE}",
)

WEBSPHERE: Final = Layout(
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
)

_ORACLE: Final = (
    rf"\[(?P<time>{DATED})\] \[[^\]]*+\] \[(?P<level>[A-Za-z:\d]++)\] \[[^\]]*+\] "
    rf"\[(?P<service>[\w.$/-]++)\] (?:\[[^\]]*+\] )*+{MESSAGE}",
    # GlassFish before 4: [#|time|level|server|logger|thread|message|#]
    r"\[#\|(?P<time>[^|]++)\|(?P<level>[A-Z]++)\|[^|]*+\|(?P<service>[^|]++)\|[^|]*+\|(?P<message>.*?)(?:\|#\])?",
)

ORACLE: Final = Layout(
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
)

_GC: Final = (
    rf"\[(?:(?P<time>{DATED})|\d++\.\d++m?s)\](?:\[\d++\])?\[(?P<level>trace|debug|info|warning|error) *+\]"
    rf"\[(?P<service>[a-z]++(?:,[a-z]++)*+) *+\] {MESSAGE}",
)

GC: Final = Layout(
    name="gc",
    title="the Java virtual machine itself, since Java 9",
    patterns=_GC,
    continued=True,
    examples=(
        _e("[0.456s][warning][os,thread] lost", "warning", "os,thread", "lost"),
        _e("[2024-05-01T10:00:00.123+0200][info][gc] up", "info", "gc", "up"),
    ),
)

_JETTY: Final = (rf"{TIME}:{LEVEL} *+:(?P<service>[\w.$-]*+):[^:\s]*+: ?{MESSAGE}",)

JETTY: Final = Layout(
    name="jetty",
    title="Jetty",
    patterns=_JETTY,
    continued=True,
    examples=(
        _e("2024-05-01 10:00:00.123:WARN:oejs.Server:main: slow", "WARN", "oejs.Server", "slow"),
    ),
)

_MINECRAFT: Final = (
    # [10:00:00] [Server thread/INFO] [mod.Class/MARK]: message
    rf"{TIME} \[[^\[\]/]*+/{LEVEL}\] \[(?P<service>[\w.$-]++)[^\[\]]*+\]: ?{MESSAGE}",
    rf"{TIME} \[[^\[\]/]*+/{LEVEL}\]: ?{MESSAGE}",
)

MINECRAFT: Final = Layout(
    name="minecraft",
    title="Minecraft: servers, Forge, Fabric",
    patterns=_MINECRAFT,
    continued=True,
    examples=(
        _e("[10:00:00] [Server thread/WARN]: behind", "WARN", None, "behind"),
        _e("[10:00:00] [main/INFO] [net.a.B/]: up", "INFO", "net.a.B", "up"),
    ),
)
