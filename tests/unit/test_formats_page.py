"""docs/formats.md says what reading does."""

from inference.intake.layouts import LAYOUTS
from scripts.formats import PAGE, page


def test_the_page_is_made_of_the_data() -> None:
    """After a change of layouts, levels or names of fields: `python -m scripts.formats`."""
    assert PAGE.read_text() == page()


def test_every_layout_is_listed() -> None:
    """By its name and an example."""
    text = PAGE.read_text()
    assert all(f"| `{name}` | {layout.title} |" in text for name, layout in LAYOUTS.items())
