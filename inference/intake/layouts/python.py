"""Python: its logging in the shapes of usual programs, structlog, Django, Airflow, Alembic."""

from typing import Final

from inference.intake.fragments import (
    BARE,
    BRACKETED,
    CLOCK,
    DATED,
    LEVEL,
    LOGGER,
    MESSAGE,
    TIME,
    UUID,
)
from inference.intake.layout import Layout
from inference.intake.layout import example as _e

__all__ = ["AIRFLOW", "ALEMBIC", "DJANGO", "PYTHON", "STRUCTLOG"]

_PYTHON: Final = (
    # LEVEL:logger:message
    rf"{LEVEL}:(?P<service>[^\s:]++):{MESSAGE}",
    # 2024-01-02 03:04:05,678 - name - LEVEL - message
    rf"{TIME} - (?P<service>\S++)(?: - \d++)? - {LEVEL} -(?: |$){MESSAGE}",
    # [2024-01-02 03:04:05,678] LEVEL in module: message
    rf"{TIME} {LEVEL} in (?P<service>[^\s:]++):(?: |$){MESSAGE}",
    # 2024-01-02 03:04:05,678 LEVEL name: message, with the process before or behind the level
    rf"{TIME} (?:\d++ )?\[?{LEVEL}\]? *+(?:\d++ )?(?!\[main\]|\[[^\s\]]*[Tt]hread)\[?{LOGGER}\]?(?:: | - |:$){MESSAGE}",
    # 2024-01-02 03:04:05.678 123 LEVEL name [request] message, perhaps behind the file's name
    rf"(?:[\w-]++\.log[\w.:-]*+ )?{TIME} \d++ {LEVEL} {LOGGER} {BRACKETED}(?: |$){MESSAGE}",
    # 2024-01-02 03:04:05.678 | LEVEL    | module:function:12 - message
    rf"{TIME} \| {LEVEL} *+\| (?P<service>[\w.<>]++):[\w<>]++:\d++ -(?: |$){MESSAGE}",
    # [2024-01-02 03:04:05 +0000] [123] [LEVEL] message
    rf"{TIME} \[\d++\] \[{LEVEL}\](?: |$){MESSAGE}",
    # [2024-01-02 03:04:05,678: LEVEL/MainProcess] shop.cart.open[id]: message
    rf"{TIME}: {LEVEL}/[^\[\]]++\] (?P<service>[\w.]++)\[{UUID}\]: {MESSAGE}",
    # [2024-01-02 03:04:05,678: LEVEL/MainProcess] message
    rf"{TIME}: {LEVEL}/[^\[\]]++\](?: |$){MESSAGE}",
    # 2024-01-02 03:04:05,678 7 LEVEL database name: message
    rf"{TIME} \d++ {LEVEL} \S++ {LOGGER}: {MESSAGE}",
    # 2024-01-02 03:04:05,678 - util.py[LEVEL]: message
    rf"{TIME} - (?P<service>[\w.]++)\[{LEVEL}\]: {MESSAGE}",
    # 2024-01-02 03:04:05,678 fail2ban.filter  [7]: LEVEL   message
    rf"{TIME} {LOGGER} *+\[\d++\]: {LEVEL} ++{MESSAGE}",
    # thread::LEVEL::time::name::line::message
    rf"[\w.-]++::{LEVEL}::{TIME}::(?P<service>[\w.]++)::{MESSAGE}",
    # 2024-01-02 03:04:05,678 [salt.minion  :1020][LEVEL ][7] message
    rf"{TIME} \[(?P<service>[\w.-]++) *+:\d++ *+\]\[{LEVEL} *+\](?:\[\d++\])? {MESSAGE}",
    # 03:04:05 [LEVEL   ][deluge.core:123 ] message
    rf"{TIME} \[{LEVEL} *+\]\[(?P<service>[A-Za-z_][\w.]*+)(?::\d++)? *+\] {MESSAGE}",
    # 2024-01-02 03:04:05,678 (7/MainThread) shop.cart LEVEL - message
    rf"{TIME} \([^()]*+\) (?P<service>[\w.]++) {LEVEL} - {MESSAGE}",
    # pytest: LEVEL    shop.cart:cart.py:7 message
    rf"{LEVEL} ++(?P<service>[\w.]++):\w++\.py:\d++ {MESSAGE}",
    # Rich: [time] LEVEL    message    cart.py:7, the time left out where it is that of the line before
    rf"(?:\[(?P<time>{DATED}|{CLOCK})\]| {{10,24}}+) {{0,2}}+{LEVEL} ++(?P<message>(?:[^ ]++| ++(?!\w++\.py:\d++ *$))*+) ++(?P<service>\w++\.py):\d++ *+",
    # a time of docker's before LEVEL:logger:message
    rf"{TIME} {LEVEL}:(?P<service>[^\s:]++):{MESSAGE}",
    # a level, a colon, blanks, the message
    rf"{LEVEL}:(?: ++|$)(?!{TIME.replace('?P<time>', '?:')}){MESSAGE}",
    BARE,
)

PYTHON: Final = Layout(
    name="python",
    title="Python's logging, Flask, Gunicorn, Celery, Loguru, OpenStack, Odoo, cloud-init",
    patterns=_PYTHON,
    finer=("log4j",),
    continued=True,
    examples=(
        _e("WARNING:shop.orders:slow", "WARNING", "shop.orders", "slow"),
        _e("2024-05-01 10:00:00,123 - shop - ERROR - no", "ERROR", "shop", "no"),
    ),
)

_STRUCTLOG: Final = (
    rf"(?P<time>{DATED}) \[(?P<level>debug|info|warning|warn|error|critical|exception|fatal|trace|notset) *+\] (?P<message>(?:[^ ]++| ++(?!\[[\w.]++\]))*+)(?: ++\[(?P<service>[\w.]++)\].*)?",
)

STRUCTLOG: Final = Layout(
    name="structlog",
    title="structlog, console",
    patterns=_STRUCTLOG,
    continued=True,
    examples=(
        _e(
            "2024-05-01 10:00:00 [info     ] cart opened   [shop.cart] id=7",
            "info",
            "shop.cart",
            "cart opened",
        ),
    ),
)

_AIRFLOW: Final = (
    rf"\[(?P<time>{DATED})\] \{{{{1,2}}(?P<service>[\w.]++):\d++\}}{{1,2}} {LEVEL} - {MESSAGE}",
)

AIRFLOW: Final = Layout(
    name="airflow",
    title="Apache Airflow",
    patterns=_AIRFLOW,
    continued=True,
    examples=(
        _e(
            "[2024-05-01T10:00:00.123+0000] {taskinstance.py:7} INFO - done",
            "INFO",
            "taskinstance.py",
            "done",
        ),
    ),
)

_DJANGO: Final = (rf"{LEVEL} (?P<time>{DATED}) (?P<service>\w++) \d++ \d++ {MESSAGE}",)

DJANGO: Final = Layout(
    name="django",
    title="Django, verbose",
    patterns=_DJANGO,
    continued=True,
    examples=(_e("ERROR 2024-05-01 10:00:01,123 log 7 139 no", "ERROR", "log", "no"),),
)

_ALEMBIC: Final = (rf"{LEVEL} ++\[(?P<service>[\w.]++)\] {MESSAGE}",)

ALEMBIC: Final = Layout(
    name="alembic",
    title="a level, a logger in brackets, the text",
    patterns=_ALEMBIC,
    continued=True,
    examples=(_e("INFO  [alembic.runtime] up", "INFO", "alembic.runtime", "up"),),
)
