"""What is said of parts of the records alone."""

import re
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
import pytest

from inference.store.versions import ModelStore
from trainer.cli import main
from trainer.counting.table import CountTable
from trainer.judging.parts import whether_learned

SAMPLES: Final = Path(__file__).parents[3] / "samples" / "logs.jsonl.gz"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of the samples."""
    path = tmp_path_factory.mktemp("store")
    assert main(["fit", str(SAMPLES), "--n-estimators", "10", "--model-dir", str(path)]) == 0
    return path


def test_a_published_model_is_judged_on_the_newest_lines_and_on_those_before(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Together they are all lines and all that is flagged; the page has both sentences."""
    page = tmp_path / "page.html"
    where = ["--model-dir", str(store), "--report", str(page)]
    asked = ["evaluate", str(SAMPLES), "--label-field", "fault", *where]
    assert main([*asked, "--newest", "0.2"]) == 0
    output = capsys.readouterr().out
    assert "It may have learned from these lines: not all were written after it was made." in output
    parts = re.findall(
        r"^On the .*: flags (\d+) of ([\d,]+) lines; .* ROC AUC 0", output, re.MULTILINE
    )
    assert "\n  2026-11-22 11:04:29  WARN redis: redis is now ready to exit, bye bye...\n" in output
    whole = re.search(r"^Flags (\d+) of 6,666 lines", output, re.MULTILINE)
    assert whole is not None
    (flagged, n), (flagged_before, n_before) = parts
    assert int(n.replace(",", "")) + int(n_before.replace(",", "")) == 6_666
    assert int(flagged) + int(flagged_before) == int(whole[1])
    assert int(flagged_before) > 0
    assert f"On the newest {n} lines, from 2026-11-22 11:03:35 UTC on: flags" in page.read_text()
    assert f"On the {n_before} before them: flags {flagged_before}" in page.read_text()
    assert main([*asked, "--newest", "1"]) == 2
    assert "--newest 1.0: Expected more than 0 and less than 1" in capsys.readouterr().err
    assert main(asked) == 0
    assert "On the newest" not in capsys.readouterr().out


def test_it_is_said_whether_a_model_may_have_learned_from_lines(store: Path) -> None:
    """Only what was written after a model was made is surely new to it."""
    manifest = msgspec.structs.replace(
        ModelStore(store).manifest(1), created_at="2026-11-27T06:00:00+00:00"
    )
    made = 1_795_759_200_000_000

    def table(first: int | None) -> CountTable:
        moments = None if first is None else np.array([first, made + 10])
        return CountTable(
            keys=np.arange(2),
            counts=np.ones(2, np.int64),
            first_seen=moments,
            last_seen=moments,
        )

    assert whether_learned(table(made + 1), manifest).startswith("It learned from none of these")
    assert "not all were written after" in whether_learned(table(made), manifest)
    assert "no times that would tell" in whether_learned(table(None), manifest)
    assert "no times that would tell" in whether_learned(table(7), manifest)
