"""Settings."""

import re
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    """All wrong values and all unknown variables are named at once."""
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


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("WEB_CONCURENCY", "WEB_CONCURRENCY"),
        ("MODELDIR", "MODEL_DIR"),
        ("MODLE_DIR", "MODEL_DIR"),
        ("LOGLEVEL", "LOG_LEVEL"),
        ("HOSTS", "HOST"),
        ("ANOMALY_TOKEN_FILE", "ANOMALY_TOKENS_FILE"),
        ("ANOMALY_SERVE_MEMO", "ANOMALY_SERVE_MEMO_CAPACITY"),
        ("ANOMALY_", None),
        ("ANOMALY_FOO", None),
        ("ANOMALY_SERVER_MEMO_CAPACITY", "ANOMALY_SERVE_MEMO_CAPACITY"),
        ("ANOMLAY_TOKENS_FILE", "ANOMALY_TOKENS_FILE"),
        ("ANOMALYTOKENS_FILE", "ANOMALY_TOKENS_FILE"),
        ("anomaly_tokens_file", "ANOMALY_TOKENS_FILE"),
        ("model_dir", "MODEL_DIR"),
        ("Allow_Training", "ALLOW_TRAINING"),
    ],
)
def test_a_misspelt_variable_is_named(name: str, meant: str | None) -> None:
    """With the variable that is nearest; also where it is empty, which sets nothing."""
    for value in ("1", ""):
        with pytest.raises(SettingsError) as raised:
            load(**{name: value})
        first, _, nearest = str(raised.value).rpartition(" ")
        assert first == f"{name} is not known; the nearest variable is"
        assert nearest == meant or (meant is None and nearest.startswith("ANOMALY_"))


@pytest.mark.parametrize(
    "name",
    [
        *("HOME", "HOSTNAME", "HOSTTYPE", "LOGNAME", "PATH", "SHELL", "TERM", "PGHOST", "PGPORT"),
        *("TRAINER_HOST", "TRAINER_SERVICE_PORT", "TRAINER_PORT_8001_TCP_ADDR", "HTTP_PROXY"),
        *("NOANOMALY_FOO", "LOG_ANOMALY_TOKEN", "SSL_CERT_FILE", "PORTAGE", "MODEL", "TLS"),
        *("KUBERNETES_PORT", "ORT_DISABLE_TELEMETRY", "PYTHONPATH", "XDG_DATA_DIRS"),
    ],
)
def test_variables_of_others_are_left_alone(name: str) -> None:
    """What shells, containers and other programs set stops nothing."""
    assert load(**{name: "x"}) == InferenceSettings()
    assert load_settings(TrainerSettings, {name: "x"}, TRAIN) == TrainerSettings()


def test_both_services_may_share_an_environment() -> None:
    """No variable of a service is taken for a misspelt variable of the other."""
    every = {
        field.encode_name: "?"
        for settings in (InferenceSettings, TrainerSettings)
        for field in msgspec.structs.fields(settings)
    }
    for settings, prefix in ((InferenceSettings, SERVE), (TrainerSettings, TRAIN)):
        own = {field.encode_name for field in msgspec.structs.fields(settings)}
        theirs = {name: value for name, value in every.items() if name not in own}
        assert theirs
        assert load_settings(settings, theirs, prefix) == settings()


@given(st.from_regex(r"ANOMALY_[A-Z_]{0,12}", fullmatch=True))
def test_any_name_with_the_prefix_is_known_or_refused(name: str) -> None:
    """But for the other service's."""
    if name.startswith(TRAIN):
        assert load(**{name: "1"}) == InferenceSettings()
    else:
        with pytest.raises(SettingsError, match=name):
            load(**{name: "1"})


def test_a_whole_number_may_have_a_point() -> None:
    """As templates write numbers; a fraction is refused."""
    assert load(WEB_CONCURRENCY="2.0").workers == 2
    with pytest.raises(SettingsError, match=r"WEB_CONCURRENCY='2\.5'"):
        load(WEB_CONCURRENCY="2.5")


def test_an_address_is_shown() -> None:
    """The message for what is no URL shows a URL, and no expression."""
    with pytest.raises(SettingsError) as caught:
        load(MODEL_STORE="ftp://x", TRAINER_URL="trainer")
    assert str(caught.value) == (
        "MODEL_STORE='ftp://x': Expected text like s3://bucket/prefix\n"
        "TRAINER_URL='trainer': Expected text like http://trainer:8001"
    )


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
