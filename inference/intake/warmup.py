"""Compiles what reads lines of plain text before the first of them comes."""

from inference.intake.layouts import LAYOUTS
from inference.intake.lines import LineParser, compiled

__all__ = ["warm_up"]


def warm_up() -> None:
    """Compile the patterns of all layouts: half a second of work, for a thread."""
    for layout in LAYOUTS.values():
        LineParser(layout)
        for pattern in (layout.body, layout.remark or "(?!)", layout.further or "(?!)"):
            compiled(pattern)
