"""What a web page may send, on running services."""

from pathlib import Path

from tests.integration.calls import REQUEST, training
from tests.integration.conftest import Service, StartInference, StartTrainer
from tests.made_logs import make_logs

TRAINING = training(make_logs(60), n_estimators=5)


def status(service: Service, path: str, body: bytes, **headers: str) -> int:
    """How a POST is answered; errors are problem details."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = service.call("POST", path, body, named)
    if answer.status >= 400:
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["status"] == answer.status
    return answer.status


def test_no_web_page_trains(
    start_trainer: StartTrainer, start_inference: StartInference, model_dir: Path
) -> None:
    """A form, a text and a page of another origin are refused by both services; JSON is taken."""
    trainer = start_trainer(model_dir)
    inference = start_inference(model_dir, trainer)
    for service in (trainer, inference):
        for media_type in ("text/plain", "application/x-www-form-urlencoded"):
            assert status(service, "/train", TRAINING, Content_Type=media_type) == 415
        for origin in ("http://evil.test", "null", f"http://localhost:{service.port}"):
            assert status(service, "/train", TRAINING, Origin=origin) == 403
    assert sorted(path.name for path in (model_dir / "log-anomaly").glob("[0-9]*")) == ["1"]
    for number, service in enumerate((trainer, inference), start=2):
        assert status(service, "/train", TRAINING, Origin=service.url) == 200
        assert inference.call("POST", "/predict", REQUEST).json()["model_version"] == str(number)
