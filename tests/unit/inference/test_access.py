"""Who may call: the file of tokens, the guard, and what is refused before a start."""

import contextlib
import logging
import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from falcon import testing
from hypothesis import given
from hypothesis import strategies as st

from inference.access.check import check_access, is_loopback
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
from inference.environment import SettingsError
from inference.resources.status import HealthResource
from inference.settings import InferenceSettings, ServiceSettings
from schemas.api.access import SCOPES, Scope
from schemas.api.operations import API_PREFIX, OPERATIONS
from schemas.api.problems import PROBLEM_MEDIA_TYPE, Problem
from tests.routes import methods_by_path
from trainer.app import create_app as create_trainer
from trainer.settings import TrainerSettings

SECRET = "correct-horse.battery_staple"
HASH = "0" * 64


class Clock:
    """Seconds that a test sets."""

    now = 100.0

    def __call__(self) -> float:
        """The time."""
        return self.now


def listing(tmp_path: Path, **scopes: tuple[Scope, ...]) -> Path:
    """A file of tokens: each is its name behind the secret."""
    path = tmp_path / "tokens.txt"
    lines = [make_line(name, allowed, f"{SECRET}-{name}") for name, allowed in scopes.items()]
    path.write_text("\n".join(["# for a test", "", *lines]))
    return path


def bearer(name: str) -> dict[str, str]:
    """The header that carries a token of `listing`."""
    return {"Authorization": f"Bearer {SECRET}-{name}"}


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
    """A missing one, a folder, a pipe, too large a one, and one that is no text."""
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
    reasons = [vars(one)["reason"] for one in caplog.records if one.message == "tokens.not_read"]
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
    """The status of each call of the table."""
    return {
        operation.path: client.simulate_request(
            operation.method.upper(), operation.path, headers=headers, body=b"no json"
        ).status_code
        for operation in OPERATIONS
        if "inference" in operation.services
    }


def test_a_token_opens_what_its_scopes_name(client: testing.TestClient) -> None:
    """401 without one that is known, 403 with one for something else; probes need none."""
    scopes = {operation.path: operation.scope for operation in OPERATIONS}
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
    """As RFC 6750 has them, without the token; a known one is logged by its name."""
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
    (record,) = [one for one in caplog.records if one.message == "request.forbidden"]
    assert vars(record)["token"] == "predict"


def test_every_route_says_who_may_use_it(tmp_path: Path) -> None:
    """What is in no table is open to those who may do most, so nothing is left there by mistake."""
    known = {operation.path for operation in OPERATIONS} | OPEN_PATHS
    for app in (
        create_app(InferenceSettings(model_dir=str(tmp_path))),
        create_trainer(TrainerSettings(model_dir=str(tmp_path))),
    ):
        assert set(methods_by_path(app)) <= known


def test_a_route_that_is_in_no_table_is_for_those_who_may_train(tmp_path: Path) -> None:
    """Whoever adds one and forgets the table opens it to nobody else."""
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


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.8.0.1", True),
        ("::1", True),
        ("[::1]", True),
        ("localhost", True),
        ("unix:/run/service.sock", True),
        ("0.0.0.0", False),
        ("::", False),
        ("10.0.0.1", False),
        ("name.invalid", False),
    ],
)
def test_what_is_loopback(host: str, *, expected: bool) -> None:
    """Only what this machine alone can reach; what cannot be told is not."""
    assert is_loopback(host) is expected


def test_open_training_is_refused(tmp_path: Path) -> None:
    """Beyond loopback, unless callers are told apart, nothing trains, or it is asked for."""
    tokens = str(listing(tmp_path, a=("train",)))
    refused: list[ServiceSettings] = [
        InferenceSettings(host="0.0.0.0"),
        TrainerSettings(host="::"),
    ]
    for settings in refused:
        with pytest.raises(SettingsError, match="ALLOW_OPEN_TRAINING=true"):
            check_access(settings)
    fine: list[ServiceSettings] = [
        InferenceSettings(),
        TrainerSettings(),
        InferenceSettings(host="0.0.0.0", allow_training=False),
        InferenceSettings(host="0.0.0.0", tokens_file=tokens),
        TrainerSettings(host="0.0.0.0", tokens_file=tokens),
        TrainerSettings(host="0.0.0.0", allow_open_training=True),
    ]
    for settings in fine:
        check_access(settings)


def test_unusable_files_stop_the_start(tmp_path: Path) -> None:
    """All of them are named at once."""
    missing = str(tmp_path / "missing")
    settings = InferenceSettings(
        tokens_file=missing, trainer_token_file=missing, tls_certificate=missing
    )
    with pytest.raises(SettingsError) as raised:
        check_access(settings)
    lines = str(raised.value).splitlines()
    assert [line.split(":")[0] for line in lines] == [
        "ANOMALY_TOKENS_FILE",
        "ANOMALY_SERVE_TRAINER_TOKEN_FILE",
        "TLS_CERTIFICATE and TLS_KEY",
    ]


def test_tokens_are_made() -> None:
    """The line goes to standard output, the token to standard error; another one each time."""
    command = [sys.executable, "-m", "inference.access", "shipper", "train", "predict"]
    made = [subprocess.run(command, capture_output=True, text=True, check=True) for _ in range(2)]
    secrets = [done.stderr.strip().rpartition(" ")[2] for done in made]
    assert len(set(secrets)) == 2
    assert all(len(secret) == 43 for secret in secrets)
    for done, secret in zip(made, secrets, strict=True):
        assert done.stdout == make_line("shipper", ("predict", "train"), secret) + "\n"
    wrong = subprocess.run([*command[:3], "a/b", "train"], capture_output=True, check=False)
    assert (wrong.returncode, wrong.stdout) == (2, b"")
