"""A wall clock that is set, forwards and backwards, under running services."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from schemas.api.training import TrainResponse
from tests.integration.conftest import POOL, Service, StartTrainer, free_port
from tests.integration.test_lifecycle import version
from tests.waiting import until

Publish = Callable[..., TrainResponse]

DAY_S = 86_400
STRANGE = {
    "message_length": 4_000,
    "level": "FATAL",
    "service": "billing",
    "has_exception": True,
    "has_timeout": True,
    "has_connection_error": True,
}


class Clock:
    """The seconds by which a service's clock is wrong."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.jump(0)

    def jump(self, seconds: float) -> None:
        """Set the clock."""
        new = self.path.with_suffix(".new")
        new.write_text(str(seconds))
        new.replace(self.path)


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    """A clock that is right."""
    return Clock(tmp_path / "offset")


@pytest.fixture
def service(
    services: list[Service], start_trainer: StartTrainer, model_dir: Path, clock: Clock
) -> Service:
    """A service of two workers that go by the clock; its trainer goes by the right time."""
    port = free_port()
    environ = {
        "PORT": str(port),
        "MODEL_DIR": str(model_dir),
        "TRAINER_URL": start_trainer(model_dir).url,
        "WEB_CONCURRENCY": "2",
    }
    command = ["tests.integration.jumping_clock", str(clock.path), "inference"]
    started = Service(command, environ, port, model_dir.with_name("inference.log"))
    services.append(started)
    return started.wait_until("/ready")


@pytest.mark.parametrize("jump", [400 * DAY_S, -400 * DAY_S], ids=["forwards", "backwards"])
def test_answers_go_on_when_the_clock_is_set(
    service: Service, clock: Clock, publish: Publish, jump: float
) -> None:
    """Predictions, reloads, readiness and metrics hold; no worker ends and no age is negative."""
    assert version(service) == "1"
    clock.jump(jump)
    assert [version(service) for _ in range(10)] == ["1"] * 10
    publish()
    assert [version(service) for _ in range(10)] == ["2"] * 10
    ready = service.call("GET", "/ready")
    assert (ready.status, "detail" in ready.json()) == (200, False)
    metrics = POOL.request("GET", f"{service.url}/metrics").data.decode()
    ages = [line for line in metrics.splitlines() if line.startswith("log_anomaly_model_age")]
    assert [float(line.split()[-1]) >= 0 for line in ages] == [True]
    clock.jump(0)
    assert [version(service) for _ in range(10)] == ["2"] * 10
    assert "WORKER TIMEOUT" not in service.log.read_text()


def test_a_word_ends_by_the_clock(service: Service, clock: Clock) -> None:
    """A correction until tomorrow ends when the clock is set to next week, and not before."""

    def is_anomaly() -> bool:
        answer = service.call("POST", "/predict", {"log_id": "a", "features": STRANGE})
        assert answer.status == 200
        found: bool = answer.json()["is_anomaly"]
        return found

    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    correction = {"verdict": "normal", "features": STRANGE, "until": tomorrow}
    assert is_anomaly()
    assert service.call("POST", "/feedback", correction).status == 200

    assert [is_anomaly() for _ in range(10)] == [False] * 10
    clock.jump(7 * DAY_S)
    until(is_anomaly, "the word has ended")
    assert [is_anomaly() for _ in range(10)] == [True] * 10
