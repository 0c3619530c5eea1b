"""The meaning of labels: whether a labelled record is an anomaly.

Labelled logs come with truth values, with numbers and with the names of faults. A label says
*anomaly* unless it is null, a zero, false, or a word for nothing. As text, with case and blanks
around it ignored, a label says nothing iff it is in `NO_ANOMALY` or `ZERO` matches the whole of it.
SQL engines, which see a label as text, can express this definition as well.
"""

import re
from typing import Final

__all__ = ["NO_ANOMALY", "ZERO", "is_positive"]

NO_ANOMALY: Final = (
    "",
    "-",
    "benign",
    "false",
    "n",
    "nan",
    "no",
    "none",
    "normal",
    "null",
    "ok",
)
"""Labels that say no anomaly, lower case."""

ZERO: Final = r"[-+]?0+(?:[.]0*)?(?:e[-+]?[0-9]+)?"
"""A zero as any engine writes it: 0, 0.0, -0.00, 0E0; lower case."""

_BLANKS: Final = " \t\n\v\f\r"
_ZERO: Final = re.compile(ZERO)


def is_positive(value: object) -> bool:
    """Whether a label says that its record is an anomaly.

    Args:
        value: what stood in the record: text, a number, a truth value or nothing.

    Returns:
        True for an anomaly; so is any name of a fault, and any number but zero.
    """
    if value is None:
        return False
    text = str(value).strip(_BLANKS).lower()
    return text not in NO_ANOMALY and _ZERO.fullmatch(text) is None
