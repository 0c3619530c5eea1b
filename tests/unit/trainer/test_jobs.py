"""The use cases as functions: plain arguments in, data out, nothing printed."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from inference.store.versions import ModelStore
from tests.made_logs import make_raw_logs
from trainer.counting.run import Advance
from trainer.errors import InputError, StoreError
from trainer.jobs import (
    CountTables,
    Dataset,
    Executor,
    TrainOptions,
    evaluate,
    fit,
    recalibrate,
    score,
)

N_LOGS = 600
HERE = Executor(processes=1)


class Notes:
    """A listener that writes down what it hears."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.read = [0, 0]

    def say(self, text: str) -> None:
        """Write it down."""
        self.texts.append(text)

    @contextmanager
    def progress(self, what: str, total_bytes: int) -> Iterator[Advance]:
        """Add up."""
        self.texts.append(f"{what} {total_bytes} bytes")

        def advance(n_bytes: int, n_records: int) -> None:
            self.read[0] += n_bytes
            self.read[1] += n_records

        yield advance


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Raw logs, the last line of which is none."""
    path = tmp_path / "archive.jsonl"
    lines = [msgspec.json.encode(log) for log in make_raw_logs(N_LOGS)]
    path.write_bytes(b"\n".join([*lines, b"no json"]))
    return path


@pytest.fixture
def data(archive: Path) -> Dataset:
    """The archive, found."""
    return Dataset.find([str(archive)], executor=HERE)


@pytest.fixture
def store(data: Dataset, tmp_path: Path) -> Path:
    """A store with a model of the archive."""
    model_dir = tmp_path / "models"
    fit(data, model_dir=model_dir, options=TrainOptions(detector="surprisal"))
    return model_dir


def test_training_returns_what_it_published(
    data: Dataset, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Version, report and its path are returned; the listener hears, the terminal does not."""
    notes = Notes()
    fitted = fit(data, model_dir=tmp_path / "models", listener=notes)
    assert fitted.version == 1
    assert fitted.report_path == tmp_path / "models" / "log-anomaly" / "1" / "report.html"
    assert fitted.report_path.is_file()
    assert (fitted.report.n_rows, fitted.report.n_bad) == (N_LOGS, 1)
    assert fitted.report.title == "Model 1"
    assert notes.read == [data.size_bytes, N_LOGS + 1]
    assert f"reading {data.size_bytes} bytes" in notes.texts
    assert any("not JSON" in text for text in notes.texts)
    assert capfd.readouterr() == ("", "")


def test_scoring_returns_counts(data: Dataset, store: Path, tmp_path: Path) -> None:
    """The same data may be used again; a file of verdicts is written, a line a usable record."""
    out = tmp_path / "verdicts.jsonl"
    scores = score(data, out, model_dir=store)
    verdicts = [msgspec.json.decode(line) for line in out.read_bytes().splitlines()]
    assert (scores.version, scores.n_records, scores.n_bad) == (1, N_LOGS + 1, 1)
    assert scores.n_verdicts == len(verdicts) == N_LOGS
    assert scores.n_anomalies == sum(verdict["is_anomaly"] for verdict in verdicts) > 0


def test_scoring_refuses_a_name_it_cannot_write(data: Dataset, store: Path, tmp_path: Path) -> None:
    """What the ending does not say is a wrong call, before anything is read."""
    with pytest.raises(ValueError, match=r"verdicts\.xml: Expected a name that ends in"):
        score(data, tmp_path / "verdicts.xml", model_dir=store)


def test_evaluating_publishes_nothing(data: Dataset, store: Path, tmp_path: Path) -> None:
    """It writes a report where it was asked for, and returns it."""
    page = tmp_path / "evaluation.html"
    evaluated = evaluate(data, model_dir=store, report_path=page)
    assert evaluated.report_path == page
    assert page.read_bytes().startswith(b"<!doctype html>")
    assert evaluated.report.n_rows == N_LOGS
    assert ModelStore(store).versions() == [1]


def test_recalibrating_returns_both_manifests(data: Dataset, store: Path) -> None:
    """Of the version it began with and of the version it published, on kept or other data."""
    for number, records in enumerate((None, data), start=2):
        done = recalibrate(0.2, records, model_dir=store, version=1)
        assert (done.version, done.origin) == (number, 1)
        assert done.after == ModelStore(store).manifest(number)
        assert done.after.scores.threshold < done.before.scores.threshold


def test_too_many_bad_records_stop_every_job(archive: Path, store: Path, tmp_path: Path) -> None:
    """One rule, one message, whichever job reads; nothing is published and no file is left."""
    strict = Dataset.find([str(archive)], executor=HERE, max_bad_fraction=0.001)
    out = tmp_path / "verdicts.jsonl"
    jobs = (
        lambda: fit(strict, model_dir=store),
        lambda: evaluate(strict, model_dir=store, report_path=out),
        lambda: recalibrate(0.1, strict, model_dir=store),
        lambda: score(strict, out, model_dir=store),
    )
    for job in jobs:
        with pytest.raises(InputError, match=rf"1 of 601 records.*:{N_LOGS + 1}: not JSON"):
            job()
    assert ModelStore(store).versions() == [1]
    assert not out.exists()


def test_count_tables_are_data_too(tmp_path: Path) -> None:
    """A table that was counted elsewhere trains the same model as the data it was made of."""
    import duckdb  # noqa: PLC0415 - stands for the engine elsewhere, in this test alone

    from trainer.reading.plan import Fields  # noqa: PLC0415 - as above
    from trainer.sql import logs_query  # noqa: PLC0415 - as above

    usable = tmp_path / "usable.jsonl"
    usable.write_bytes(b"\n".join(msgspec.json.encode(log) for log in make_raw_logs(N_LOGS)))
    relation = f"read_json('{usable}', format='newline_delimited')"
    query = logs_query(
        "duckdb", relation, Fields(message="message", level="level", service="service")
    )
    counts = tmp_path / "counts.parquet"
    duckdb.execute(f"COPY ({query}) TO '{counts}' (FORMAT parquet)")
    stores = [tmp_path / name for name in ("read", "counted")]
    fit(Dataset.find([str(usable)], executor=HERE), model_dir=stores[0])
    fit(CountTables([str(counts)]), model_dir=stores[1])
    graphs = [ModelStore(store).bundle(1).files["model.onnx"] for store in stores]
    assert graphs[0] == graphs[1]


def test_a_misspelt_store_is_not_made(data: Dataset, tmp_path: Path) -> None:
    """Jobs on a published model say that there is none and leave no folder behind."""
    nowhere = tmp_path / "mdoels"
    jobs = (
        lambda: evaluate(data, model_dir=nowhere),
        lambda: recalibrate(0.1, model_dir=nowhere),
        lambda: score(data, tmp_path / "verdicts.jsonl", model_dir=nowhere),
    )
    for job in jobs:
        with pytest.raises(StoreError):
            job()
    assert not nowhere.exists()


def test_importing_the_jobs_is_cheap() -> None:
    """Whoever only imports them loads nothing that fits, queries, renders or prints."""
    heavy = [
        "duckdb",
        "sqlglot",
        "obstore",
        "sklearn",
        "scipy",
        "skl2onnx",
        "onnx",
        "distributed",
        "jinja2",
        "rich",
        "falcon",
    ]
    script = f"import sys, trainer.jobs; print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert done.stdout == b"[]\n"
