"""Clouds and pipelines: GitHub Actions, Heroku, Cloud Foundry, AWS."""

from typing import Final

from inference.intake.fragments import DATED, ISO_TIME, MESSAGE, UUID
from inference.intake.layout import Layout
from inference.intake.layout import example as _e
from schemas.record.features import Level

__all__ = ["CLOUD", "GITHUB", "LAMBDA", "VPC"]

_GITHUB: Final = (
    r"(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z) (?:##\[(?P<level>[a-z]++)\])?(?P<message>.*)",
    r"##\[(?P<level>[a-z]++)\](?P<message>.*)",
)

GITHUB: Final = Layout(
    name="github",
    title="GitHub Actions, Azure Pipelines",
    patterns=_GITHUB,
    levels={**dict.fromkeys(("group", "endgroup", "command", "section", "add-mask"), Level.INFO)},
    examples=(_e("2024-05-01T10:00:01.0000000Z ##[error]exit 2", "error", None, "exit 2"),),
)

_CLOUD: Final = (
    # Heroku: time app[web.1]: message
    rf"(?P<time>{ISO_TIME}) (?P<service>[\w-]++)\[[\w.-]++\]: {MESSAGE}",
    # Cloud Foundry: time [APP/PROC/WEB/0] OUT message
    rf" {{0,8}}+(?P<time>{ISO_TIME}) \[(?P<service>[A-Z]++(?:/[A-Z]++)*+)/\d++\] (?:OUT|ERR) {MESSAGE}",
)

CLOUD: Final = Layout(
    name="cloud",
    title="Heroku, Cloud Foundry",
    patterns=_CLOUD,
    examples=(_e("2024-05-01T10:00:00.000000+00:00 app[web.1]: up", None, "app", "up"),),
)

_LAMBDA: Final = (
    rf"(?P<time>{DATED})\t(?:{UUID}|undefined)\t(?P<level>[A-Z]++)\t{MESSAGE}",
    rf"\[(?P<level>[A-Z]++)\]\t(?P<time>{DATED})\t{UUID}\t{MESSAGE}",
    rf"(?P<message>(?:START|END|REPORT) RequestId: {UUID}.*|INIT_START .*)",
)

LAMBDA: Final = Layout(
    name="lambda",
    title="AWS Lambda",
    patterns=_LAMBDA,
    continued=True,
    examples=(
        _e(
            "2024-05-01T10:00:01.123Z\t7d9f8b6c-0000-0000-0000-000000000000\tERROR\tlost",
            "ERROR",
            None,
            "lost",
        ),
    ),
)

_VPC: Final = (
    r"(?P<message>\d (?:\d{12}|unknown) eni-\w++ \S++ \S++ \S++ \S++ \S++ \S++ \S++ (?P<time>\d{10}) \d{10} "
    r"(?:ACCEPT|REJECT|-) \w++)",
)

VPC: Final = Layout(
    name="vpc",
    title="AWS VPC flow logs",
    patterns=_VPC,
    service="vpc",
    remark=r"(?:version |account-id ).*",
    examples=(
        _e(
            "2 123456789010 eni-1a 10.0.0.7 10.0.0.1 49761 22 6 20 4249 1714557600 1714557660 REJECT OK",
            None,
            None,
            "2 123456789010 eni-1a 10.0.0.7 10.0.0.1 49761 22 6 20 4249 1714557600 1714557660 REJECT OK",
        ),
    ),
)
