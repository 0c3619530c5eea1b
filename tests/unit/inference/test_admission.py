"""What web pages of somebody else may not send."""

from pathlib import Path

import msgspec
import pytest
from falcon import testing
from hypothesis import given
from hypothesis import strategies as st

from inference.app import create_app
from inference.settings import InferenceSettings
from inference.web.admission import is_same_origin
from schemas.api.problems import Problem

NAME, PORT = "log-anomaly.test", 8000
HOST = f"{NAME}:{PORT}"


@pytest.fixture
def client(tmp_path: Path) -> testing.TestClient:
    """A client of an inference service without a model: who is let in gets 503."""
    return testing.TestClient(create_app(InferenceSettings(model_dir=str(tmp_path))))


def post(client: testing.TestClient, path: str = "predict", **headers: str) -> testing.Result:
    """One valid question."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    body = b'{"log_id": "a", "message": "b"}'
    path = f"/api/v1/{path}"
    return client.simulate_post(path, body=body, headers=named, host=NAME, port=PORT)


@pytest.mark.parametrize(
    "media_type",
    [
        "application/json",
        "Application/JSON",
        "application/json; charset=utf-8",
        "application/json;charset=UTF-8",
        "application/json ; a=b",
        "application/problem+json",
        "application/vnd.api+json; ext=1",
        "",
    ],
)
def test_json_is_taken(client: testing.TestClient, media_type: str) -> None:
    """Under each of its names, with parameters, and without a name."""
    assert post(client, Content_Type=media_type).status_code == 503


def test_a_body_of_no_type_is_taken(client: testing.TestClient) -> None:
    """Without the header, as of programs that send bytes."""
    assert post(client).status_code == 503


def test_no_body_has_no_type(client: testing.TestClient) -> None:
    """Some clients name a type even of no body; that it is missing is found out behind this."""
    headers = {"Content-Type": "application/octet-stream", "Content-Length": "0"}
    refused = client.simulate_post("/api/v1/predict", headers=headers)
    assert refused.status_code == 400
    headers["Content-Length"] = "1"
    assert client.simulate_post("/api/v1/predict", headers=headers).status_code == 415


@pytest.mark.parametrize(
    "media_type",
    [
        *("application/x-www-form-urlencoded", "multipart/form-data; boundary=a", "text/plain"),
        *("text/plain; a=application/json", "text/json", "application/jsons", "json", "*/*"),
        *("application/+json", "application/json, text/plain", "x/application/json"),
    ],
)
@pytest.mark.parametrize("path", ["predict", "predict/batch", "train"])
def test_all_else_is_refused(client: testing.TestClient, path: str, media_type: str) -> None:
    """With 415, before the body is read; the answer says what to send."""
    result = post(client, path, Content_Type=media_type)
    found = msgspec.json.decode(result.content, type=Problem)
    assert (found.status, found.type.rpartition(":")[2]) == (415, "unsupported-media-type")
    assert "send application/json" in found.detail


@pytest.mark.parametrize("media_type", ["application/x-ndjson", "application/jsonl; a=b"])
def test_some_calls_take_more(client: testing.TestClient, media_type: str) -> None:
    """JSON lines where they are answered, and nowhere else; pages of others may not send them."""
    assert post(client, "predict/batch", Content_Type=media_type).status_code == 503
    assert post(client, "predict", Content_Type=media_type).status_code == 415
    foreign = {"Content-Type": media_type, "Origin": "http://evil.test"}
    assert post(client, "predict/batch", **foreign).status_code == 403


@pytest.mark.parametrize(
    "origin",
    [
        *("http://evil.test", "http://log-anomaly.test", "http://log-anomaly.test:8001", "null"),
        *("", "log-anomaly.test:8000", "http://log-anomaly.test:8000.evil.test", "http://"),
        *("file://log-anomaly.test:8000", f"http://{HOST}/", f"http://{HOST}, http://evil.test"),
    ],
)
@pytest.mark.parametrize("path", ["predict", "train"])
def test_pages_of_other_origins_write_nothing(
    client: testing.TestClient, path: str, origin: str
) -> None:
    """Whatever type their body has; they are refused with 403."""
    result = post(client, path, Origin=origin, Content_Type="application/json")
    found = msgspec.json.decode(result.content, type=Problem)
    assert (found.status, found.title) == (403, "Of another origin")


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_services_own_page_may_write(client: testing.TestClient, scheme: str) -> None:
    """As `/docs` does, also through a proxy that speaks TLS and passes Host on."""
    assert post(client, Origin=f"{scheme}://{HOST}").status_code == 503


def test_reading_is_open(client: testing.TestClient) -> None:
    """No origin and no type matters to GET: a browser shows the answer to nobody but its page."""
    headers = {"Origin": "http://evil.test", "Content-Type": "text/plain"}
    assert client.simulate_get("/api/v1/health", headers=headers).status_code == 200


NAMES = st.from_regex(r"[a-z][a-z0-9.-]{0,20}|\[[0-9a-f:]{2,9}\]|[0-9.]{7,12}", fullmatch=True)
PORTS = st.one_of(st.just(""), st.integers(1, 65_535).map(":{}".format))


@given(NAMES, PORTS, NAMES, PORTS, st.sampled_from([("http", ":80"), ("https", ":443")]))
def test_host_and_port_make_an_origin(
    name: str, port: str, other_name: str, other_port: str, scheme: tuple[str, str]
) -> None:
    """A port that is not named is the scheme's; upper and lower case are the same."""
    url, default = scheme
    same = (name, port or default) == (other_name, other_port or default)
    assert is_same_origin(f"{url}://{name}{port}".upper(), f"{other_name}{other_port}") is same
    assert is_same_origin(f"{url}://{name}{port}", f"{name}{port}".upper())
