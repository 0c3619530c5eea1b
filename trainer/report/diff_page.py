"""Renders a comparison of patterns as a self-contained HTML page."""

from typing import Final

from trainer.patterns.comparison import FACTOR, MAX_Q, Comparison
from trainer.report.environment import environment

MAX_SHOWN: Final = 500
"""Changes on a page; a person reads no more, and a browser shows no more at once."""

KINDS: Final = {
    "new": "new",
    "louder": "now at ERROR or FATAL",
    "more": "more frequent",
    "gone": "gone",
    "less": "less frequent",
}
"""The names of the kinds of changes."""


def render_diff(comparison: Comparison, good: str, bad: str) -> bytes:
    """The page, UTF-8; the same comparison gives the same bytes.

    Args:
        comparison: what differs.
        good: what the good side is called.
        bad: what the bad side is called.
    """
    page = environment().get_template("diff.html.jinja")
    text = page.render(
        comparison=comparison,
        good=good,
        bad=bad,
        shown=comparison.changes[:MAX_SHOWN],
        kinds=KINDS,
        factor=FACTOR,
        max_q=MAX_Q,
        most=max((max(change.good, change.bad) for change in comparison.changes), default=1),
    )
    return text.encode()
