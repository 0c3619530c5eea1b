"""What is required before a service starts: who may train, and usable files of tokens."""

import subprocess
import sys
from pathlib import Path

import pytest

from inference.access.check import check_access, is_loopback
from inference.access.tokens import (
    make_line,
)
from inference.environment import SettingsError
from inference.settings import InferenceSettings, ServiceSettings
from tests.token_files import listing
from trainer.settings import TrainerSettings

HASH = "0" * 64


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
    """Only what this machine alone can reach; what is unknown is not."""
    assert is_loopback(host) is expected


def test_open_training_is_refused(tmp_path: Path) -> None:
    """Beyond loopback, unless callers are distinguished, nothing trains, or it is asked for."""
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
    """The line goes to standard output, the token to standard error; another token each time."""
    command = [sys.executable, "-m", "inference.access", "shipper", "train", "predict"]
    made = [subprocess.run(command, capture_output=True, text=True, check=True) for _ in range(2)]
    secrets = [done.stderr.strip().rpartition(" ")[2] for done in made]
    assert len(set(secrets)) == 2
    assert all(len(secret) == 43 for secret in secrets)
    for done, secret in zip(made, secrets, strict=True):
        assert done.stdout == make_line("shipper", ("predict", "train"), secret) + "\n"
    wrong = subprocess.run([*command[:3], "a/b", "train"], capture_output=True, check=False)
    assert (wrong.returncode, wrong.stdout) == (2, b"")
