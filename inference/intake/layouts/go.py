"""Go: klog, zap, zerolog, logrus, etcd, and pairs as logrus and slog write them."""

from typing import Final

from inference.intake.fragments import CLOCK, DATED, EPOCH, MESSAGE
from inference.intake.layout import PRIORITIES, STATUS_LEVELS, Layout, named_levels
from inference.intake.layout import example as _e

__all__ = ["ETCD", "GETH", "GIN", "KLOG", "LOGFMT", "LOGRUS", "ZAP", "ZEROLOG"]

_KLOG: Final = (
    rf"(?P<level>[IWEFD])(?P<time>\d{{4}} {CLOCK}) ++\d++ (?P<service>[\w.-]++):\d++\] {MESSAGE}",
    # TensorFlow: time: I file.cc:7] message
    rf"(?P<time>{DATED}): (?P<level>[IWEF]) (?P<service>[\w./-]++):\d++\] {MESSAGE}",
    rf"(?P<level>[IWEFD])(?P<time>\d{{8}} {CLOCK}) ++\d++ (?P<service>[\w./-]++):\d++\] {MESSAGE}",
    # CockroachDB: I240501 10:00:00.123456 7 server/node.go:12 [n1] message
    rf"(?P<level>[IWEF])(?P<time>\d{{6}} {CLOCK}) ++\d++ (?:\d@)?(?P<service>[\w./-]++):\d++ +(?:⋮ )?{MESSAGE}",
    # PyTorch: [W cart.cpp:7] message, [rank0]:[W501 10:00:00.123456789 cart.cpp:7] message
    rf"(?:\[rank\d++\]:)?\[(?P<level>[IWEF])(?:\d{{3,4}} {CLOCK})? (?P<service>[\w./-]++):\d++\] {MESSAGE}",
)

KLOG: Final = Layout(
    name="klog",
    title="klog, glog: Kubernetes components",
    patterns=_KLOG,
    remark=r"Log file created at: .*|Running on machine: .*|Running duration .*|Binary: .*|Log line format: .*",
    continued=True,
    examples=(_e("E0501 10:00:04.000000    7 db.go:7] db lost", "E", "db.go", "db lost"),),
)

_ZAP: Final = (
    rf"(?P<time>{DATED}|{EPOCH})\t(?P<level>[A-Za-z]++)\t"
    rf"(?:\[?(?P<service>[A-Za-z][\w.-]*+)\]?\t(?!\{{))?(?:[^\t: ]++:\d++\t)?{MESSAGE}",
)

ZAP: Final = Layout(
    name="zap",
    title="zap, console encoding",
    patterns=_ZAP,
    continued=True,
    examples=(_e("2024-05-01T10:00:00.123Z\tERROR\tcart/open.go:7\tlost", "ERROR", None, "lost"),),
)

_ZEROLOG: Final = (
    rf"(?P<time>{DATED}|{CLOCK}) (?P<level>TRC|DBG|INF|WRN|ERR|FTL|PNC) (?:[\w./-]++:\d++ > )?{MESSAGE}",
)

ZEROLOG: Final = Layout(
    name="zerolog",
    title="zerolog, console",
    patterns=_ZEROLOG,
    examples=(_e("10:00AM ERR cart lost error=EOF", "ERR", None, "cart lost error=EOF"),),
)

_GETH: Final = (
    rf"(?P<level>TRACE|DEBUG|INFO|WARN|ERROR|CRIT|[DIE]) ?\[(?P<time>(?:\d{{4}}-)?\d\d-\d\d\|{CLOCK})\] {MESSAGE}",
)

GETH: Final = Layout(
    name="geth",
    title="go-ethereum, Tendermint",
    patterns=_GETH,
    continued=True,
    examples=(_e("ERROR[05-01|10:00:02.123] lost", "ERROR", None, "lost"),),
)

_LOGRUS: Final = (rf"(?P<level>TRAC|DEBU|INFO|WARN|ERRO|FATA|PANI)\[(?P<time>[^\]]++)\] {MESSAGE}",)

LOGRUS: Final = Layout(
    name="logrus",
    title="logrus on a terminal",
    patterns=_LOGRUS,
    levels=named_levels(pani="FATAL"),
    continued=True,
    examples=(_e("ERRO[0001] cart lost   id=7", "ERRO", None, "cart lost   id=7"),),
)

_ETCD: Final = (rf"(?P<time>{DATED}) (?P<level>[DINWEC]) \| (?P<service>[\w/.-]++): {MESSAGE}",)

ETCD: Final = Layout(
    name="etcd",
    title="etcd before 3.5",
    patterns=_ETCD,
    levels=named_levels(c="FATAL"),
    examples=(_e("2024-05-01 10:00:00.123456 W | etcdserver: slow", "W", "etcdserver", "slow"),),
)

_GIN: Final = (
    rf"\[GIN\] (?P<time>{DATED}) \| ?(?P<message>(?P<level>\d{{3}}) \|.*)",
    rf"\[GIN-(?P<level>debug|warning|error)\] {MESSAGE}",
)

GIN: Final = Layout(
    name="gin",
    title="Gin; status 5xx is ERROR, 4xx WARN",
    patterns=_GIN,
    levels=STATUS_LEVELS,
    continued=True,
    examples=(
        _e(
            '[GIN] 2024/05/01 - 10:00:01 | 502 |  12.3ms |  10.0.0.7 | GET  "/cart"',
            "502",
            None,
            '502 |  12.3ms |  10.0.0.7 | GET  "/cart"',
        ),
        _e("[GIN-debug] GET /cart --> shop.Cart", "debug", None, "GET /cart --> shop.Cart"),
    ),
)

_LOGFMT: Final = (
    r'(?:<(?P<level>\d{1,3})>)?(?P<message>(?:[A-Za-z_@][\w.@/-]*+=(?:"(?:[^"\\]|\\.)*+"|[^\s"]*+)(?: ++|$)){2,}+)',
)

LOGFMT: Final = Layout(
    name="logfmt",
    title="logfmt: logrus, slog, Heroku's router, Grafana's programs",
    patterns=_LOGFMT,
    levels=PRIORITIES,
    pairs=True,
    examples=(
        _e(
            'ts=1 level=error msg="cart lost"',
            None,
            None,
            'ts=1 level=error msg="cart lost"',
        ),
    ),
)
