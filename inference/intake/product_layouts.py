"""Layouts of one product each, as data: databases, devices, game servers, cloud functions.

They are part of `inference.intake.layouts.LAYOUTS`, behind those that many programs share.
"""

from typing import Final

from inference.intake.fragments import (
    BSD_TIME,
    C_TIME,
    CLF_TIME,
    DATED,
    DB2_TIME,
    LEVEL,
    MESSAGE,
    TIME,
    UUID,
)
from inference.intake.layout import Layout, named_levels
from inference.intake.layout import example as _e
from schemas.record.features import Level

__all__ = ["PRODUCT_LAYOUTS"]

_MINECRAFT: Final = (
    # [10:00:00] [Server thread/INFO] [mod.Class/MARK]: message
    rf"{TIME} \[[^\[\]/]*+/{LEVEL}\] \[(?P<service>[\w.$-]++)[^\[\]]*+\]: ?{MESSAGE}",
    rf"{TIME} \[[^\[\]/]*+/{LEVEL}\]: ?{MESSAGE}",
)
_JETTY: Final = (rf"{TIME}:{LEVEL} *+:(?P<service>[\w.$-]*+):[^:]*+: ?{MESSAGE}",)
_SPDLOG: Final = (
    # [time][process][level][logger] [source] message, as Envoy; [time] [level] message
    rf"\[(?P<time>{DATED})\](?:\[\d++\])? ?\[(?P<level>[a-z]++)\](?:\[(?P<service>[\w.-]++)\])? "
    rf"(?:\[[\w./-]++:\d++\] )?{MESSAGE}",
)
_BUNYAN: Final = (
    # [time]  INFO: name/7 on host: message; [time] INFO (name/7 on host): message
    rf"{TIME} ++{LEVEL}: (?P<service>[\w.-]++)/\d++ on [^:]++: {MESSAGE}",
    rf"{TIME} ++{LEVEL} \((?P<service>[A-Za-z][\w.-]*+)(?:/\d++)?(?: on [^()]++)?\): {MESSAGE}",
    rf"{TIME} ++{LEVEL} \(\d++(?: on [^()]++)?\): {MESSAGE}",
)
_MACOS: Final = (
    # time thread type activity process lifetime name: (library) message
    rf"(?P<time>{DATED}) ++0x[0-9a-f]++ ++(?P<level>[A-Z][a-z]++) ++0x[0-9a-f]++ ++\d++ ++\d++ ++"
    rf"(?P<service>[^:]++): {MESSAGE}",
    rf"(?P<time>{DATED}) (?P<level>[A-Z][a-z ]) (?P<service>[^\[\]]++)\[\d++:[0-9a-f]++\] {MESSAGE}",
)
_LAMBDA: Final = (
    rf"(?P<time>{DATED})\t(?:{UUID}|undefined)\t(?P<level>[A-Z]++)\t{MESSAGE}",
    rf"\[(?P<level>[A-Z]++)\]\t(?P<time>{DATED})\t{UUID}\t{MESSAGE}",
    rf"(?P<message>(?:START|END|REPORT) RequestId: {UUID}.*|INIT_START .*)",
)
_CEF: Final = (
    r"(?:<\d{1,3}>)?(?:\d )?(?:(?P<time>\S.{0,34}?) )?(?:[\w.:-]++ )?"
    r"CEF: ?\d\|[^|]*+\|(?P<service>[^|]++)\|[^|]*+\|[^|]*+\|(?P<message>[^|]*+\|(?P<level>[^|]{1,9})\|.*)",
)
_LEEF: Final = (
    r"(?:<\d{1,3}>)?(?:\d )?(?:(?P<time>\S.{0,34}?) )?(?:[\w.:-]++ )?"
    r"LEEF:\d\.\d\|[^|]*+\|(?P<service>[^|]++)\|[^|]*+\|(?P<message>.*)",
)
_VPC: Final = (
    r"(?P<message>\d (?:\d{12}|unknown) eni-\w++ \S++ \S++ \S++ \S++ \S++ \S++ \S++ (?P<time>\d{10}) \d{10} "
    r"(?:ACCEPT|REJECT|-) \w++)",
)
_HANA: Final = (
    rf"\[\d++\]\{{-?\d++\}}\[[^\]]*+\] (?P<time>{DATED}) (?P<level>[iwefd]) (?P<service>\w++) ++{MESSAGE}",
)
_SAP: Final = (rf"[A-Z]  (?:\*\*\* (?P<level>ERROR|WARNING)(?: =>)? ?)?{MESSAGE}",)
_DB2: Final = (
    rf"(?P<time>{DB2_TIME}) \w++ ++LEVEL: (?P<level>[A-Z][a-z]++)(?: \([^()]*+\))?(?P<message>)",
)
_ALERT: Final = (rf"(?P<time>{DATED}|{C_TIME})(?P<message>)",)
_LOGCAT_LONG: Final = (
    r"\[ (?P<time>(?:\d{4}-)?\d\d-\d\d \d\d:\d\d:\d\d\.\d++) ++(?:\w++:)? *+\d++: *+\w++ "
    r"(?P<level>[VDIWEFA])/(?P<service>\S++) ++\](?P<message>)",
)
_ERLANG: Final = (
    r"=(?P<level>INFO|WARNING|ERROR|CRASH|SUPERVISOR|PROGRESS) REPORT==== (?P<time>\S++(?: \S++)?) ===(?P<message>)",
)
_MYSQL_SLOW: Final = (r"# Time: (?P<time>\d\S++(?: ++[\d:.]++)?)(?P<message>)",)
_APT: Final = (r"Start-Date: (?P<time>\d{4}-\d\d-\d\d ++\d\d:\d\d:\d\d)(?P<message>)",)
_MONGODB_OLD: Final = (rf"(?P<time>[A-Z][a-z]{{2}} {BSD_TIME}) \[[^\]]++\] {MESSAGE}",)
_NPM_DEBUG: Final = (
    r"\d++ (?P<level>silly|verbose|info|http|timing|notice|warn|error) (?P<message>.*)",
)
_CUPS: Final = (rf"(?P<level>[XACEWNIDd]) \[(?P<time>{CLF_TIME})\] {MESSAGE}",)
_XORG: Final = (rf"\[ *+\d++\.\d++\] \((?P<level>II|WW|EE|NI|--|\*\*|==|\+\+|!!|\?\?)\) {MESSAGE}",)
_VMWARE: Final = (
    rf"(?P<time>{DATED})\| (?P<service>[\w-]++)\| (?P<level>[A-Z][a-z]?)\(?\d++\)?:? {MESSAGE}",
    rf"(?P<time>{DATED}) (?P<level>info|warning|error|verbose|trivia|panic|notice|debug|crit) "
    rf"(?P<service>[\w-]++)\[\w++\]:? {MESSAGE}",
)
_CEF_LEVELS: Final = {
    **{str(n): Level.INFO for n in range(4)},
    **{str(n): Level.WARN for n in range(4, 7)},
    **{str(n): Level.ERROR for n in range(7, 9)},
    **{str(n): Level.FATAL for n in range(9, 11)},
    **named_levels(low="INFO", medium="WARN", high="ERROR"),
    "very-high": Level.FATAL,
    "unknown": Level.INFO,
}
"""Severities of the Common Event Format: 0 to 3 low, to 6 medium, to 8 high, 10 very high."""

PRODUCT_LAYOUTS: Final[tuple[Layout, ...]] = (
    Layout(
        name="minecraft",
        title="Minecraft: servers, Forge, Fabric",
        patterns=_MINECRAFT,
        continued=True,
        examples=(
            _e("[10:00:00] [Server thread/WARN]: behind", "WARN", None, "behind"),
            _e("[10:00:00] [main/INFO] [net.a.B/]: up", "INFO", "net.a.B", "up"),
        ),
    ),
    Layout(
        name="jetty",
        title="Jetty",
        patterns=_JETTY,
        continued=True,
        examples=(
            _e(
                "2024-05-01 10:00:00.123:WARN:oejs.Server:main: slow", "WARN", "oejs.Server", "slow"
            ),
        ),
    ),
    Layout(
        name="spdlog",
        title="spdlog, Envoy",
        patterns=_SPDLOG,
        continued=True,
        examples=(
            _e(
                "[2024-05-01 10:00:00.123][7][warning][upstream] [a/b.cc:7] lost",
                "warning",
                "upstream",
                "lost",
            ),
        ),
    ),
    Layout(
        name="bunyan",
        title="bunyan and pino on a terminal",
        patterns=_BUNYAN,
        continued=True,
        examples=(
            _e("[2024-05-01T10:00:00.123Z] ERROR: cart/7 on h1: lost", "ERROR", "cart", "lost"),
            _e("[10:00:00.123] ERROR (cart/7): lost", "ERROR", "cart", "lost"),
            _e("[10:00:00.123] INFO (7): up", "INFO", None, "up"),
        ),
    ),
    Layout(
        name="macos",
        title="macOS, log show",
        patterns=_MACOS,
        levels={
            **named_levels(
                default="INFO", activity="INFO", fault="FATAL", state="INFO", signpost="INFO"
            ),
            **named_levels(df="INFO", db="DEBUG", er="ERROR", ft="FATAL", ac="INFO", sp="INFO"),
            **dict.fromkeys(("in", "i ", "a "), Level.INFO),
            "e ": Level.ERROR,
            "f ": Level.FATAL,
            "d ": Level.DEBUG,
        },
        continued=True,
        examples=(
            _e(
                "2024-05-01 10:00:01.123456+0200 0x1f5  Error  0x0  7  0  cart: (Foundation) lost",
                "Error",
                "cart",
                "(Foundation) lost",
            ),
            _e("2024-05-01 10:00:00.123 Df cart[7:1f4] up", "Df", "cart", "up"),
        ),
    ),
    Layout(
        name="lambda",
        title="AWS Lambda",
        patterns=_LAMBDA,
        continued=True,
        examples=(
            _e(
                "2024-05-01T10:00:01.123Z\t7d9f8b6c-0000-0000-0000-000000000000\tERROR\tlost",
                "ERROR",
                None,
                "lost",
            ),
        ),
    ),
    Layout(
        name="cef",
        title="ArcSight's Common Event Format: Palo Alto, Check Point, Trend Micro",
        patterns=_CEF,
        levels=_CEF_LEVELS,
        examples=(
            _e(
                "May  1 10:00:00 fw1 CEF:0|Acme|Wall|1.0|x|deny|8|src=10.0.0.7",
                "8",
                "Wall",
                "deny|8|src=10.0.0.7",
            ),
        ),
    ),
    Layout(
        name="leef",
        title="QRadar's Log Event Extended Format",
        patterns=_LEEF,
        examples=(
            _e("May  1 10:00:00 fw1 LEEF:1.0|Acme|Wall|1.0|x|sev=1", None, "Wall", "x|sev=1"),
        ),
    ),
    Layout(
        name="vpc",
        title="AWS VPC flow logs",
        patterns=_VPC,
        service="vpc",
        remark=r"(?:version |account-id ).*",
        examples=(
            _e(
                "2 123456789010 eni-1a 10.0.0.7 10.0.0.1 49761 22 6 20 4249 1714557600 1714557660 REJECT OK",
                None,
                None,
                "2 123456789010 eni-1a 10.0.0.7 10.0.0.1 49761 22 6 20 4249 1714557600 1714557660 REJECT OK",
            ),
        ),
    ),
    Layout(
        name="hana",
        title="SAP HANA, trace files",
        patterns=_HANA,
        continued=True,
        examples=(
            _e(
                "[7]{-1}[-1/-1] 2024-05-01 10:00:01.123456 e Logger  Logger.cpp(00007) : lost",
                "e",
                "Logger",
                "Logger.cpp(00007) : lost",
            ),
        ),
    ),
    Layout(
        name="db2",
        title="Db2, db2diag.log",
        patterns=_DB2,
        service="db2",
        levels=named_levels(event="INFO"),
        continued=True,
        any_further=True,
        has_body=True,
        examples=(_e("2024-05-01-10.00.00.123456+120 I437A435   LEVEL: Error", "Error", None, ""),),
    ),
    Layout(
        name="erlang",
        title="Erlang's reports, RabbitMQ before 3.7",
        patterns=_ERLANG,
        levels=named_levels(crash="ERROR", supervisor="ERROR", progress="INFO"),
        continued=True,
        any_further=True,
        has_body=True,
        examples=(_e("=CRASH REPORT==== 1-May-2024::10:00:02 ===", "CRASH", None, ""),),
    ),
    Layout(
        name="logcat_long",
        title="Android logcat: long",
        patterns=_LOGCAT_LONG,
        continued=True,
        any_further=True,
        has_body=True,
        remark=r"-{5,} .*",
        examples=(_e("[ 05-01 10:00:01.123  1702: 2395 E/Cart ]", "E", "Cart", ""),),
    ),
    Layout(
        name="mysql_slow",
        title="MySQL, MariaDB, slow queries",
        patterns=_MYSQL_SLOW,
        service="mysql",
        continued=True,
        any_further=True,
        has_body=True,
        examples=(_e("# Time: 2024-05-01T10:00:00.123456Z", None, None, ""),),
    ),
    Layout(
        name="apt",
        title="apt, history.log",
        patterns=_APT,
        service="apt",
        continued=True,
        any_further=True,
        has_body=True,
        examples=(_e("Start-Date: 2024-05-01  10:00:00", None, None, ""),),
    ),
    Layout(
        name="mongodb_old",
        title="MongoDB before 3.0",
        patterns=_MONGODB_OLD,
        service="mongodb",
        continued=True,
        examples=(_e("Wed May  1 10:00:01.123 [conn7] end", None, None, "end"),),
    ),
    Layout(
        name="cups",
        title="CUPS, error log",
        patterns=_CUPS,
        service="cups",
        levels={**named_levels(x="FATAL", n="INFO"), "c": Level.FATAL},
        examples=(_e("E [01/May/2024:10:00:01 +0200] no printer", "E", None, "no printer"),),
    ),
    Layout(
        name="xorg",
        title="X.Org",
        patterns=_XORG,
        service="xorg",
        levels={
            **named_levels(ii="INFO", ww="WARN", ee="ERROR", ni="INFO"),
            **dict.fromkeys(("--", "**", "==", "++", "!!", "??"), Level.INFO),
        },
        continued=True,
        examples=(_e("[    12.347] (EE) lost", "EE", None, "lost"),),
    ),
    Layout(
        name="vmware",
        title="VMware: virtual machines, ESXi",
        patterns=_VMWARE,
        levels={
            **named_levels(
                trivia="DEBUG", wa="WARN", er="ERROR", cr="FATAL", no="INFO", db="DEBUG"
            ),
            "in": Level.INFO,
        },
        continued=True,
        examples=(
            _e("2024-05-01T10:00:01.123Z| vmx| E110: lost", "E", "vmx", "lost"),
            _e("2024-05-01T10:00:01.123Z warning hostd[7] slow", "warning", "hostd", "slow"),
        ),
    ),
    Layout(
        name="npm",
        title="npm, debug.log",
        patterns=_NPM_DEBUG,
        service="npm",
        levels=named_levels(timing="DEBUG"),
        examples=(_e("7 error code E404", "error", None, "code E404"),),
    ),
    Layout(
        name="alert",
        title="a time on a line of its own, then the text, as Oracle's alert log",
        patterns=_ALERT,
        continued=True,
        any_further=True,
        has_body=True,
        examples=(
            _e("2024-05-01T10:00:00.123456+02:00", None, None, ""),
            _e("Wed May 01 10:00:00 2024", None, None, ""),
        ),
    ),
    Layout(
        name="sap",
        title="SAP, dev traces",
        patterns=_SAP,
        continued=True,
        remark=rf"[A-Z] +{C_TIME}|-{{10,}}+|[A-Z] *",
        examples=(_e("M  *** ERROR => ThIPMDown: lost", "ERROR", None, "ThIPMDown: lost"),),
    ),
)
"""Of two that fit as well, the first one is taken."""
