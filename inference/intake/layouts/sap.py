"""SAP: HANA's trace files and the dev traces of its kernel."""

from typing import Final

from inference.intake.fragments import C_TIME, DATED, MESSAGE
from inference.intake.layout import Layout
from inference.intake.layout import example as _e

__all__ = ["HANA", "SAP"]

_HANA: Final = (
    rf"\[\d++\]\{{-?\d++\}}\[[^\]]*+\] (?P<time>{DATED}) (?P<level>[iwefd]) (?P<service>\w++) ++{MESSAGE}",
)

HANA: Final = Layout(
    name="hana",
    title="SAP HANA, trace files",
    patterns=_HANA,
    continued=True,
    examples=(
        _e(
            "[7]{-1}[-1/-1] 2024-05-01 10:00:01.123456 e Logger  Logger.cpp(00007) : lost",
            "e",
            "Logger",
            "Logger.cpp(00007) : lost",
        ),
    ),
)

_SAP: Final = (
    rf"\[Thr \d++\] ++(?:\*\*\* (?P<level>ERROR|WARNING)(?: =>)? ?)?{MESSAGE}",
    rf"[A-Z]  (?:\*\*\* (?P<level>ERROR|WARNING)(?: =>)? ?)?{MESSAGE}",
)

SAP: Final = Layout(
    name="sap",
    title="SAP, dev traces",
    patterns=_SAP,
    continued=True,
    remark=rf"[A-Z] +{C_TIME}|\[Thr \d+\] {C_TIME}|-{{10,}}+|[A-Z] *",
    examples=(_e("M  *** ERROR => ThIPMDown: lost", "ERROR", None, "ThIPMDown: lost"),),
)
