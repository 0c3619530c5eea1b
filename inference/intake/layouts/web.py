"""Web servers and proxies: error logs, access logs."""

from typing import Final

from inference.intake.fragments import C_TIME, CLF_TIME, DATED, MESSAGE
from inference.intake.layout import STATUS_LEVELS, Layout
from inference.intake.layout import example as _e
from schemas.record.features import Level

__all__ = ["ACCESS", "APACHE", "NGINX"]

_NGINX_LEVEL: Final = r"\[(?P<level>emerg|alert|crit|error|warn|notice|info|debug)\]"
_NGINX: Final = (
    rf"(?P<time>\d{{4}}/\d\d/\d\d \d\d:\d\d:\d\d) {_NGINX_LEVEL} \d++#\d++: {MESSAGE}",
    rf"nginx: {_NGINX_LEVEL} {MESSAGE}",
)

NGINX: Final = Layout(
    name="nginx",
    title="nginx, error log",
    patterns=_NGINX,
    service="nginx",
    examples=(_e("2024/05/01 10:00:00 [error] 7#8: *1 refused", "error", None, "*1 refused"),),
)

_APACHE: Final = (
    rf"\[(?P<time>{C_TIME})\] \[(?:(?P<service>[\w-]*+):)?(?P<level>[a-z]++\d?)\] "
    rf"(?:\[pid [^\]]*+\] )?(?:\[client [^\]]*+\] )?{MESSAGE}",
)

APACHE: Final = Layout(
    name="apache",
    title="Apache httpd, error log",
    patterns=_APACHE,
    service="httpd",
    levels={f"trace{n}": Level.DEBUG for n in range(1, 9)},
    examples=(
        _e(
            "[Sun May 05 10:00:00.123456 2024] [core:error] [pid 7:tid 8] [client 10.0.0.7:5] no cart",
            "error",
            "core",
            "no cart",
        ),
    ),
)

_REQUEST: Final = r'(?P<message>"(?:[^"\\]|\\.)*+" (?P<level>\d{3}|-)(?: .*)?)'
_ACCESS: Final = (
    # host ident user [time] "request" status size "referrer" "agent"; a virtual host or an id as well
    rf"(?:(?:[^ \[]|\[[\da-f:.]++\])[^ ]*+ ++){{1,8}}+\[(?P<time>{DATED}) ?\](?: [\w.:-]++)? {_REQUEST}",
    # S3: owner bucket [time] address requester id operation key "request" status
    rf"[0-9a-f]++ \S++ \[(?P<time>{CLF_TIME})\] "
    r'(?P<message>(?:\S++ ){5}"[^"]*+" (?P<level>\d{3}) .*)',
    # Envoy and Istio: [time] "request" status; load balancers: time, name, client, target, ...
    rf'\[(?P<time>{DATED})\] (?P<message>"[A-Z]++ [^"]*+" (?P<level>\d{{3}})(?: .*)?)',
    rf"(?:[a-z0-9]++ )?(?P<time>{DATED}) (?P<message>\S++ [\da-f.:]++ \S++ [\d.-]++ [\d.-]++ [\d.-]++ (?P<level>\d{{3}}) .*)",
    # HAProxy: client [time] frontend backend/server timers status
    rf"[\da-fA-F.:]++ \[(?P<time>{CLF_TIME}\.\d++)\] (?P<message>\S++ [^ /]++/\S++ [-+\d/]++ (?P<level>\d{{3}}) .*)",
    # uWSGI: [pid: 7|app: 0|req: 1/1] client (user) {sizes} [time] request => ... (HTTP/1.1 status) ...
    rf"\[pid: \d++\|[^\]]*+\] \S++ \([^()]*+\) \{{[^{{}}]*+\}} \[(?P<time>{C_TIME})\] "
    r"(?P<message>[A-Z]++ .*? \(HTTP/[\d.]++ (?P<level>\d{3})\)(?: .*)?)",
    # Express's morgan: method path status time - size
    r"(?P<message>(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) \S++ (?P<level>\d{3}|-) [\d.-]++ ms(?: - \S++)?)",
    # squid: time elapsed client code/status size method URL
    r"(?P<time>\d{10}\.\d{3}) ++\d++ \S++ (?P<message>[A-Z_]++/(?P<level>\d{3}) .*)",
)

ACCESS: Final = Layout(
    name="access",
    title="access logs: common, combined, HAProxy, uWSGI, squid; status 5xx is ERROR, 4xx WARN",
    patterns=_ACCESS,
    levels=STATUS_LEVELS,
    examples=(
        _e(
            '10.0.0.7 - - [05/May/2024:10:00:01 +0000] "GET /cart HTTP/1.1" 502 12',
            "502",
            None,
            '"GET /cart HTTP/1.1" 502 12',
        ),
    ),
)
