"""The commands on a store's versions: what they print and the codes they end with."""

import re
from pathlib import Path

import msgspec
import pytest

from inference.store.versions import ModelStore
from schemas.record.features import Level
from tests.made_logs import make_log, make_logs, make_raw_logs
from trainer.cli import EXIT_CODES, main
from trainer.errors import StoreError


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A file to train on."""
    path = tmp_path / "logs.jsonl"
    path.write_bytes(b"\n".join(msgspec.json.encode(log) for log in make_logs(300)))
    return path


def test_versions_are_listed_activated_and_rolled_back(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The life of a store, by commands alone."""
    where = ["--model-dir", str(tmp_path)]
    for _ in range(2):
        assert main(["fit", str(data), "--n-estimators", "5", *where]) == 0
    assert main(["rollback", *where]) == 0
    (ModelStore(tmp_path).path(2) / "manifest.json").unlink()
    capsys.readouterr()
    assert main(["list", *where]) == 0
    output = capsys.readouterr().out
    assert re.search(r"^\* 1 .* 300 ", output, re.MULTILINE)
    assert re.search(r"^  2 +broken: ", output, re.MULTILINE)
    assert main(["activate", "2", *where]) == EXIT_CODES[StoreError]
    assert main(["activate", "1", *where]) == 0


def test_corrections_that_hold_no_longer_are_named(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An older version is made current without what was corrected since, or with it if asked."""
    where = ["--model-dir", str(tmp_path)]
    store = ModelStore(tmp_path)
    assert main(["fit", str(data), "--n-estimators", "5", *where]) == 0
    for word in ("disk", "tape"):
        line = ["--service", "shop", "--message", f"{word} is full"]
        assert main(["feedback", "normal", *line, *where]) == 0
    assert main(["fit", str(data), "--n-estimators", "6", *where]) == 0
    capsys.readouterr()
    assert main(["activate", "1", *where]) == 0
    assert capsys.readouterr().err == (
        "warning: 2 corrections of version 4 do not hold in version 1 (normal, shop: disk is full; "
        "normal, shop: tape is full): `python -m trainer activate 1 --corrections-of 4` makes them "
        "hold\n"
    )
    assert main(["activate", "1", "--corrections-of", "4", *where]) == 0
    heard = capsys.readouterr()
    assert heard.out == "version 5 is current: version 1 with the corrections of version 4\n"
    assert heard.err == ""
    assert store.manifest(5).corrections == store.manifest(4).corrections
    assert store.manifest(5).files == store.manifest(1).files
    assert main(["activate", "2", *where]) == 0
    assert "1 correction of version 5 does not hold in version 2" in capsys.readouterr().err
    assert main(["activate", "3", *where]) == 0
    assert capsys.readouterr().err == ""
    assert main(["activate", "3", "--corrections-of", "4", *where]) == 0
    assert capsys.readouterr().out == "version 3 is current\n"
    assert main(["activate", "1", "--corrections-of", "5", *where]) == 0
    assert capsys.readouterr().out.startswith("version 5 is current: version 1 with ")
    assert store.versions() == [1, 2, 3, 4, 5]  # version 5 is just that
    assert main(["activate", "1", "--corrections-of", "9", *where]) == EXIT_CODES[StoreError]


def test_a_log_without_its_message_is_corrected(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By its features, which stand in the list; they are checked as a call's are."""
    where = ["--model-dir", str(tmp_path)]
    assert main(["fit", str(data), "--n-estimators", "5", *where]) == 0
    features = msgspec.json.encode(make_log(4_321, Level.FATAL, has_timeout=True)).decode()
    assert main(["feedback", "normal", "--features", features, *where]) == 0
    capsys.readouterr()
    assert main(["feedback", "list", *where]) == 0
    assert "message_length 4,321, level FATAL, has_exception no, has_timeout yes" in (
        capsys.readouterr().out
    )
    for wrong, fault in (
        (["--features", "{}"], "--features: message_length: is required"),
        (["--features", "{"], "--features: "),
        (["--features", features, "--message", "disk full"], "Expected in the place of"),
        ([], "--message and --service are required, or --features"),
    ):
        assert main(["feedback", "normal", *wrong, *where]) == 2
        assert fault in capsys.readouterr().err
    assert main(["feedback", "none", "--features", features, *where]) == 0
    assert ModelStore(tmp_path).manifest(3).corrections == []


def test_the_threshold_is_that_of_most_records(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Logs with a message have a threshold of their own, which is what lists and reports show."""
    path = tmp_path / "raw.jsonl"
    path.write_bytes(b"\n".join(msgspec.json.encode(log) for log in make_raw_logs(300)))
    where = ["--model-dir", str(tmp_path)]
    assert main(["fit", str(path), "--n-estimators", "5", *where]) == 0
    fitted = capsys.readouterr().out
    scores = ModelStore(tmp_path).manifest(1).scores
    assert scores.message_threshold is not None
    assert scores.message_threshold != scores.threshold
    assert re.search(rf"^surprisal .* {scores.message_threshold:.4f}$", fitted, re.MULTILINE)
    assert main(["list", *where]) == 0
    assert f" {scores.message_threshold:.6f} " in capsys.readouterr().out


def test_a_version_is_shown(model_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """For people in lines, for programs as the manifest itself; the current version by default."""
    where = ["--model-dir", str(model_dir)]
    manifest = ModelStore(model_dir).manifest(1)
    assert main(["info", *where]) == 0
    facts = dict(
        re.split(r"  +", line, maxsplit=1) for line in capsys.readouterr().out.splitlines()
    )
    assert (facts["version"], facts["detector"]) == ("1", manifest.detector)
    assert facts["threshold"] == f"{manifest.scores.threshold:.6f}"
    assert facts["trained on"].startswith(f"{manifest.training.n_samples:,} records")
    assert main(["info", "1", "--json", *where]) == 0
    assert capsys.readouterr().out.encode() == manifest.to_json()
    assert main(["info", "7", *where]) == EXIT_CODES[StoreError]
    assert "there is no version 7" in capsys.readouterr().err


def test_a_version_is_deleted(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Only if it neither serves nor would after a rollback."""
    where = ["--model-dir", str(tmp_path)]
    for _ in range(3):
        assert main(["fit", str(data), "--n-estimators", "5", *where]) == 0
    for version, reason in ((3, "is current"), (2, "rollback"), (7, "there is no version 7")):
        capsys.readouterr()
        assert main(["delete", str(version), *where]) == EXIT_CODES[StoreError]
        assert reason in capsys.readouterr().err
    assert main(["delete", "1", *where]) == 0
    assert "version 1 is deleted" in capsys.readouterr().out
    assert ModelStore(tmp_path).versions() == [2, 3]


@pytest.mark.parametrize(
    "command", [["activate", "1"], ["rollback"], ["delete", "1"], ["info"], ["info", "1"]]
)
def test_a_misspelt_store_is_not_made(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The commands on a store say that there is none, and leave nothing behind."""
    where = tmp_path / "mdoels"
    assert main([*command, "--model-dir", str(where)]) == EXIT_CODES[StoreError]
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert not where.exists()


def test_an_empty_store_lists_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Listing is no error where there is nothing to list."""
    assert main(["list", "--model-dir", str(tmp_path)]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_a_damaged_current_is_warned_about(
    model_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Listing still works and says how to repair it."""
    (model_dir / "log-anomaly" / "CURRENT").write_text("x")
    assert main(["list", "--model-dir", str(model_dir)]) == 0
    assert "trainer activate N" in capsys.readouterr().err
