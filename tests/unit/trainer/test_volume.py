"""Lines over time on a terminal."""

import pytest
from msgspec.structs import replace

from tests.made_reports import make_timeline
from trainer.cli.volume import print_volume, span, sparkline


def test_a_bar_is_as_high_as_its_share_of_the_highest() -> None:
    """One line is seen beside a million; no line is no bar."""
    assert sparkline([0, 1, 500_000, 1_000_000]) == " ▁▄█"
    assert sparkline([8, 1, 2, 3, 4, 5, 6, 7, 8]) == "█▁▂▃▄▅▆▇█"
    assert sparkline([0, 0]) == "  "
    assert sparkline([]) == ""


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.004, "0.004 seconds"),
        (67.108864, "67 seconds"),
        (268.435456, "4.47 minutes"),
        (8_589.934592, "2.39 hours"),
        (549_755.813888, "6.36 days"),
    ],
)
def test_a_width_is_in_a_unit_that_people_use(seconds: float, words: str) -> None:
    """Slots are powers of two of microseconds."""
    assert span(seconds) == words


def test_when_most_lines_came_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """Of all lines and of the flagged ones, a row each, in the same slots."""
    timeline = make_timeline()
    print_volume(timeline)
    title, lines, flagged = capsys.readouterr().out.splitlines()
    assert title == "over time, 2026-11-24 08:00:00 to 09:00:00, 2 minutes a bar:"
    assert lines[10:40] == sparkline(timeline.n_rows)
    assert lines[40:] == "  at most 377, from 2026-11-24 08:42:00 on"
    assert flagged.startswith("  flagged")
    print_volume(replace(timeline, n_flagged=[0] * 30))
    assert capsys.readouterr().out.endswith("none\n")
