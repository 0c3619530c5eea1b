"""Syslog of all ages, and what the Linux kernel and Cisco's devices write of the kind."""

from typing import Final

from inference.intake.fragments import (
    BSD_TIME,
    C_TIME,
    CLOCK,
    DATED,
    EPOCH,
    ISO_TIME,
    LEVEL,
    MESSAGE,
    TAG,
)
from inference.intake.layout import PRIORITIES, Layout, named_levels
from inference.intake.layout import example as _e
from inference.intake.months import MONTH_LIKE
from schemas.record.features import Level
from schemas.record.levels import SCALES

__all__ = ["CISCO", "DMESG", "SYSLOG"]

_PRIORITY: Final = r"<(?P<level>\d{1,3})>"
_NO_LEVEL: Final = "(?!(?i:" + LEVEL.replace("?P<level>", "?:") + r")(?![\w-]))"
_HOST: Final = rf" ?{_NO_LEVEL}(?![\[(#%])[^ :\[]++(?= )"
"""No level and no tag: it would be another layout's line, or a line without a host."""
_APP: Final = r"(?:-(?= )|(?P<service>[^ ]++))"
_DATA: Final = r'(?:-|(?:\[(?>[^\]\\"]++|"(?>[^"\\]++|\\.)*+")*+\])++)(?: \ufeff?|$)'
"""Structured data, in whose quoted values a backslash escapes."""
_FACILITY: Final = r"(?:kern|user|mail|daemon|auth|syslog|lpr|news|uucp|cron|authpriv|ftp|local\d)"
_MNEMONIC: Final = r"[%#](?P<service>[A-Z][A-Z\d_]*+)(?:-[A-Z\d_]++)??-(?P<level>[0-7])-\w++ ?: "
_NO_WORD: Final = "(?!(?:[Dd]ebug|[Ii]nfo|[Nn]otice|[Ww]arn|[Ww]arning|[Ee]rr|[Ee]rror|[Ff]atal): )"
_NO_MNEMONIC: Final = r"(?!%[A-Z][A-Z\d_-]*-[0-7]-\w++ ?: )"
_LINE_CARD: Final = r"(?:\w++(?:/\w++)++:)?"
_CISCO: Final = (
    # Jan  2 03:04:05 host 7: 8: *Mar  1 00:00:00.123 UTC: %LINK-3-UPDOWN: message, or parts of it;
    # IOS-XR: RP/0/RSP0/CPU0:Jan  2 03:04:05.123 UTC: ifmgr[7]: %A-LINK-3-UPDOWN : message
    rf"(?:<\d{{1,3}}>)?(?:\d++: )?(?:\*?[\w.-]++: )?{_LINE_CARD}[*.]?(?P<time>(?:\d{{4}} )?{BSD_TIME}|{ISO_TIME})"
    rf"(?: [A-Z]{{3,4}})?(?: ?:)? (?:(?!\d++: )[\w.:-]++ )?(?:: |\d++: ){{0,2}}"
    rf"(?:{_LINE_CARD}[*.]?{BSD_TIME}(?: [A-Z]{{3,4}})?(?: ?:) )?(?:[\w-]++(?:\[\d++\])?: )?{_MNEMONIC}{MESSAGE}",
)
_COMWARE: Final = (
    # Huawei: Jan  2 2024 03:04:05 host %%01IFNET/4/LINK_STATE(l)[7]:message
    rf"(?:<\d{{1,3}}>)?(?P<time>{BSD_TIME}) {_HOST} %%\d\d(?P<service>\w++)/(?P<level>[0-7])/\w++(?:\(\w\))?(?:\[\d++\])?: ?{MESSAGE}",
    # H3C: %Jan  2 03:04:05:123 2024 host IFNET/3/PHY_UPDOWN: message
    rf"(?:<\d{{1,3}}>)?%(?P<time>{MONTH_LIKE} ++\d\d? {CLOCK} \d{{4}}) [\w.-]++ (?:%%\d\d)?(?P<service>\w++)/(?P<level>[0-7])/\w++: {MESSAGE}",
)
_ARUBA: Final = (
    # Jan  2 03:04:05 2024 host prog[123]: <522008> <7> <NOTI> |prog|  message
    rf"(?:<\d{{1,3}}>)?(?P<time>{BSD_TIME} \d{{4}}) {_HOST} (?P<service>[\w-]++)\[\d++\]: (?:<\d++> ){{1,2}}"
    rf"<(?P<level>[A-Z]{{4}})> (?:\|[^|]*+\| ++)?{MESSAGE}",
)
_WORD: Final = (
    r"(?P<level>emerg|alert|crit|critical|err|error|warning|warn|notice|info|debug|trace)"
)
_CLUSTERED: Final = (
    # F5: Jan  2 03:04:05 host err prog[7]: message
    rf"(?:<\d{{1,3}}>)?(?P<time>{BSD_TIME}) {_HOST} {_WORD} {TAG}{MESSAGE}",
    # Pacemaker: Jan  2 03:04:05 host prog [7] (do_it) notice: message
    rf"(?P<time>{BSD_TIME}) {_HOST} (?P<service>[\w.-]++) *+\[\d++\] \([^()]*+\)[ \t]++{_WORD}: {MESSAGE}",
    # Corosync: Jan  2 03:04:05 [7] host prog notice  [PART] message
    rf"(?P<time>{BSD_TIME}) \[\d++\] [\w.-]++ (?P<service>[\w.-]++) {_WORD} ++{MESSAGE}",
)
_SYSLOG: Final = (
    # RFC 5424: <34>1 2003-10-11T22:14:15.003Z host app procid msgid [sd] message
    rf"{_PRIORITY}\d{{1,2}} (?P<time>-|{ISO_TIME}) [^ ]++ {_APP} [^ ]++ [^ ]++ {_DATA}{MESSAGE}",
    # Solaris: Jan  2 03:04:05 host prog[123]: [ID 800047 auth.info] message
    rf"(?:{_PRIORITY})?(?P<time>{BSD_TIME}|{ISO_TIME}) {_HOST} {TAG}\[ID \d++ {_FACILITY}\.(?P<level2>[a-z]++)\] {MESSAGE}",
    # Apple's devices: Jan  2 03:04:05 host prog(library)[123] <Notice>: message
    rf"(?P<time>{BSD_TIME}) {_HOST} (?P<service>[^\s:\[(]++)(?:\([^()]*+\))?\[\d++\](?: \([^()]*+\))? <(?P<level>[A-Z][a-z]++)>: {MESSAGE}",
    # AIX: Jan  2 03:04:05 host auth|security:notice prog: message
    rf"(?P<time>{BSD_TIME}) {_HOST} [a-z\d|]++:(?P<level>emerg|alert|crit|err|warning|notice|info|debug) {TAG}{MESSAGE}",
    # RFC 3164: Jan  2 03:04:05 host prog[123]: message
    rf"(?:{_PRIORITY})?(?P<time>{BSD_TIME}|{ISO_TIME}) {_HOST} {_NO_WORD}{TAG}{_NO_MNEMONIC}{MESSAGE}",
    # FreeBSD's -v and -vv: Jan  2 03:04:05 <4.6> host prog[123]: message
    rf"(?P<time>{BSD_TIME}) <(?:\d++|{_FACILITY})\.(?P<level>[a-z]++|\d)> {_HOST} {TAG}{MESSAGE}",
    # NetScaler: Jan  2 03:04:05 <local0.info> host message
    rf"(?P<time>{BSD_TIME}) <(?:\d++|{_FACILITY})\.(?P<level>[a-z]++)> {_HOST} {MESSAGE}",
    # Meraki: <134>1 1714557600.123456789 host part message
    rf"{_PRIORITY}\d (?P<time>{EPOCH}) [\w.-]++ (?P<service>[\w-]++) {MESSAGE}",
    # as journalctl's short-full and short-unix, or with a blank in the time: time host prog[123]: message
    rf"(?:[A-Z][a-z]{{2}} )?(?P<time>{DATED}|{EPOCH}|\d{{4}} {BSD_TIME}) {_HOST} (?P<service>[^\s:\[]++)\[\d++\]: {MESSAGE}",
    # without a time, as journalctl's cat: host prog[123]: message; prog[123]: message
    r"(?:[\w.-]++ )?(?P<service>[A-Za-z][\w./-]*+)\[\d++\]: (?P<message>.*)",
    # the same without a host
    rf"(?:{_PRIORITY})?(?P<time>{BSD_TIME}|{ISO_TIME}) {_NO_LEVEL}(?!(?:GMT|UTC):)"
    rf"(?=[^ ]*[A-Za-z]){TAG}{MESSAGE}",
    *_CISCO,
    *_COMWARE,
    *_CLUSTERED,
    # BusyBox: Jan  2 03:04:05 host daemon.info prog[123]: message
    rf"(?P<time>{BSD_TIME}|{C_TIME}|{ISO_TIME}) (?:{_HOST} )?{_FACILITY}\.(?P<level>[a-z]++) {TAG}{MESSAGE}",
    # the same without a program
    rf"(?:{_PRIORITY})?(?P<time>{BSD_TIME}) {_HOST} {MESSAGE}",
    # <6> prog: message, or no program, as programs write for systemd
    rf"{_PRIORITY} ?(?!\[ *+\d++\.)(?:(?P<service>[A-Za-z][\w.-]*+)(?:(?:\[\d++\])?: |\[\d++\] ))?{MESSAGE}",
)

SYSLOG: Final = Layout(
    name="syslog",
    title="syslog: RFC 3164, RFC 5424, with and without a host",
    patterns=_SYSLOG,
    continued=True,
    remark=r"-- (?:Logs begin|Journal begins|Boot|Reboot|No entries)\b.*",
    levels=PRIORITIES,
    examples=(
        _e("May  1 10:00:00 h1 cron[7]: job", None, "cron", "job"),
        _e("May  1 10:00:00 cart[7]: opened", None, "cart", "opened"),
        _e("<11>May  1 10:00:00 h1 cart: down", "11", "cart", "down"),
        _e("<34>1 2024-05-01T10:00:00Z h su 7 - - no", "34", "su", "no"),
        _e("<3> cart: lost", "3", "cart", "lost"),
    ),
)

_DMESG: Final = (
    rf"{_FACILITY} *+:(?P<level>[a-z]++) *+: \[ *+\d++\.\d++\] {MESSAGE}",
    r"(?:<(?P<level>\d{1,3})>)?\[ *+\d++\.\d++\](?:\[[TC ]*+\d++\])? (?P<message>.*)",
)

DMESG: Final = Layout(
    name="dmesg",
    title="the Linux kernel's ring buffer",
    patterns=_DMESG,
    service="kernel",
    levels=PRIORITIES,
    examples=(_e("[   12.345678] cart[7]: segfault at 0", None, None, "cart[7]: segfault at 0"),),
)


CISCO: Final = Layout(
    name="cisco",
    title="Cisco IOS, Aruba",
    patterns=(*_CISCO, *_ARUBA),
    levels={
        **{str(n): Level(name) for n, name in SCALES["syslog"].items()},
        **named_levels(noti="INFO", errs="ERROR"),
    },
    examples=(_e("*Mar  1 10:00:00.123: %LINK-3-UPDOWN: down", "3", "LINK", "down"),),
)
