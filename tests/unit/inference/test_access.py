"""Who may call: the file of tokens, the guard, and what is refused before a start."""

import contextlib
import logging
import os
from pathlib import Path

import msgspec
import pytest
from falcon import testing
from hypothesis import given
from hypothesis import strategies as st

from inference.access.guard import OPEN_PATHS
from inference.access.tokens import (
    LOOK_S,
    MAX_FILE_BYTES,
    MAX_TOKENS,
    TokenFile,
    TokensError,
    make_line,
    parse_tokens,
    read_token,
)
from inference.app import create_app
from inference.resources.status import HealthResource
from inference.settings import InferenceSettings
from schemas.api import open_inference
from schemas.api.access import SCOPES, Scope
from schemas.api.operations import API_PREFIX, OPERATIONS, SCOPES_BY_PATH
from schemas.api.problems import PROBLEM_MEDIA_TYPE, Problem
from tests.routes import methods_by_path
from tests.token_files import SECRET, bearer, listing
from trainer.app import create_app as create_trainer
from trainer.settings import TrainerSettings

HASH = "0" * 64


class Clock:
    """Seconds that a test sets."""

    now = 100.0

    def __call__(self) -> float:
        """The time."""
        return self.now


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("a predict", "Expected a name, scopes and a hash"),
        (f"a predict {HASH} more", "Expected a name, scopes and a hash"),
        (f"a/b predict {HASH}", "Expected a name of at most 64"),
        (f"{'a' * 65} predict {HASH}", "Expected a name of at most 64"),
        (f"first predict {HASH}", "that no line above has"),
        (f"a predicts {HASH}", "Expected some of predict, train, metrics"),
        (f"a predict,predict {HASH}", "Expected some of predict, train, metrics"),
        (f"a , {HASH}", "Expected some of predict, train, metrics"),
        (f"a predict {SECRET}", "Expected the SHA-256"),
        (f"a predict {HASH[1:]}", "Expected the SHA-256"),
        (f"a predict {HASH.replace('0', 'A')}", "Expected the SHA-256"),
    ],
)
def test_a_wrong_line_is_named_and_not_quoted(line: str, expected: str) -> None:
    """The number of the line and what was expected; the token itself may stand there by mistake."""
    with pytest.raises(TokensError, match=f"^line 2: .*{expected}") as raised:
        parse_tokens(f"first predict {HASH}\n{line}")
    assert SECRET not in str(raised.value)


@given(st.lists(st.sampled_from(SCOPES), min_size=1, unique=True), st.text(max_size=40))
def test_a_line_is_read_as_it_was_made(scopes: list[Scope], secret: str) -> None:
    """Whatever the token; and its hash is no longer the token."""
    (token,) = parse_tokens(make_line("a", tuple(scopes), secret))
    assert (token.name, token.scopes) == ("a", frozenset(scopes))
    assert token.digest != secret.encode()


@given(st.text())
def test_no_text_does_more_than_be_refused(text: str) -> None:
    """Whatever the file holds, it lists tokens or is refused for what it is."""
    with contextlib.suppress(TokensError):
        assert all(token.scopes for token in parse_tokens(text))


def test_tokens_are_bounded() -> None:
    """Each costs every call a comparison."""
    lines = [f"t{number} predict {HASH}" for number in range(MAX_TOKENS + 1)]
    assert len(parse_tokens("\n".join(lines[1:]))) == MAX_TOKENS
    with pytest.raises(TokensError, match="100 tokens at most, not 101"):
        parse_tokens("\n".join(lines))


def test_unusable_files_are_refused(tmp_path: Path) -> None:
    """A missing file, a folder, a pipe, a file too large, and a file that is no text."""
    path = tmp_path / "tokens.txt"
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for other in (path, tmp_path, pipe):
        with pytest.raises(TokensError):
            TokenFile(other)
    path.write_bytes(b"#" * (MAX_FILE_BYTES + 1))
    with pytest.raises(TokensError, match="65536 bytes at most"):
        TokenFile(path)
    path.write_bytes(b"\xff")
    with pytest.raises(TokensError, match="UTF-8"):
        TokenFile(path)
    for content in ("", "two words", "é"):
        path.write_text(content)
        with pytest.raises(TokensError, match="a token and nothing else"):
            read_token(path)


def test_a_change_is_taken_up(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """After a second; what cannot be used is logged by its line, and changes nothing."""
    clock = Clock()
    path = listing(tmp_path, old=("predict",))
    tokens = TokenFile(path, clock)
    assert tokens.find(f"{SECRET}-old") is not None
    listing(tmp_path, newer=("predict",))
    assert tokens.find(f"{SECRET}-newer") is None
    clock.now += LOOK_S
    found = tokens.find(f"{SECRET}-newer")
    assert found is not None
    assert found.name == "newer"
    assert tokens.find(f"{SECRET}-old") is None
    for spoil in (lambda: path.write_text(f"newer {SECRET}"), path.unlink):
        spoil()
        clock.now += LOOK_S
        assert tokens.find(f"{SECRET}-newer") is not None
    reasons = [
        vars(record)["reason"] for record in caplog.records if record.message == "tokens.not_read"
    ]
    assert reasons == ["line 1: Expected a name, scopes and a hash", "No such file or directory"]
    assert SECRET not in caplog.text


@pytest.fixture
def client(model_dir: Path, tmp_path: Path) -> testing.TestClient:
    """A client of an inference service that knows tokens, one for each scope."""
    path = listing(tmp_path, predict=("predict",), train=("train",), all=SCOPES)
    return testing.TestClient(
        create_app(InferenceSettings(model_dir=str(model_dir), tokens_file=str(path)))
    )


def guarded(client: testing.TestClient, headers: dict[str, str]) -> dict[str, int]:
    """The status of each call of the tables."""
    methods = {
        operation.path: operation.method.upper()
        for operation in OPERATIONS
        if "inference" in operation.services
    }
    methods |= {
        path: "POST" if "infer" in path else "GET" for path in open_inference.SCOPES_BY_PATH
    }
    return {
        path: client.simulate_request(method, path, headers=headers, body=b"no json").status_code
        for path, method in methods.items()
    }


def test_a_token_opens_what_its_scopes_name(client: testing.TestClient) -> None:
    """401 without a known token, 403 with a token for something else; probes need none."""
    scopes = SCOPES_BY_PATH
    strangers: list[dict[str, str]] = [
        {},
        {"Authorization": f"Bearer {SECRET}"},
        {"Authorization": f"Basic {SECRET}-all"},
    ]
    for headers in strangers:
        for path, status in guarded(client, headers).items():
            assert (status == 401) == (scopes[path] is not None)
    for name in ("predict", "train"):
        for path, status in guarded(client, bearer(name)).items():
            assert (status == 403) == (scopes[path] not in {None, name})
            assert status != 401
    assert not {401, 403} & set(guarded(client, bearer("all")).values())


def test_refusals_are_problems_with_a_challenge(
    client: testing.TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    """As RFC 6750 has them, without the token; a known token is logged by its name."""
    path = f"{API_PREFIX}/train"
    for headers, status, challenge in (
        ({}, 401, 'Bearer realm="log-anomaly"'),
        (bearer("nobody"), 401, 'Bearer realm="log-anomaly", error="invalid_token"'),
        (
            bearer("predict"),
            403,
            'Bearer realm="log-anomaly", error="insufficient_scope", scope="train"',
        ),
    ):
        with caplog.at_level(logging.DEBUG):
            result = client.simulate_post(path, headers=headers)
        assert (result.status_code, result.headers["www-authenticate"]) == (status, challenge)
        assert result.headers["content-type"] == PROBLEM_MEDIA_TYPE
        assert msgspec.json.decode(result.content, type=Problem).status == status
        assert SECRET not in result.text
    assert SECRET not in caplog.text + str([vars(record) for record in caplog.records])
    (record,) = [entry for entry in caplog.records if entry.message == "request.forbidden"]
    assert vars(record)["token"] == "predict"


def test_every_route_says_who_may_use_it(tmp_path: Path) -> None:
    """What is in no table is open to those who may do most, so nothing is left there by mistake."""
    known = SCOPES_BY_PATH.keys() | OPEN_PATHS
    for app in (
        create_app(InferenceSettings(model_dir=str(tmp_path))),
        create_trainer(TrainerSettings(model_dir=str(tmp_path))),
    ):
        assert set(methods_by_path(app)) <= known


def test_a_route_that_is_in_no_table_is_for_those_who_may_train(tmp_path: Path) -> None:
    """Whoever adds a path and forgets the table opens it to nobody else."""
    path = listing(tmp_path, predict=("predict",), train=("train",))
    settings = InferenceSettings(model_dir=str(tmp_path), tokens_file=str(path))
    app = create_app(settings)
    app.add_route("/forgotten", HealthResource())
    client = testing.TestClient(app)
    for headers, status in (({}, 401), (bearer("predict"), 403), (bearer("train"), 200)):
        assert client.simulate_get("/forgotten", headers=headers).status_code == status


def test_the_document_names_scopes_where_there_are_tokens(client: testing.TestClient) -> None:
    """Clients are generated from it: calls that need a token say so, and may answer 401 or 403."""
    document = client.simulate_get("/openapi.json").json
    train = document["paths"][f"{API_PREFIX}/train"]["post"]
    assert train["security"] == [{"bearer": ["train"]}]
    assert {"401", "403"} <= set(train["responses"])
    assert "security" not in document["paths"][f"{API_PREFIX}/ready"]["get"]
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"


def test_training_can_be_switched_off(model_dir: Path) -> None:
    """The call is gone from the service, from its document and so from its page."""
    settings = InferenceSettings(model_dir=str(model_dir), allow_training=False)
    client = testing.TestClient(create_app(settings))
    assert client.simulate_post(f"{API_PREFIX}/train", body=b"{}").status_code == 404
    assert f"{API_PREFIX}/train" not in client.simulate_get("/openapi.json").json["paths"]


def test_the_documentation_can_be_switched_off(tmp_path: Path) -> None:
    """Of both services; all else is answered."""
    for app in (
        create_app(InferenceSettings(model_dir=str(tmp_path), allow_docs=False)),
        create_trainer(TrainerSettings(model_dir=str(tmp_path), allow_docs=False)),
    ):
        client = testing.TestClient(app)
        for path in ("/docs", "/docs/start.js", "/openapi.json"):
            assert client.simulate_get(path).status_code == 404
        assert client.simulate_get(f"{API_PREFIX}/health").status_code == 200
