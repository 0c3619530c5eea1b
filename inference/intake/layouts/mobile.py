"""Phones: Android's logcat, apps."""

from typing import Final

from inference.intake.fragments import MESSAGE
from inference.intake.layout import Layout, named_levels
from inference.intake.layout import example as _e

__all__ = ["LOGCAT", "LOGCAT_LONG", "PIPED"]

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

LOGCAT: Final = Layout(
    name="logcat",
    title="Android logcat: threadtime, brief, time",
    patterns=_LOGCAT,
    remark=r"-{5,} (?:beginning of|switch to) .*",
    levels=named_levels(s="DEBUG"),
    continued=True,
    examples=(_e("03-17 16:13:38.811  1702  2395 E Cart: lost", "E", "Cart", "lost"),),
)

_LOGCAT_LONG: Final = (
    r"\[ (?P<time>(?:\d{4}-)?\d\d-\d\d \d\d:\d\d:\d\d\.\d++) ++(?:\w++:)? *+\d++: *+\w++ "
    r"(?P<level>[VDIWEFA])/(?P<service>\S++) ++\](?P<message>)",
)

LOGCAT_LONG: Final = Layout(
    name="logcat_long",
    title="Android logcat: long",
    patterns=_LOGCAT_LONG,
    continued=True,
    any_further=True,
    has_body=True,
    remark=r"-{5,} .*",
    examples=(_e("[ 05-01 10:00:01.123  1702: 2395 E/Cart ]", "E", "Cart", ""),),
)

_PIPED: Final = (
    # 20171223-22:15:29:606|Step_LSC|30002312|message
    rf"(?P<time>\d{{8}}-\d\d?:\d\d?:\d\d?:\d{{1,3}}+)\|(?P<service>[\w.-]++)\|\d++\|{MESSAGE}",
)

PIPED: Final = Layout(
    name="piped",
    title="time, component, process and text between bars, as health apps write",
    patterns=_PIPED,
    examples=(
        _e("20171223-22:15:29:606|Step_LSC|30002312|up", None, "Step_LSC", "up"),
        _e("20171224-0:5:7:14|Step_LSC|30002312|up", None, "Step_LSC", "up"),
    ),
)
