"""What all tests share: logs to work with, a published model, real logs where they are present."""

import gzip
import json
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from inference.store.versions import ModelStore
from schemas.api.training import TrainResponse
from schemas.bundle.contents import Bundle
from schemas.bundle.options import TrainOptions
from schemas.record.extraction import extract
from schemas.record.features import Level, LogFeatures
from tests.made_logs import make_log, make_logs, make_raw_logs
from trainer.counting.table import CountTable, count_logs
from trainer.jobs.train import train
from trainer.store.registry import ModelRegistry

# How fast a machine is decides nothing: neither how long an example may take, nor how long it takes
# to make it. Examples are drawn anew in each run; a failure is printed with what repeats it.
settings.register_profile(
    "any-machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any-machine")

FOREST = {"detector": "isolation_forest", "contamination": 0.05}
"""Options of most models in tests: scikit-learn's forest, and a share that flags some records."""

REAL_LOGS = Path(__file__).parent.parent.parent / "shared" / "data"


def pytest_configure() -> None:
    """Take Ctrl-C as at a terminal: a shell has what it starts in the background ignore it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def logs() -> list[LogFeatures]:
    """A thousand logs and one: the 5 % quantile of their scores is then one of the scores."""
    return make_logs(1001)


@pytest.fixture(scope="session")
def table(logs: list[LogFeatures]) -> CountTable:
    """The same, counted."""
    return count_logs(logs)


@pytest.fixture(scope="session")
def message_table() -> CountTable:
    """Logs of which two thirds came with their message, counted."""
    raw = [extract(log.message, log.level, log.service) for log in make_raw_logs(1_000)]
    return count_logs([*raw, *make_logs(500)])


@pytest.fixture(scope="session")
def _published(tmp_path_factory: pytest.TempPathFactory, table: CountTable) -> Path:
    """A model directory with one version; copied for each test that wants a store."""
    model_dir = tmp_path_factory.mktemp("published")
    train(
        table,
        TrainOptions(detector="isolation_forest", contamination=0.05),
        ModelRegistry(model_dir),
    )
    return model_dir


@pytest.fixture
def model_dir(_published: Path, tmp_path: Path) -> Path:
    """A model directory of the test's own with version 1 in it."""
    own = tmp_path / "models"
    shutil.copytree(_published, own)
    return own


@pytest.fixture(scope="session")
def surprisal_dir(tmp_path_factory: pytest.TempPathFactory, message_table: CountTable) -> Path:
    """A model directory whose version 1 has the detector surprisal; for reading only."""
    model_dir = tmp_path_factory.mktemp("surprisal")
    train(message_table, TrainOptions(detector="surprisal"), ModelRegistry(model_dir))
    return model_dir


@pytest.fixture(scope="session")
def surprisal_bundle(surprisal_dir: Path) -> Bundle:
    """The same, read back."""
    return ModelStore(surprisal_dir).bundle(1)


@pytest.fixture
def publish(model_dir: Path, table: CountTable) -> Callable[..., TrainResponse]:
    """Publishes one more version to `model_dir`; takes training options."""

    def publish_version(**options: object) -> TrainResponse:
        return train(
            table,
            TrainOptions(**{**FOREST, "n_estimators": 20, **options}),  # type: ignore[arg-type]
            ModelRegistry(model_dir),
        )

    return publish_version


@pytest.fixture(scope="session")
def real_logs() -> list[LogFeatures]:
    """The 64,322 lines of a system of 27 services under faults, with plain keyword flags."""
    path = REAL_LOGS / "trainticket-faults.jsonl.gz"
    if not path.exists():
        pytest.skip("the real logs are not beside the project (../shared/data)")
    logs = []
    with gzip.open(path, "rt") as lines:
        for line in lines:
            record = json.loads(line)
            message = record["message"].lower()
            logs.append(
                make_log(
                    len(record["message"]),
                    Level(record["level"]),
                    record["service"],
                    has_exception="exception" in message,
                    has_timeout="timeout" in message or "timed out" in message,
                    has_connection_error="connection re" in message,
                )
            )
    return logs
