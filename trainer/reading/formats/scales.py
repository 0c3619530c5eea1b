"""The scale of levels that are numbers, if the records show it."""

from collections.abc import Sequence
from typing import Any

import msgspec

from inference.intake.documents import DocumentReader, Named
from inference.intake.levels import LevelNames
from schemas.record.levels import SCALES
from trainer.errors import InputError
from trainer.reading.formats.format import Detected


def with_scale(detected: Detected, documents: Sequence[dict[str, Any]]) -> Detected:
    """A plan with the scale of levels that are numbers, if the records imply but one.

    Raises:
        InputError: the levels are numbers, and nothing shows what they mean.
    """
    plan = detected.plan
    if plan.scale is not None:
        return Detected(plan, [*detected.notes, f"levels: numbers as {plan.scale} writes them"])
    reader = DocumentReader(LevelNames(plan.levels), Named(level=plan.given.level))
    scales = [reader.scales(document) for document in documents]
    implied = {scale for found in scales for _, scale in found if scale is not None}
    numbered = [found for found in scales if found]
    if numbered and not implied and len(numbered) == sum(map(reader.has_level, documents)):
        raise InputError(
            f"the levels are numbers, and nothing tells what they mean; say whose they are: "
            f"--levels {', '.join(sorted(SCALES))}"
        )
    if len(implied) != 1:
        return detected
    (scale,) = implied
    still_open = {number for found in scales for number, known in found if known is None}
    if not still_open <= SCALES[scale].keys():
        return detected
    return Detected(
        msgspec.structs.replace(plan, open_scale=scale),
        [*detected.notes, f"levels: numbers as {scale} writes them"],
    )
