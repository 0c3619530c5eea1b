"""Security products and firewalls."""

from typing import Final

from inference.intake.fragments import CLOCK, MESSAGE
from inference.intake.layout import PRIORITIES, Layout, named_levels
from inference.intake.layout import example as _e
from schemas.record.features import Level

__all__ = ["CEF", "IDS", "LEEF", "MIKROTIK", "OSSEC", "PANOS", "PROXIFIER"]

_CEF: Final = (
    r"(?:<\d{1,3}>)?(?:\d )?(?:(?P<time>\S.{0,34}?) )?(?:[\w.:-]++ )?"
    r"CEF: ?\d\|[^|]*+\|(?P<service>[^|]++)\|[^|]*+\|[^|]*+\|(?P<message>[^|]*+\|(?P<level>[^|]{1,9})\|.*)",
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

CEF: Final = Layout(
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
)

_PANOS: Final = (
    r"(?:<(?P<level2>\d{1,3})>)?(?:\d )?(?:(?P<time>\S.{0,34}?) )?(?:[\w.-]++ )?(?:- ){0,4}"
    r"(?P<message>\d,\d{4}/\d\d/\d\d \d\d:\d\d:\d\d,[^,]*+,(?P<service>[A-Z]{4,16}),"
    r"(?:.*?,(?P<level>informational|low|medium|high|critical),)?.*)",
)

PANOS: Final = Layout(
    name="panos",
    title="Palo Alto Networks, PAN-OS",
    patterns=_PANOS,
    levels={
        **PRIORITIES,
        **named_levels(informational="INFO", low="INFO", medium="WARN", high="ERROR"),
    },
    examples=(
        _e(
            "May  1 10:00:00 fw1 1,2024/05/01 10:00:00,007,THREAT,url,9,a,high,b",
            "high",
            "THREAT",
            "1,2024/05/01 10:00:00,007,THREAT,url,9,a,high,b",
        ),
    ),
)

_LEEF: Final = (
    r"(?:<\d{1,3}>)?(?:\d )?(?:(?P<time>\S.{0,34}?) )?(?:[\w.:-]++ )?"
    r"LEEF:\d\.\d\|[^|]*+\|(?P<service>[^|]++)\|[^|]*+\|(?P<message>.*?(?:\bsev=(?P<level>\d++).*)?)",
)

LEEF: Final = Layout(
    name="leef",
    title="QRadar's Log Event Extended Format",
    patterns=_LEEF,
    levels=_CEF_LEVELS,
    examples=(_e("May  1 10:00:00 fw1 LEEF:1.0|Acme|Wall|1.0|x|sev=1", "1", "Wall", "x|sev=1"),),
)

_ALERTS: Final = (
    # Suricata and Snort: time [**] [1:2:3] text [**] [Classification: x] [Priority: 1] {TCP} a -> b
    r"(?P<time>\d\d/\d\d(?:/\d{2,4})?-\d\d:\d\d:\d\d\.\d++) ++(?:\[\w++\] )?"
    r"(?P<message>\[\*\*\] .*?(?:\[Priority: (?P<level>\d)\].*)?)",
)

IDS: Final = Layout(
    name="ids",
    title="Suricata and Snort, alerts in a line",
    patterns=_ALERTS,
    levels={"1": Level.ERROR, "2": Level.WARN, "3": Level.INFO, "4": Level.INFO},
    examples=(
        _e(
            "05/01/2024-10:00:00.123456  [**] [1:2:3] scan [**] [Priority: 2] {TCP} a -> b",
            "2",
            None,
            "[**] [1:2:3] scan [**] [Priority: 2] {TCP} a -> b",
        ),
    ),
)

_OSSEC: Final = (r"\*\* Alert (?P<time>\d{10})\.\d++:(?P<message>.*)",)

OSSEC: Final = Layout(
    name="ossec",
    title="Wazuh and OSSEC, alerts in plain text",
    patterns=_OSSEC,
    continued=True,
    exact=True,
    has_body=True,
    further=".",
    examples=(_e("** Alert 1714557600.12: - syslog,sshd,", None, None, " - syslog,sshd,"),),
)

_TOPICS: Final = (
    r"(?P<time>(?:[A-Za-z]{3}/\d\d(?:/\d{4})? |\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d) (?P<service>[a-z]\w*+),"
    r"(?:[a-z\d-]++,)*?(?P<level>debug|info|warning|error|critical)(?:,[a-z\d-]++)*+ (?P<message>.*)",
)

MIKROTIK: Final = Layout(
    name="mikrotik",
    title="MikroTik RouterOS",
    patterns=_TOPICS,
    examples=(_e("may/01/2024 10:00:00 system,error,critical no", "error", "system", "no"),),
)

_PROXIFIER: Final = (
    rf"\[(?P<time>\d\d\.\d\d {CLOCK})\] (?P<service>[\w.-]++(?: \*64)?) - {MESSAGE}",
)

PROXIFIER: Final = Layout(
    name="proxifier",
    title="Proxifier",
    patterns=_PROXIFIER,
    examples=(_e("[10.30 16:49:06] chrome.exe - open", None, "chrome.exe", "open"),),
)
