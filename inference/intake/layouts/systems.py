"""Operating systems, their services and virtual machines."""

from typing import Final

from inference.intake.fragments import CLF_TIME, DATED, MESSAGE
from inference.intake.layout import Layout, named_levels
from inference.intake.layout import example as _e
from schemas.record.features import Level

__all__ = ["APT", "AUDIT", "CUPS", "MACOS", "VMWARE", "WINDOWS", "XORG"]

_WINDOWS: Final = (
    rf"(?P<time>{DATED}), (?P<level>[A-Z][a-z]++) ++(?P<service>[A-Z][\w-]*+) ++{MESSAGE}",
)

WINDOWS: Final = Layout(
    name="windows",
    title="Windows component servicing (CBS) and setup",
    patterns=_WINDOWS,
    examples=(_e("2024-05-01 10:00:01, Error           CSI    lost", "Error", "CSI", "lost"),),
)

_MACOS: Final = (
    # time thread type activity process lifetime name: (library) message
    rf"(?P<time>{DATED}) ++0x[0-9a-f]++ ++(?P<level>[A-Z][a-z]++) ++0x[0-9a-f]++ ++\d++ ++\d++ ++"
    rf"(?P<service>[^:]++): {MESSAGE}",
    rf"(?P<time>{DATED}) (?P<level>[A-Z][a-z ]) (?P<service>[^\[\]]++)\[\d++:[0-9a-f]++\] {MESSAGE}",
)

MACOS: Final = Layout(
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
)

_AUDIT: Final = (
    r"(?P<message>(?:node=\S++ )?type=\S++ msg=audit\((?P<time>\d++\.\d++):\d++\): .*)",
)

AUDIT: Final = Layout(
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
)

_APT: Final = (r"Start-Date: (?P<time>\d{4}-\d\d-\d\d ++\d\d:\d\d:\d\d)(?P<message>)",)

APT: Final = Layout(
    name="apt",
    title="apt, history.log",
    patterns=_APT,
    service="apt",
    continued=True,
    any_further=True,
    has_body=True,
    examples=(_e("Start-Date: 2024-05-01  10:00:00", None, None, ""),),
)

_CUPS: Final = (rf"(?P<level>[XACEWNIDd]) \[(?P<time>{CLF_TIME})\] {MESSAGE}",)

CUPS: Final = Layout(
    name="cups",
    title="CUPS, error log",
    patterns=_CUPS,
    service="cups",
    levels={**named_levels(x="FATAL", n="INFO"), "c": Level.FATAL},
    examples=(_e("E [01/May/2024:10:00:01 +0200] no printer", "E", None, "no printer"),),
)

_XORG: Final = (rf"\[ *+\d++\.\d++\] \((?P<level>II|WW|EE|NI|--|\*\*|==|\+\+|!!|\?\?)\) {MESSAGE}",)

XORG: Final = Layout(
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
)

_VMWARE: Final = (
    rf"(?P<time>{DATED})\| (?P<service>[\w-]++)\| (?P<level>[A-Z][a-z]?)\(?\d++\)?:? {MESSAGE}",
    rf"(?P<time>{DATED}) (?P<level>info|warning|error|verbose|trivia|panic|notice|debug|crit) "
    rf"(?P<service>[\w-]++)\[\w++\]:? {MESSAGE}",
)

VMWARE: Final = Layout(
    name="vmware",
    title="VMware: virtual machines, ESXi",
    patterns=_VMWARE,
    levels={
        **named_levels(trivia="DEBUG", wa="WARN", er="ERROR", cr="FATAL", no="INFO", db="DEBUG"),
        "in": Level.INFO,
    },
    continued=True,
    examples=(
        _e("2024-05-01T10:00:01.123Z| vmx| E110: lost", "E", "vmx", "lost"),
        _e("2024-05-01T10:00:01.123Z warning hostd[7] slow", "warning", "hostd", "slow"),
    ),
)
