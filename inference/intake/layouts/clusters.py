"""Clusters for research: Blue Gene/L, Thunderbird, Los Alamos, PBS."""

from typing import Final

from inference.intake.fragments import BSD_TIME, MESSAGE, TAG
from inference.intake.layout import Layout, named_levels
from inference.intake.layout import example as _e
from schemas.record.features import Level

__all__ = ["BLUEGENE", "HPC", "PBS"]

_BLUEGENE: Final = (
    r"\S++ (?P<time>\d{10}) \d{4}\.\d\d\.\d\d \S++ \d{4}-\d\d-\d\d-\d\d\.\d\d\.\d\d\.\d++ \S++ \S++ "
    rf"(?P<service>[A-Z]++) (?P<level>[A-Z]++) {MESSAGE}",
    # Thunderbird and its kin: label, seconds, day, node, then syslog
    rf"\S++ (?P<time>\d{{10}}) \d{{4}}\.\d\d\.\d\d \S++ {BSD_TIME} \S++ {TAG}{MESSAGE}",
    rf"\S++ (?P<time>\d{{10}}) \d{{4}}\.\d\d\.\d\d \S++ {BSD_TIME} \S++ {MESSAGE}",
)

BLUEGENE: Final = Layout(
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
)

_HPC: Final = (rf"\d++ (?P<service>[\w-]++) [\w.]++ [\w.-]++ (?P<time>\d{{9,10}}) -?\d {MESSAGE}",)

HPC: Final = Layout(
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
)

_PBS: Final = (
    # time;kind of event;daemon@host;kind of object;object;message
    r"(?P<time>\d\d/\d\d/\d{4} \d\d:\d\d:\d\d)(?:\.\d++)?;(?:(?P<level>00[048]1)|[0-9a-f]{4});"
    rf"(?P<service>\w++)(?:@[\w.-]++)?;{MESSAGE}",
)

PBS: Final = Layout(
    name="pbs",
    title="OpenPBS, Torque",
    patterns=_PBS,
    levels=dict.fromkeys(("0001", "0041", "0081"), Level.ERROR),
    examples=(
        _e("05/01/2024 10:00:01;0001;pbs_mom;Svr;x;no", "0001", "pbs_mom", "Svr;x;no"),
        _e("05/01/2024 10:00:01;0008;Server@h1;Job;7;on", None, "Server", "Job;7;on"),
    ),
)
