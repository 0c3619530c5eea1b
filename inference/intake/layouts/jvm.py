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

__all__ = ["JETTY", "JUL", "LOG4J", "MINECRAFT", "ORACLE", "WEBLOGIC", "WEBSPHERE"]

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
    r"####?<(?P<time>[^>]*+)> <(?P<level>[^>]*+)> <(?P<service>[^>]*+)> (?P<message>.*)",
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
            "<BEA-1> <up>",
        ),
    ),
)

_WEBSPHERE: Final = (
    rf"\[(?P<time>\d\d?/\d\d?/\d\d [^\]]++)\] [0-9a-f]{{8}} (?P<service>\S++) ++(?P<level>[AIWEFDRCOZ<>123]) ++{MESSAGE}",
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

_JETTY: Final = (rf"{TIME}:{LEVEL} *+:(?P<service>[\w.$-]*+):[^:]*+: ?{MESSAGE}",)

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
