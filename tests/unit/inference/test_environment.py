"""Settings."""

import re
from pathlib import Path

import msgspec
import pytest

from inference.environment import SettingsError, load_settings
from inference.settings import PREFIX as SERVE
from inference.settings import InferenceSettings
from trainer.settings import PREFIX as TRAIN
from trainer.settings import TrainerSettings

README = Path(__file__).parent.parent.parent.parent / "README.md"


def load(**environ: str) -> InferenceSettings:
    """The inference settings of an environment."""
    return load_settings(InferenceSettings, environ, SERVE)


def test_an_empty_environment_gives_the_defaults() -> None:
    """Nothing needs to be set; set and empty is as not set."""
    assert load() == InferenceSettings()
    assert load(PORT="", HOME="/") == InferenceSettings()


def test_values_are_typed() -> None:
    """Numbers come as text and become numbers."""
    assert load(PORT="9000", ANOMALY_SERVE_TRAIN_TIMEOUT_S="2.5") == InferenceSettings(
        port=9000, train_timeout_s=2.5
    )


def test_every_problem_is_listed() -> None:
    """All wrong values and all unknown variables are told at once."""
    with pytest.raises(SettingsError) as raised:
        load(
            PORT="0",
            WEB_CONCURRENCY="many",
            LOG_LEVEL="LOUD",
            TRAINER_URL="host",
            ANOMALY_SERVE_X="1",
        )
    lines = str(raised.value).splitlines()
    assert {line.split("=")[0].split(" ")[0] for line in lines} == {
        "PORT",
        "WEB_CONCURRENCY",
        "LOG_LEVEL",
        "TRAINER_URL",
        "ANOMALY_SERVE_X",
    }
    assert len(lines) == 5


def test_a_closed_choice_is_spelt_out() -> None:
    """The message for a wrong word lists what is allowed."""
    with pytest.raises(SettingsError, match='LOG_LEVEL=\'LOUD\': Expected one of "DEBUG", "INFO"'):
        load(LOG_LEVEL="LOUD")


def test_a_kubernetes_service_link_is_recognised() -> None:
    """The value that Kubernetes injects for a Service named trainer gets the hint that helps."""
    with pytest.raises(SettingsError, match="enableServiceLinks: false"):
        load_settings(TrainerSettings, {"TRAINER_PORT": "tcp://10.0.0.1:8001"}, TRAIN)


@pytest.mark.parametrize("settings", [InferenceSettings, TrainerSettings])
def test_every_variable_is_documented(settings: type[msgspec.Struct]) -> None:
    """The README's table has a row for each variable, with its default."""
    rows = dict(
        re.findall(r"^\| `([A-Z_]+)` \| [^|]+ \| `?([^|`]*)`? \|", README.read_text(), re.MULTILINE)
    )
    for field in msgspec.structs.fields(settings):
        assert field.encode_name in rows
        default = msgspec.to_builtins(field.default)
        shown = f"{default:g}" if isinstance(default, float) else str(default)
        assert rows[field.encode_name].strip() == (
            shown.lower() if isinstance(default, bool) else shown
        )
