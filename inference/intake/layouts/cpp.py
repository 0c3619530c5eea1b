"""C and C++: spdlog, Envoy, Chromium, Unreal Engine, small devices."""

from typing import Final

from inference.intake.fragments import DATED, MESSAGE
from inference.intake.layout import Layout, named_levels
from inference.intake.layout import example as _e

__all__ = ["CHROMIUM", "SPDLOG", "UNREAL", "UPTIME"]

_SPDLOG: Final = (
    # [time] [logger] [level] [source] message
    rf"\[(?P<time>{DATED})\] \[(?P<service>[\w.-]++)\] \[(?P<level>[a-z]++)\] (?:\[[\w./-]++:\d++\] )?{MESSAGE}",
    # [time][process][level][logger] [source] message, as Envoy; [time] [level] message
    rf"\[(?P<time>{DATED})\](?:\[\d++\])? ?\[(?P<level>[a-z]++)\](?:\[(?P<service>[\w.-]++)\])? "
    rf"(?:\[[\w./-]++:\d++\] )?{MESSAGE}",
)

SPDLOG: Final = Layout(
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
)

_CHROMIUM: Final = (
    r"\[(?:\d++:)?\d++:(?P<time>\d{4}/\d{6}(?:\.\d++)?):(?P<level>[A-Z]++)\d?:(?P<service>[\w./-]++)(?:\(\d++\)|:\d++)\] (?P<message>.*)",
)

CHROMIUM: Final = Layout(
    name="chromium",
    title="Chromium, Electron",
    patterns=_CHROMIUM,
    continued=True,
    examples=(_e("[7:8:0501/100000.123456:ERROR:gpu.cc(12)] no", "ERROR", "gpu.cc", "no"),),
)

_UNREAL: Final = (
    r"\[(?P<time>\d{4}\.\d\d\.\d\d-\d\d\.\d\d\.\d\d:\d{3})\]\[ *+\d++\](?P<service>\w++): "
    r"(?:(?P<level>Fatal|Error|Warning|Display|Log|Verbose|VeryVerbose): )?(?P<message>.*)",
    r"(?P<service>Log[A-Z]\w++): (?:(?P<level>Fatal|Error|Warning|Display|Log|Verbose|VeryVerbose): )?(?P<message>.*)",
)

UNREAL: Final = Layout(
    name="unreal",
    title="Unreal Engine",
    patterns=_UNREAL,
    levels=named_levels(display="INFO", log="INFO", veryverbose="DEBUG"),
    continued=True,
    examples=(
        _e("[2024.05.01-10.00.01:123][ 12]LogNet: Error: no", "Error", "LogNet", "no"),
        _e("LogInit: up", None, "LogInit", "up"),
    ),
)

_SINCE_START: Final = (
    # Zephyr: [00:00:00.010,000] <inf> part: message
    r"\[\d\d:\d\d:\d\d\.\d{3},\d{3}\] <(?P<level>inf|err|wrn|dbg)> (?P<service>[\w.-]++): (?P<message>.*)",
    # Arduino: [   123][E][file.cpp:7] open(): message
    rf"\[ *+\d++\]\[(?P<level>[EWIDV])\]\[(?P<service>[\w./-]++):\d++\] {MESSAGE}",
    # Fuchsia: [00012.345678][7][8][part] LEVEL: message
    rf"\[\d++\.\d++\]\[\d++\]\[\d++\]\[(?P<service>[^\[\]]++)\] (?P<level>[A-Z]++): {MESSAGE}",
    # PulseAudio: (   0.123|   0.001) E: [part] message
    rf"\( *+\d++\.\d++\| *+\d++\.\d++\) (?P<level>[EWNID]): \[(?P<service>[\w.-]++)\] {MESSAGE}",
)

UPTIME: Final = Layout(
    name="uptime",
    title="seconds since the start, a level, a part: Zephyr, Arduino, Fuchsia, PulseAudio",
    patterns=_SINCE_START,
    continued=True,
    examples=(
        _e("[00:00:01.010,000] <err> bt: lost", "err", "bt", "lost"),
        _e("[  1123][E][WiFi.cpp:9] open(): lost", "E", "WiFi.cpp", "open(): lost"),
    ),
)
