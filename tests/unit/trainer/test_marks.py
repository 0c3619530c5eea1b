"""People's corrections in a report: which lines they are about, and what they change."""

import gzip
from pathlib import Path

import msgspec
import pytest

from inference.store.versions import ModelStore
from trainer.cli import main

SAMPLES = Path(__file__).parents[3] / "samples" / "logs.jsonl.gz"
SERVICE = "postgres"
FLAGGED = "the database system is in recovery mode"
ORDINARY = "checkpoint starting: time"


@pytest.mark.parametrize("command", ["fit", "evaluate"])
def test_a_report_shows_what_people_corrected(tmp_path: Path, command: str) -> None:
    """Each correction with its lines, and of how many the detector says otherwise; and its end."""
    where = ["--model-dir", str(tmp_path / "models")]
    assert main(["fit", str(SAMPLES), *where]) == 0
    feedback = ["feedback", "normal", "--service", SERVICE, "--level", "FATAL"]
    assert main([*feedback, "--message", FLAGGED, "--note", "planned <restarts>", *where]) == 0
    feedback = ["feedback", "anomaly", "--service", SERVICE, "--until", "2099-01-31"]
    assert main([*feedback, "--message", ORDINARY, *where]) == 0
    page = tmp_path / "page.html"
    if command == "evaluate":
        assert main(["evaluate", str(SAMPLES), "--report", str(page), *where]) == 0
    else:
        assert main(["fit", str(SAMPLES), *where]) == 0
        page = ModelStore(tmp_path / "models").path(4) / "report.html"
    text = page.read_text()
    section = text[text.index("Corrected by people") : text.index("takes a correction back")]
    with gzip.open(SAMPLES) as file:
        records = [msgspec.json.decode(line) for line in file]
    for message in (FLAGGED, ORDINARY):
        n = sum(r["service"] == SERVICE and r["message"] == message for r in records)
        lines = "line" if n == 1 else "lines"
        # The detector flags each of these FATAL lines, and none of the ordinary lines.
        assert f"the detector disagrees on {n} of {n} {lines} here" in section
    assert "planned &lt;restarts&gt;" in section
    assert "2099-01-31" in section


def test_a_report_without_corrections_has_no_such_part(tmp_path: Path) -> None:
    """A section without entries is left out."""
    where = ["--model-dir", str(tmp_path)]
    assert main(["fit", str(SAMPLES), *where]) == 0
    page = ModelStore(tmp_path).path(1) / "report.html"
    assert "Corrected by people" not in page.read_text()
