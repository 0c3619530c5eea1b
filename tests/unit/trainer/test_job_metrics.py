"""What jobs of the command line report to Prometheus."""

from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from trainer.cli import main
from trainer.cli.job_metrics import SPECS

LOGS = str(Path(__file__).parents[3] / "samples" / "features.jsonl.gz")


def figures(path: Path) -> dict[str, float]:
    """The samples of a file by name, whose command is fit."""
    samples = {
        sample.name: sample
        for family in text_string_to_metric_families(path.read_text())
        for sample in family.samples
    }
    assert all(sample.labels == {"command": "fit"} for sample in samples.values())
    return {name: sample.value for name, sample in samples.items()}


def test_a_job_tells_how_it_went(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Result, rows and duration; a job that fails replaces the figures of the job before it."""
    path = tmp_path / "fit.prom"
    options = ["--model-dir", str(tmp_path / "models"), "--metrics-file", str(path)]
    assert main(["fit", LOGS, "--n-estimators", "5", "--no-examples", *options]) == 0
    done = figures(path)
    assert set(done) == {spec.name for spec in SPECS}
    assert done["log_anomaly_job_success"] == 1
    assert done["log_anomaly_job_rows"] > 6_000
    assert done["log_anomaly_job_duration_seconds"] > 0
    assert main(["fit", str(tmp_path / "missing"), *options]) == 3
    failed = figures(path)
    assert failed["log_anomaly_job_success"] == 0
    assert failed["log_anomaly_job_exit_code"] == 3
    assert "log_anomaly_job_rows" not in failed
    assert [file.name for file in tmp_path.iterdir() if ".prom" in file.name] == ["fit.prom"]
    capsys.readouterr()


def test_counting_is_a_job(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The nightly job begins with it, and ends there if a day's logs are missing."""
    path = tmp_path / "count.prom"
    assert main(["count", LOGS, "--metrics-file", str(path)]) == 0
    assert 'log_anomaly_job_rows{command="count"} 6666.0' in path.read_text()
    assert main(["count", str(tmp_path / "missing"), "--metrics-file", str(path)]) == 3
    assert 'log_anomaly_job_success{command="count"} 0.0' in path.read_text()
    capsys.readouterr()


def test_a_job_that_is_stopped_tells_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the exit code that its shell sees."""

    def stop(*_arguments: object, **_options: object) -> None:
        raise SystemExit(143)

    monkeypatch.setattr("trainer.cli.fit.fit", stop)
    path = tmp_path / "fit.prom"
    with pytest.raises(SystemExit):
        main(["fit", LOGS, "--model-dir", str(tmp_path), "--metrics-file", str(path)])
    assert figures(path)["log_anomaly_job_exit_code"] == 143


@pytest.mark.parametrize("name", ["fit.txt", "missing/fit.prom"])
def test_a_file_that_nobody_would_collect_is_refused(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before any work."""
    assert main(["fit", LOGS, "--metrics-file", str(tmp_path / name)]) == 2
    assert "Expected a name that ends in .prom" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_spoils_no_job(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is reported, and the exit code is the job's."""
    path = tmp_path / "fit.prom"
    path.mkdir()
    options = ["--model-dir", str(tmp_path / "models"), "--metrics-file", str(path)]
    assert main(["fit", str(tmp_path / "missing"), *options]) == 3
    assert "cannot be written" in capsys.readouterr().err
