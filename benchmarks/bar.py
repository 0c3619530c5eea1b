"""One figure beside what it must reach."""

from typing import Final

import msgspec

MB: Final = 1_000_000
NOT_MEASURED: Final = "not measured"


class Bar(msgspec.Struct, frozen=True):
    """One line of the table.

    Attributes:
        what: what is measured.
        must: what it must reach.
        measured: what it reached, with its unit.
        reached: None if there is no figure.
    """

    what: str
    must: str
    measured: str
    reached: bool | None


def at_least(
    what: str, value: float | None, least: float, form: str, missing: str = NOT_MEASURED
) -> Bar:
    """A figure that must not be lower; `missing` stands where there is none."""
    must = f">= {form.format(least)}"
    if value is None:
        return Bar(what, must, missing, None)
    return Bar(what, must, form.format(value), value >= least)


def at_most(
    what: str, value: float | None, most: float, form: str, missing: str = NOT_MEASURED
) -> Bar:
    """A figure that must not be higher; `missing` stands where there is none."""
    must = f"<= {form.format(most)}"
    if value is None:
        return Bar(what, must, missing, None)
    return Bar(what, must, form.format(value), value <= most)
