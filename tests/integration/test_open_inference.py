"""The Open Inference Protocol over a real socket: verdicts, versions, errors, tokens, bounds."""

import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
import urllib3

from schemas.api.open_inference import HEADER_LENGTH
from schemas.api.operations import SCOPES_BY_PATH
from tests.integration.calls import training
from tests.integration.conftest import POOL, ROOT, Service, StartInference, StartTrainer
from tests.made_logs import make_logs, make_raw_logs
from tests.tensors import PATH, Columns, feature_columns, infer_body, read_outputs
from tests.token_files import bearer, listing

MODEL = "/v2/models/log-anomaly"
BINARY = {"Content-Type": "application/octet-stream"}
OUTPUTS = ("is_anomaly", "anomaly_score", "decision", "percentile")


def ask(
    service: Service, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
) -> urllib3.BaseHTTPResponse:
    """A call; a body goes by POST, without a type unless the headers name it."""
    method = "GET" if body is None else "POST"
    return POOL.request(method, service.url + path, body=body, headers=headers)


def infer(
    service: Service, columns: Columns, *, binary: bool, path: str = PATH, **members: Any
) -> dict[str, list[Any]]:
    """What is answered to tensors."""
    body, length = infer_body(columns, binary=binary, **members)
    headers = {HEADER_LENGTH: str(length), **BINARY} if binary else {}
    answer = ask(service, path, body, headers)
    assert answer.status == 200, answer.data
    head_length = answer.headers.get(HEADER_LENGTH)
    return read_outputs(answer.data, None if head_length is None else int(head_length))


def predicted(service: Service, logs: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """What /predict/batch says of the same logs."""
    body = {"logs": [{"log_id": index, **log} for index, log in enumerate(logs)]}
    answer = service.call("POST", "/predict/batch", body)
    assert answer.status == 200, answer.data
    predictions = answer.json()["predictions"]
    return {name: [prediction[name] for prediction in predictions] for name in OUTPUTS}


@pytest.mark.parametrize("store", ["model_dir", "surprisal_dir"])
def test_verdicts_are_those_of_predict(
    start_inference: StartInference, request: pytest.FixtureRequest, store: str
) -> None:
    """To the last bit: features and raw logs, as raw tensors and as JSON, one log and thousands."""
    service = start_inference(request.getfixturevalue(store)).wait_until("/ready")
    for count in (1, 3_000):
        logs = make_logs(count)
        expected = predicted(service, [{"features": msgspec.to_builtins(log)} for log in logs])
        raw = [msgspec.to_builtins(log) for log in make_raw_logs(count)]
        columns: Columns = {name: ("BYTES", [log[name] for log in raw]) for name in raw[0]}
        for sent, verdicts in (
            (feature_columns(logs), expected),
            (columns, predicted(service, raw)),
        ):
            for binary in (False, True):
                for asked in (False, True):
                    form = {"binary_data_output": asked}
                    assert infer(service, sent, binary=binary, parameters=form) == verdicts


def test_only_what_is_asked_for_is_answered(
    start_inference: StartInference, model_dir: Path
) -> None:
    """In the order asked, each in the form asked, in the shape of the inputs, under the same id."""
    service = start_inference(model_dir).wait_until("/ready")
    outputs = [{"name": "decision"}, {"name": "is_anomaly", "parameters": {"binary_data": True}}]
    request = json.loads(infer_body(feature_columns(make_logs(2)), outputs=outputs, id="a-7")[0])
    for tensor in request["inputs"]:
        tensor["shape"], tensor["data"] = [2, 1], [[value] for value in tensor["data"]]
    answer = ask(service, f"{MODEL}/versions/1/infer", gzip.compress(json.dumps(request).encode()),
                 {"Content-Encoding": "gzip"})  # fmt: skip
    assert answer.headers["Content-Type"] == "application/octet-stream"
    head = json.loads(answer.data[: int(answer.headers[HEADER_LENGTH])])
    assert (head["id"], head["model_name"], head["model_version"]) == ("a-7", "log-anomaly", "1")
    assert [output["name"] for output in head["outputs"]] == ["decision", "is_anomaly"]
    assert [output["shape"] for output in head["outputs"]] == [[2, 1]] * 2
    assert [output.get("parameters") for output in head["outputs"]] == [
        None,
        {"binary_data_size": 2},
    ]


def test_only_the_version_that_serves_answers(
    start_trainer: StartTrainer, start_inference: StartInference, model_dir: Path
) -> None:
    """It is the version that metadata names; a training changes it; any other is refused."""
    service = start_inference(model_dir, start_trainer(model_dir)).wait_until("/ready")
    body, _ = infer_body(feature_columns(make_logs(1)))
    for version, other in (("1", "2"), ("2", "1")):
        if version == "2":
            assert service.call("POST", "/train", training(make_logs(300))).status == 200
        assert ask(service, MODEL).json()["versions"] == [version]
        for call, content in (("", None), ("/ready", None), ("/infer", body)):
            assert ask(service, f"{MODEL}/versions/{version}{call}", content).status == 200
            refused = ask(service, f"{MODEL}/versions/{other}{call}", content)
            assert refused.status == 404
            assert f"version {version} does" in refused.json()["error"]
    assert ask(service, f"{MODEL}/versions/latest/infer", body).status == 400
    assert ask(service, "/v2/models/resnet/infer", body).status == 404


def test_every_error_is_a_text(start_inference: StartInference, tmp_path: Path) -> None:
    """Whatever refuses a call: no model, no such path, another method, a form, a foreign page."""
    service = start_inference(tmp_path / "empty")
    body, _ = infer_body(feature_columns(make_logs(1)))
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for path, content, headers, status in (
        ("/v2/health/ready", None, {}, 503),
        (MODEL, None, {}, 503),
        (PATH, body, {}, 503),
        (PATH, body, form, 415),
        (PATH, body, {"Origin": "http://evil.test"}, 403),
        (PATH, body, {HEADER_LENGTH: "-1"}, 422),
        ("/v2/repository/index", body, {}, 404),
        ("/v2", body, {}, 405),
    ):
        answer = ask(service, path, content, headers)
        assert (answer.status, list(answer.json())) == (status, ["error"]), path
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.headers["X-Request-ID"]
    assert ask(service, "/v2/health/live").json() == {"live": True}
    assert POOL.request("HEAD", f"{service.url}/v2").status == 200
    # The form is the protocol's alone.
    assert "problem+json" in service.call("GET", "/ready").headers["Content-Type"]


def test_limits_hold(start_inference: StartInference, model_dir: Path) -> None:
    """Bytes of a body, compressed or not, and what is no JSON; and the next call is answered."""
    service = start_inference(model_dir, ANOMALY_SERVE_MAX_BODY_BYTES="20000").wait_until("/ready")
    columns = feature_columns(make_logs(1))
    body, length = infer_body(columns, binary=True)
    for content, headers, status in (
        (b" " * 20_001, {}, 413),
        (gzip.compress(b" " * 20_001), {"Content-Encoding": "gzip"}, 413),
        (body, {}, 400),  # raw tensors that no header announces
        (body[:-1], {HEADER_LENGTH: str(length), **BINARY}, 422),
        (b"[" * 20_000, {}, 422),
    ):
        answer = ask(service, PATH, content, headers)
        assert answer.status == status, answer.data
        assert answer.json()["error"]
    assert infer(service, columns, binary=True)["is_anomaly"] == [False]


def test_tokens_are_asked_for(
    start_inference: StartInference, model_dir: Path, tmp_path: Path
) -> None:
    """To infer and for metadata; probes need none."""
    tokens = listing(tmp_path, predict=("predict",), train=("train",))
    service = start_inference(model_dir, ANOMALY_TOKENS_FILE=str(tokens)).wait_until("/ready")
    body, _ = infer_body(feature_columns(make_logs(1)))
    for template, scope in SCOPES_BY_PATH.items():
        if not template.startswith("/v2"):
            continue
        path = template.replace("{name}", "log-anomaly").replace("{version}", "1")
        content = body if path.endswith("/infer") else None
        refused = ask(service, path, content)
        assert refused.status == (401 if scope else 200)
        if scope:
            assert "error" in refused.json()
            assert refused.headers["WWW-Authenticate"].startswith("Bearer")
            assert ask(service, path, content, bearer("train")).status == 403
        assert ask(service, path, content, bearer("predict")).status == 200


def test_what_is_inferred_is_counted(start_inference: StartInference, model_dir: Path) -> None:
    """By route, and as judged logs, like those of /predict."""
    service = start_inference(model_dir, WEB_CONCURRENCY="1").wait_until("/ready")
    infer(service, feature_columns(make_logs(5)), binary=True)
    text = ask(service, "/metrics").data.decode()
    route = 'route="/v2/models/{name}/infer",status="200"'
    assert f"log_anomaly_http_requests_total{{{route}}} 1.0" in text
    logs = [line for line in text.splitlines() if line.startswith("log_anomaly_logs_total{")]
    assert sum(float(line.rpartition(" ")[2]) for line in logs) == 5


def test_it_is_loaded_for_those_who_use_it() -> None:
    """An app that nobody asked so has nothing of it but the routes."""
    code = (
        "import sys; from inference.app import create_app\n"
        "from inference.settings import InferenceSettings\n"
        "create_app(InferenceSettings())\n"
        "print([name for name in sys.modules if name.startswith('inference.open_inference')])"
    )
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
    assert loaded.stdout == b"[]\n"
