"""Operating systems, their services and virtual machines."""

from typing import Final

from inference.intake.fragments import CLF_TIME, DATED, MESSAGE
from inference.intake.layout import Layout, named_levels
from inference.intake.layout import example as _e
from schemas.record.features import Level
from schemas.record.levels import SCALES

__all__ = [
    "APT",
    "AUDIT",
    "BACULA",
    "CUPS",
    "DNF",
    "FHEM",
    "ICINGA",
    "MACOS",
    "PACMAN",
    "STUNNEL",
    "VIRT",
    "VMWARE",
    "WINDOWS",
    "XORG",
]

_WINDOWS: Final = (
    rf"(?P<time>{DATED}), (?P<level>[A-Z][a-z]++) ++(?P<service>[A-Z][\w-]*+) ++{MESSAGE}",
    # Windows Update: time process thread component message
    rf"(?P<time>\d{{4}}/\d\d/\d\d \d\d:\d\d:\d\d\.\d{{7}}) ++\d++ ++\d++ ++(?P<service>[A-Z]\w++) ++{MESSAGE}",
    # Configuration Manager: the type is 1 to 3
    r'<!\[LOG\[(?P<message>.*?)\]LOG\]!><time="[^"]*+" date="[^"]*+" component="(?P<service>[^"]*+)" context="[^"]*+" type="(?P<level>\d)".*',
)

WINDOWS: Final = Layout(
    name="windows",
    title="Windows component servicing (CBS), setup, updates, Configuration Manager",
    patterns=_WINDOWS,
    levels={"0": Level.INFO, "1": Level.INFO, "2": Level.WARN, "3": Level.ERROR},
    examples=(_e("2024-05-01 10:00:01, Error           CSI    lost", "Error", "CSI", "lost"),),
)

_MACOS: Final = (
    # time thread type activity process lifetime name: (library) message
    rf"(?P<time>{DATED}) ++0x[0-9a-f]++ ++(?P<level>[A-Z][a-z]++) ++0x[0-9a-f]++ ++\d++ ++\d++ ++"
    rf"(?P<service>[^:]++): {MESSAGE}",
    rf"(?P<time>{DATED}) (?P<level>[A-Z][a-z ]) (?P<service>[^\[\]]++)\[\d++:[0-9a-f]++\] {MESSAGE}",
    # NSLog: time Shop[7:8] message
    rf"(?P<time>{DATED}) (?P<service>[A-Za-z][\w. -]*+)\[\d++:\d++\] {MESSAGE}",
)

MACOS: Final = Layout(
    name="macos",
    title="macOS, log show; NSLog",
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
    remark=r"Timestamp ++Thread .*|Timestamp ++Ty .*|Filtering the log data using .*|Skipping .*|=++|Log ++- Default: .*",
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
    # the kernel: time cpu0:2097152)WARNING: message
    rf"(?P<time>{DATED}) (?:(?P<level2>[A-Z][a-z])\(\d++\) )?(?P<service>vmkernel|vmkwarning): cpu\d++:\d++\)?(?:(?P<level>WARNING|ALERT): )?{MESSAGE}",
    rf"(?P<time>{DATED}) cpu\d++:\d++(?: opID=\w++)?\)(?:(?P<level>WARNING|ALERT): )?{MESSAGE}",
    # vCenter: time [thread level 'part' opID=7] message
    rf"(?P<time>{DATED}) \[\w++ (?P<level>info|warning|error|verbose|trivia|panic) '(?P<service>[^']++)'[^\]]*+\] {MESSAGE}",
    # since 7: time In(166) Hostd[7]: message
    rf"(?P<time>{DATED}) (?P<level>In|Wa|Er|No|Db|Cr|Al|Em)\(\d++\) (?P<service>[\w-]++)(?:\[\w++\])?: {MESSAGE}",
    rf"(?P<time>{DATED})\| (?P<service>[\w-]++)\| (?P<level>[A-Z][a-z]?)\(?\d++\)?:? {MESSAGE}",
    rf"(?P<time>{DATED}) (?P<level>info|warning|error|verbose|trivia|panic|notice|debug|crit) "
    rf"(?P<service>[\w-]++)\[\w++\]:? {MESSAGE}",
)

VMWARE: Final = Layout(
    name="vmware",
    title="VMware: virtual machines, ESXi",
    patterns=_VMWARE,
    levels={
        **named_levels(
            trivia="DEBUG",
            wa="WARN",
            er="ERROR",
            cr="FATAL",
            no="INFO",
            db="DEBUG",
            al="FATAL",
            em="FATAL",
        ),
        "in": Level.INFO,
    },
    continued=True,
    examples=(
        _e("2024-05-01T10:00:01.123Z| vmx| E110: lost", "E", "vmx", "lost"),
        _e("2024-05-01T10:00:01.123Z warning hostd[7] slow", "warning", "hostd", "slow"),
    ),
)

_DNF: Final = (
    rf"(?P<time>{DATED}) (?P<level>CRITICAL|ERROR|WARNING|INFO|DDEBUG|SUBDEBUG|RPMDEBUG|DEBUG|ALL|TRACE) {MESSAGE}",
)

DNF: Final = Layout(
    name="dnf",
    title="dnf",
    patterns=_DNF,
    levels=named_levels(ddebug="DEBUG", subdebug="DEBUG", rpmdebug="DEBUG", all="DEBUG"),
    continued=True,
    examples=(_e("2024-05-01T10:00:01+0200 DDEBUG timer", "DDEBUG", None, "timer"),),
)

_PACMAN: Final = (
    rf"\[(?P<time>{DATED})\] \[(?P<service>ALPM-SCRIPTLET|ALPM|PACMAN)\] (?:(?P<level>warning|error): )?{MESSAGE}",
)

PACMAN: Final = Layout(
    name="pacman",
    title="pacman",
    patterns=_PACMAN,
    continued=True,
    examples=(_e("[2024-05-01T10:00:01+0200] [ALPM] warning: no", "warning", "ALPM", "no"),),
)

_ICINGA: Final = (
    rf"\[(?P<time>{DATED})\] (?P<level>debug|notice|information|warning|critical)/(?P<service>[\w-]++): {MESSAGE}",
)

ICINGA: Final = Layout(
    name="icinga",
    title="Icinga 2",
    patterns=_ICINGA,
    continued=True,
    examples=(_e("[2024-05-01 10:00:01 +0200] critical/cli: no", "critical", "cli", "no"),),
)

_VIRT: Final = (
    rf"(?P<time>{DATED}): \d++: (?P<level>debug|info|warning|error) : (?:\w++:\d++ : )?{MESSAGE}",
)

VIRT: Final = Layout(
    name="virt",
    title="libvirt",
    patterns=_VIRT,
    service="libvirt",
    continued=True,
    examples=(_e("2024-05-01 10:00:01.123+0000: 7: error : virRead:17 : no", "error", None, "no"),),
)

_FHEM: Final = (
    rf"(?P<time>\d{{4}}\.\d\d\.\d\d \d\d:\d\d:\d\d(?:\.\d++)?) (?P<level>[0-5]): {MESSAGE}",
)

FHEM: Final = Layout(
    name="fhem",
    title="FHEM",
    patterns=_FHEM,
    levels={
        **dict.fromkeys(("0", "3"), Level.INFO),
        "1": Level.ERROR,
        "2": Level.WARN,
        **dict.fromkeys(("4", "5"), Level.DEBUG),
    },
    continued=True,
    examples=(_e("2024.05.01 10:00:01 1: no", "1", None, "no"),),
)

_BACULA: Final = (
    r"(?P<time>\d\d-[A-Z][a-z]{2} \d\d:\d\d) (?P<service>[\w.-]++) JobId \d++: (?:(?P<level>Warning|Error|Fatal error): )?(?P<message>.*)",
)

BACULA: Final = Layout(
    name="bacula",
    title="Bacula, Bareos",
    patterns=_BACULA,
    levels={"fatal error": Level.FATAL},
    continued=True,
    examples=(_e("01-May 10:01 dir JobId 7: Error: no", "Error", "dir", "no"),),
)

STUNNEL: Final = Layout(
    name="stunnel",
    title="stunnel",
    patterns=(rf"(?P<time>{DATED}) LOG(?P<level>[0-7])\[[^\[\]]++\]: {MESSAGE}",),
    service="stunnel",
    levels={str(n): Level(name) for n, name in SCALES["syslog"].items()},
    examples=(_e("2024.05.01 10:00:01 LOG3[7]: no", "3", None, "no"),),
)
