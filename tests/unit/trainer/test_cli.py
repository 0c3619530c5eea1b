"""The command line: what it prints and the codes it ends with."""

import gzip
import re
from pathlib import Path

import msgspec
import pytest

from inference.model.explanations import why
from inference.model.model import Model
from inference.model.verdicts import prediction_json
from inference.store.versions import ModelStore
from tests.made_logs import make_log, make_logs, make_raw_logs
from trainer.cli import EXIT_CODES, main
from trainer.cli.main import USAGE_EXIT
from trainer.errors import (
    AbandonedError,
    InputError,
    StoreError,
    TrainerBusyError,
    TrainingError,
)

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
    options += ["--detector", "isolation_forest"]
    code = main([*files, *options, "--seed", "3"])
    assert code == 0
    assert "version 1 published" in capsys.readouterr().out
    manifest = ModelStore(tmp_path).manifest(1)
    assert manifest.training.n_samples == 600
    assert msgspec.to_builtins(manifest.options) == {
        "contamination": "auto",
        "per_service": False,
        "n_estimators": 15,
        "max_samples": 64,
        "random_state": 3,
        "detector": "isolation_forest",
    }


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Raw logs, one of twenty labelled as written under a fault, and one line that is none."""
    lines = [
        msgspec.json.encode({**msgspec.to_builtins(log), "fault": int(number % 20 == 0)})
        for number, log in enumerate(make_raw_logs(600))
    ]
    path = tmp_path / "archive.jsonl.gz"
    path.write_bytes(gzip.compress(b"\n".join([*lines, b"no json"])))
    return path


@pytest.fixture
def trained(archive: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The option that names a store with a model of the archive, with the detector surprisal."""
    where = ["--model-dir", str(tmp_path / "models")]
    assert main(["fit", str(archive), "--detector", "surprisal", *where]) == 0
    capsys.readouterr()
    return where


def test_raw_logs_with_labels_are_reported_on(
    archive: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was detected and what is bad is printed; both detectors stand beside the trivial rules.

    Results go to standard output, all else to standard error; the report lies beside the model.
    """
    where = ["--model-dir", str(tmp_path)]
    options = ["--detector", "surprisal", "--label-field", "fault", "--compare"]
    assert main(["fit", str(archive), *where, *options]) == 0
    printed = capsys.readouterr()
    assert "message" in printed.err
    assert f"{archive}:601: not JSON" in printed.err
    names = ("isolation_forest", "surprisal", "level alone", "message_length alone")
    assert all(name in printed.out for name in (*names, "template rarity alone", "ROC AUC"))
    store = ModelStore(tmp_path)
    report = store.path(1) / "report.html"
    assert str(report) in printed.out
    assert report.read_bytes().startswith(b"<!doctype html>")
    manifest = store.manifest(1)
    assert (manifest.detector, manifest.training.n_messages) == ("surprisal", 600)
    assert set(manifest.files) == {"model.onnx", "tables.npz"}


def test_too_many_bad_records_stop_the_job(
    archive: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """More than the share that is allowed is an error that names the first, and nothing comes."""
    options = ["--model-dir", str(tmp_path), "--max-bad-fraction", "0.001"]
    assert main(["fit", str(archive), *options]) == EXIT_CODES[InputError]
    error = capsys.readouterr().err
    assert "1 of 601 records cannot be used" in error
    assert f"{archive}:601: not JSON" in error
    assert ModelStore(tmp_path).versions() == []


def test_a_model_is_evaluated_on_other_data(
    archive: Path, trained: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A report is written where it was asked for, and nothing is published."""
    report = tmp_path / "evaluation.html"
    arguments = [str(archive), "--label-field", "fault", "--report", str(report)]
    assert main(["evaluate", *arguments, *trained]) == 0
    output = capsys.readouterr().out
    assert "surprisal (version 1)" in output
    assert "level alone" in output
    assert report.read_bytes().startswith(b"<!doctype html>")
    assert ModelStore(Path(trained[1])).versions() == [1]


def test_verdicts_are_what_the_service_answers(
    archive: Path, trained: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line for each usable record, in the order of the input, by the model that serves."""
    out = tmp_path / "verdicts.jsonl"
    assert main(["score", str(archive), "--out", str(out), *trained]) == 0
    printed = capsys.readouterr()
    assert f"600 verdicts by version 1 written to {out}" in printed.out
    assert "1 records cannot be used" in printed.err
    model = Model(ModelStore(Path(trained[1])).bundle(1), memo_capacity=1_000)
    verdicts = [msgspec.json.decode(line) for line in out.read_bytes().splitlines()]
    for number, (log, found) in enumerate(zip(make_raw_logs(600), verdicts, strict=True), start=1):
        features = model.extract(log.message, log.level, log.service)
        verdict = model.verdict(features)
        answer = msgspec.json.decode(prediction_json("", verdict))
        del answer["log_id"]
        if verdict.is_anomaly:
            answer["why"] = why(model, features, verdict)
        assert found == {"source": str(archive), "line": number, **answer}


def test_a_model_is_recalibrated(
    archive: Path, trained: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """A new version with the same forest and other thresholds becomes current."""
    for data in ([], [str(archive)]):
        assert main(["recalibrate", *data, "--contamination", "0.2", *trained]) == 0
        output = capsys.readouterr().out
        assert "threshold" in output
        assert "with a message" in output
    store = ModelStore(Path(trained[1]))
    assert store.current_version() == 3
    first, *others = [store.bundle(version) for version in (1, 2, 3)]
    for other in others:
        assert other.files["model.onnx"] == first.files["model.onnx"]
        assert other.manifest.scores.threshold < first.manifest.scores.threshold
        assert other.manifest.options.contamination == 0.2
    assert main(["recalibrate", "--contamination", "0.6", *trained]) == 2


@pytest.mark.parametrize("command", ["evaluate", "score", "recalibrate"])
def test_commands_on_a_model_need_one(
    command: str, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without any version, and without the wanted version, they say what to do."""
    more = {"score": ["--out", str(tmp_path / "x.jsonl")], "recalibrate": ["--contamination", ".1"]}
    arguments = [command, str(data), "--model-dir", str(tmp_path), *more.get(command, [])]
    assert main(arguments) == EXIT_CODES[StoreError]
    assert "train first: python -m trainer fit" in capsys.readouterr().err
    assert main([*arguments, "--version", "7"]) == EXIT_CODES[StoreError]
    assert "there is no version 7" in capsys.readouterr().err
    assert not (tmp_path / "x.jsonl").exists()


@pytest.mark.parametrize("given", [[], ["DATA", "--counts", "FILE"]])
def test_data_or_counts_are_needed(given: list[str], tmp_path: Path) -> None:
    """One of them, and not both: anything else is a wrong call."""
    arguments = ["fit", "--model-dir", str(tmp_path), *given]
    assert main(arguments) == USAGE_EXIT


@pytest.mark.parametrize("pattern", ["(", "no groups", "(?P<level>.*)"])
def test_a_wrong_pattern_is_a_wrong_call(
    data: Path, pattern: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is named by its option, with the code of wrong options."""
    assert main(["fit", str(data), "--pattern", pattern]) == USAGE_EXIT
    assert capsys.readouterr().err.startswith("error: --pattern: ")


@pytest.mark.parametrize(
    ("content", "code", "message"),
    [
        (b"{}\n", 3, "no field for the message"),
        (b'{"level":"INFO"}\n', 3, "no field for the message among `level`"),
        (FEATURES + b'{"message_length":1}\n', 3, "logs.jsonl:2: level: is required; service: is"),
        (FEATURES + b"{" + FEATURES * 2, 3, "logs.jsonl:2: not JSON"),
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
    strict = ["--max-bad-fraction", "0", "--model-dir", str(tmp_path)]
    assert main(["fit", str(path), *strict]) == code
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
        "--detector",
        "oracle",
    ]
    assert main(["fit", str(data), *options]) == 2
    error = capsys.readouterr().err
    assert all(flag in error for flag in options[::2])


def test_options_that_do_not_go_together_are_named(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The detector surprisal has no automatic threshold."""
    assert main(["fit", str(data), "--detector", "surprisal", "--contamination", "auto"]) == 2
    assert "--contamination: the detector surprisal needs" in capsys.readouterr().err


def test_a_forest_that_would_be_too_large_is_refused(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before it is grown, with what to lower; nothing is published. A larger bound lets it be."""
    command = ["fit", str(data), "--model-dir", str(tmp_path / "store"), "--n-estimators", "10"]
    assert main([*command, "--max-nodes", "19"]) == 2
    assert "lower n_estimators or max_samples" in capsys.readouterr().err
    assert not list(tmp_path.glob("store/*/[0-9]*"))
    assert main([*command, "--max-nodes", "100000"]) == 0


def test_help_lists_every_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    """The help documents each code that a command can end with."""
    with pytest.raises(SystemExit):
        main(["--help"])
    text = capsys.readouterr().out
    documented = {int(code) for code in re.findall(r"^  (\d)  ", text, re.MULTILINE)}
    assert documented == {0, 2, *EXIT_CODES.values()}


def test_every_error_has_a_code() -> None:
    """Each training error that a command can meet is in the table; only a service can be busy."""
    of_services = {AbandonedError, TrainerBusyError}
    assert {*EXIT_CODES, *of_services} == set(TrainingError.__subclasses__())


def test_a_misspelt_layout_is_a_usage_error(
    archive: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The error names the layout that is meant, and not all ninety."""
    with pytest.raises(SystemExit) as ended:
        main(["look", str(archive), "--layout", "log4jj"])
    assert ended.value.code == 2
    problem = capsys.readouterr().err.splitlines()[-1]
    assert "did you mean log4j?" in problem
    assert "zerolog" not in problem
