"""PHP and its frameworks."""

from typing import Final

from inference.intake.fragments import DATED, MESSAGE
from inference.intake.layout import Layout
from inference.intake.layout import example as _e
from schemas.record.features import Level

__all__ = ["MONOLOG", "PHP", "PHP_SLOW"]

_MONOLOG: Final = (rf"\[(?P<time>{DATED})\] (?P<service>[\w-]++)\.(?P<level>[A-Z]++): {MESSAGE}",)

MONOLOG: Final = Layout(
    name="monolog",
    title="Monolog, Laravel, Symfony",
    patterns=_MONOLOG,
    continued=True,
    examples=(
        _e(
            "[2024-05-01T10:00:00.1+02:00] request.INFO: matched {} []",
            "INFO",
            "request",
            "matched {} []",
        ),
    ),
)

_PHP: Final = (
    rf"\[(?P<time>{DATED}[^\]]*+)\] PHP (?P<level>[A-Za-z]++(?: error)?):  ?{MESSAGE}",
    rf"\[(?P<time>{DATED}[^\]]*+)\] (?P<level>DEBUG|NOTICE|WARNING|ERROR|ALERT): {MESSAGE}",
)

PHP: Final = Layout(
    name="php",
    title="PHP and PHP-FPM, error log",
    patterns=_PHP,
    levels={"fatal error": Level.FATAL, "parse error": Level.FATAL},
    continued=True,
    examples=(_e("[01-May-2024 10:00:00 UTC] PHP Fatal error:  no", "Fatal error", None, "no"),),
)

PHP_SLOW: Final = Layout(
    name="php_slow",
    title="PHP-FPM, slow log",
    patterns=(rf"\[(?P<time>{DATED})\] ++\[pool (?P<service>[\w.-]++)\] (?P<message>pid \d++)",),
    continued=True,
    further=r"script_filename = |\[0x[0-9a-f]+\] ",
    examples=(_e("[01-May-2024 10:00:00]  [pool www] pid 12", None, "www", "pid 12"),),
)
