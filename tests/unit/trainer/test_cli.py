"""The command line: what it prints and the codes it ends with."""

import re
from pathlib import Path

import msgspec
import pytest

from inference.store import ModelStore
from tests.made_logs import make_log, make_logs
from trainer.cli import EXIT_CODES, main
from trainer.errors import StoreError, TrainerBusyError, TrainingError


FEATURES = msgspec.json.encode(make_log()) + b"\n"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A file to train on."""
    path = tmp_path / "logs.jsonl"
    path.write_bytes(b"\n".join(msgspec.json.encode(log) for log in make_logs(300)))
    return path


def test_a_job_trains_and_publishes(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Several files are one training set; options reach the manifest; the report names it."""
    other = data.with_name("more.jsonl")
    other.write_bytes(data.read_bytes())
    # Named twice, a file is still counted once.
    files = ["fit", str(data), str(other), str(data), "--model-dir", str(tmp_path)]
    options = ["--contamination", "auto", "--n-estimators", "15", "--max-samples", "64"]
    code = main([*files, *options, "--seed", "3"])
    assert code == 0
    assert "version 1 published" in capsys.readouterr().out
    manifest = ModelStore(tmp_path).manifest(1)
    assert manifest.training.n_samples == 600
    assert msgspec.to_builtins(manifest.options) == {
        "contamination": "auto",
        "n_estimators": 15,
        "max_samples": 64,
        "random_state": 3,
        "detector": "isolation_forest",
    }


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


@pytest.mark.parametrize(
    ("content", "code", "message"),
    [
        (b"{}\n", 3, "no field for the message"),
        (b'{"level":"INFO"}\n', 3, "no field for the message among `level`"),
        (FEATURES + b'{"message_length":1}\n', 3, "logs.jsonl:2: level: is required; service: is"),
        (FEATURES + FEATURES[1:] + FEATURES, 3, "logs.jsonl:2: not JSON"),
        (FEATURES + FEATURES.replace(b"INFO", b"LOUD"), 3, "logs.jsonl:2: level: Expected one of"),
        (b"", 3, "logs.jsonl is empty"),
        (b"\n \n", 3, "logs.jsonl is empty"),
        (FEATURES, 4, "two distinct rows"),
    ],
)
def test_bad_data_ends_with_its_code(
    tmp_path: Path, content: bytes, code: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One clear line, the documented code, and nothing published."""
    path = tmp_path / "logs.jsonl"
    path.write_bytes(content)
    assert main(["fit", str(path), "--model-dir", str(tmp_path)]) == code
    assert message in capsys.readouterr().err
    assert ModelStore(tmp_path).versions() == []


def test_every_wrong_option_is_named(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All of them at once, each by its flag."""
    options = [
        "--contamination",
        "0.9",
        "--n-estimators",
        "0",
        "--max-samples",
        "x",
        "--seed",
        "-1",
    ]
    assert main(["fit", str(data), *options]) == 2
    error = capsys.readouterr().err
    assert all(flag in error for flag in options[::2])


def test_help_lists_every_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    """The help documents each code that a command can end with."""
    with pytest.raises(SystemExit):
        main(["--help"])
    text = capsys.readouterr().out
    documented = {int(code) for code in re.findall(r"^  (\d)  ", text, re.MULTILINE)}
    assert documented == {0, 2, *EXIT_CODES.values()}


def test_every_error_has_a_code() -> None:
    """Each training error that a command can meet is in the table; only a service can be busy."""
    assert {*EXIT_CODES, TrainerBusyError} == set(TrainingError.__subclasses__())
