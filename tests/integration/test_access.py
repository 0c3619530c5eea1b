"""Tokens and switches, on running services."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from inference.access.tokens import make_line
from schemas.api.access import Scope
from tests.integration.calls import REQUEST, training
from tests.integration.conftest import ROOT, StartInference, StartTrainer
from tests.made_logs import make_logs

OPERATOR = "operators-own-token"
SERVICE = "token-of-the-inference-service"
TRAINING = training(make_logs(60), n_estimators=5)


def write_tokens(path: Path, **tokens: tuple[str, Scope]) -> str:
    """A file of tokens; returns its path."""
    lines = [make_line(name, (scope,), token) for name, (token, scope) in tokens.items()]
    path.write_text("\n".join(lines))
    return str(path)


def bearer(token: str) -> dict[str, str]:
    """The header that carries a token."""
    return {"Authorization": f"Bearer {token}"}


def test_each_service_asks_for_a_token_of_its_own(
    start_trainer: StartTrainer, start_inference: StartInference, model_dir: Path, tmp_path: Path
) -> None:
    """A client's token ends at the inference service, which sends its own to the trainer."""
    trainer_tokens = write_tokens(tmp_path / "trainer.txt", inference=(SERVICE, "train"))
    trainer = start_trainer(model_dir, ANOMALY_TOKENS_FILE=trainer_tokens)
    assert trainer.call("POST", "/train", TRAINING, bearer(OPERATOR)).status == 401
    own = tmp_path / "own.txt"
    own.write_text(f"{SERVICE}\n")
    inference = start_inference(
        model_dir,
        trainer,
        ANOMALY_TOKENS_FILE=write_tokens(tmp_path / "tokens.txt", operator=(OPERATOR, "train")),
        ANOMALY_SERVE_TRAINER_TOKEN_FILE=str(own),
    )
    assert inference.call("POST", "/train", TRAINING).status == 401
    assert inference.call("POST", "/predict", REQUEST, bearer(OPERATOR)).status == 403
    trained = inference.call("POST", "/train", TRAINING, bearer(OPERATOR))
    assert trained.status == 200, trained.data
    assert trained.json()["model_version"] == "2"
    own.write_text("another")
    refused = inference.call("POST", "/train", TRAINING, bearer(OPERATOR))
    assert (refused.status, refused.json()["title"]) == (502, "The trainer refuses this service")
    logs = inference.log.read_text() + trainer.log.read_text()
    for secret in (OPERATOR, SERVICE, str(tmp_path)):
        assert secret not in logs + refused.data.decode()


def test_a_token_is_withdrawn_in_every_worker(
    start_inference: StartInference, model_dir: Path, tmp_path: Path
) -> None:
    """Within a second or so, without a restart."""
    path = tmp_path / "tokens.txt"
    inference = start_inference(
        model_dir, ANOMALY_TOKENS_FILE=write_tokens(path, operator=(OPERATOR, "predict"))
    )
    assert inference.call("POST", "/predict", REQUEST, bearer(OPERATOR)).status == 200
    write_tokens(path, other=("another-token", "predict"))
    inference.wait_until("/health")
    refusals = 0
    for _ in range(10_000):
        status = inference.call("POST", "/predict", REQUEST, bearer(OPERATOR)).status
        assert status in {200, 401}
        refusals = refusals + 1 if status == 401 else 0
        if refusals == 100:
            break
    assert refusals == 100


def test_a_log_processor_sends_its_token(
    start_inference: StartInference, surprisal_dir: Path, tmp_path: Path
) -> None:
    """The example reads it from the environment; without it the service's answer ends it."""
    tokens = write_tokens(tmp_path / "tokens.txt", processor=(OPERATOR, "predict"))
    inference = start_inference(surprisal_dir, ANOMALY_TOKENS_FILE=tokens)
    codes = {
        subprocess.run(
            [sys.executable, "-m", "examples.log_processor", inference.url],
            cwd=ROOT,
            env={**os.environ, "LOG_ANOMALY_TOKEN": token},
            input=b'{"message": "a"}\n',
            capture_output=True,
            check=False,
        ).returncode: token
        for token in (OPERATOR, "")
    }
    assert codes == {0: OPERATOR, 1: ""}


@pytest.mark.parametrize(
    "command",
    [["inference"], ["trainer", "serve"], ["scripts.run"]],
    ids=lambda command: command[0],
)
def test_nobody_trains_for_everybody_by_mistake(command: list[str], tmp_path: Path) -> None:
    """Both services, and what starts both, refuse to listen to all with training open."""
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env={**os.environ, "HOST": "0.0.0.0", "MODEL_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("The settings are wrong:\nHOST='0.0.0.0' is beyond this machine")
