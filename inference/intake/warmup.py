"""Compiles the patterns for lines of plain text, beside the calls of a worker."""

import asyncio

from inference.intake.layout import Layout
from inference.intake.layouts import LAYOUTS
from inference.intake.lines import LineParser, compiled

__all__ = ["warm_up"]


async def warm_up() -> None:
    """Compile the patterns of all layouts in a thread: a second of work.

    Layout by layout, so that a worker that is to end does not wait for the others.
    """
    for layout in LAYOUTS.values():
        await asyncio.to_thread(_compile, layout)


def _compile(layout: Layout) -> None:
    LineParser(layout)
    for pattern in (layout.body, layout.remark or "(?!)", layout.further or "(?!)"):
        compiled(pattern)
