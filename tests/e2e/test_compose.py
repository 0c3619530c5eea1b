"""The compose files: valid, hardened, and in line with the services."""

import os
import shutil
import subprocess
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from inference.access.check import check_access
from inference.environment import load_settings
from inference.mirroring import PREFIX as MIRROR_PREFIX
from inference.mirroring import MirrorSettings
from inference.settings import PREFIX as SERVE_PREFIX
from inference.settings import InferenceSettings
from tests.e2e.containers import ROOT
from tests.integration.s3_server import PORTS, free_ports
from trainer.settings import PREFIX as TRAIN_PREFIX
from trainer.settings import TrainerSettings

DEPLOY: Final = ROOT / "deploy"
OURS: Final = {"trainer", "inference", "mirror"}
HEALTHY_S: Final = 60
READ: Final = """
import sys, compose_spec
compose = compose_spec.PyOptions(apply_merge=True).from_yaml(sys.stdin.read())
compose.validate()
print(compose.to_json())
"""


@pytest.fixture(scope="module")
def read_compose(tools: Path) -> Callable[[str], dict[str, Any]]:
    """Reads a compose file, checked against the specification and with its merges done."""

    def read(name: str) -> dict[str, Any]:
        with open(DEPLOY / name, "rb") as file:
            output = subprocess.check_output([tools / "python", "-c", READ], stdin=file)
        document: dict[str, Any] = msgspec.json.decode(output)
        return document

    return read


@pytest.fixture(scope="module")
def compose(read_compose: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
    """The file by itself."""
    return read_compose("compose.yaml")


@pytest.fixture(scope="module")
def with_store(
    compose: dict[str, Any], read_compose: Callable[[str], dict[str, Any]]
) -> dict[str, Any]:
    """Both files, put together by the rules of compose: mappings by key, mounts by target."""
    added = read_compose("compose.object-store.yaml")
    services = {name: dict(service) for name, service in compose["services"].items()}
    for name, service in added["services"].items():
        before = services.get(name, {})
        after = before | service
        for key in ("environment", "depends_on"):
            if key in before and key in service:
                after[key] = before[key] | service[key]
        mounts = [*before.get("volumes", ()), *service.get("volumes", ())]
        after["volumes"] = list({mount.split(":")[1]: mount for mount in mounts}.values())
        services[name] = after
    return {"services": services, "volumes": compose["volumes"] | added["volumes"]}


def test_services_are_hardened(with_store: dict[str, Any]) -> None:
    """Read-only roots without capabilities, each with a health check, published on loopback."""
    for name, service in with_store["services"].items():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["tmpfs"][0].startswith("/tmp:")
        if name == "mirror":  # it listens nowhere
            assert service["healthcheck"]["disable"] is True
        else:
            assert service["healthcheck"]["test"][0] == "CMD"
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


def test_every_mount_is_there(with_store: dict[str, Any]) -> None:
    """Volumes are declared, and used; folders and Dockerfiles are in the project."""
    used = set()
    for service in with_store["services"].values():
        for mount in service.get("volumes", ()):
            source = mount.split(":")[0]
            if source.startswith("."):
                assert mount.endswith(":ro")
                assert (DEPLOY / source).is_dir()
            else:
                used.add(source)
        if "build" in service:
            assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).exists()
    assert used == set(with_store["volumes"])


def test_both_services_alone_share_a_volume(compose: dict[str, Any]) -> None:
    """Without a profile there are two services; inference waits for the trainer, finds it by name
    and reads the volume that it writes.
    """
    services = compose["services"]
    plain = {name for name, service in services.items() if not service.get("profiles")}
    assert plain == {"trainer", "inference"}
    assert services["inference"]["volumes"] == ["models:/models:ro"]
    assert services["trainer"]["volumes"] == ["models:/models"]
    assert services["inference"]["depends_on"] == {"trainer": {"condition": "service_healthy"}}


def test_variables_are_settings(with_store: dict[str, Any]) -> None:
    """Each service starts with its variables, and with the object store all name the same store."""
    services = with_store["services"]
    loaded = {
        name: load_settings(type_, services[name]["environment"] | {"HOST": "0.0.0.0"}, prefix)
        for name, type_, prefix in (
            ("inference", InferenceSettings, SERVE_PREFIX),
            ("trainer", TrainerSettings, TRAIN_PREFIX),
            ("mirror", MirrorSettings, MIRROR_PREFIX),
        )
    }
    serving, training = loaded["inference"], loaded["trainer"]
    assert isinstance(serving, InferenceSettings)
    assert isinstance(training, TrainerSettings)
    check_access(serving)
    check_access(training)
    assert serving.trainer_url == f"http://trainer:{TrainerSettings().port}"
    stores = {services[name]["environment"]["MODEL_STORE"] for name in OURS}
    assert len(stores) == 1
    # The mirror alone writes what inference reads.
    assert services["mirror"]["volumes"] == ["models:/models"]
    assert services["inference"]["volumes"] == ["models:/models:ro"]
    assert services["trainer"]["volumes"] == ["trainer-models:/models"]
    keys = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    for key in keys:
        assert services["s3"]["environment"][key] == services["mirror"]["environment"][key]


def test_prometheus_scrapes_both_services(
    compose: dict[str, Any], read_yaml: Callable[[Path], list[dict[str, Any]]]
) -> None:
    """Its configuration is valid to promtool, and names services and ports that are there."""
    config = DEPLOY / "prometheus" / "compose.yml"
    done = subprocess.run(["promtool", "check", "config", config], check=False, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    assert (
        f"--config.file=/etc/prometheus/{config.name}"
        in (compose["services"]["prometheus"]["command"])
    )
    (read,) = read_yaml(config)
    targets = {job["job_name"]: job["static_configs"] for job in read["scrape_configs"]}
    assert targets == {
        "log-anomaly": [{"targets": [f"inference:{InferenceSettings().port}"]}],
        "log-anomaly-trainer": [{"targets": [f"trainer:{TrainerSettings().port}"]}],
    }
    (alerting,) = read["alerting"]["alertmanagers"]
    (port,) = compose["services"]["alertmanager"]["ports"]
    assert alerting["static_configs"] == [{"targets": [f"alertmanager:{port.split(':')[2]}"]}]
    (alertmanager,) = read_yaml(DEPLOY / "alertmanager" / "alertmanager.yml")
    assert alertmanager["route"]["receiver"] in [
        receiver["name"] for receiver in alertmanager["receivers"]
    ]


def test_the_s3_server_takes_its_command(with_store: dict[str, Any], tmp_path: Path) -> None:
    """The program of its image, given the options of the file but for places and ports, becomes
    healthy by the address of its health check, as a user without rights.
    """
    weed = shutil.which("weed", path=f"{ROOT / '.venv' / 'bin'}:{os.environ['PATH']}")
    assert weed is not None
    service = with_store["services"]["s3"]
    names = [*[f"{port}.port" for port in PORTS], *[f"{port}.port.grpc" for port in PORTS]]
    with free_ports(len(names)) as free:
        ports = dict(zip(names, free, strict=True))
    moved = {"-dir=/data": f"-dir={tmp_path}", "-ip=s3": "-ip=127.0.0.1"}
    command = [
        moved.get(argument, argument)
        for argument in service["command"]
        if "s3.port=" not in argument
    ]
    command += [f"-{name}={port}" for name, port in ports.items()]
    command += ["-s3.port.iceberg=0", "-s3.port.lance=0"]
    tmp_path.chmod(0o777)
    test = service["healthcheck"]["test"][-1]
    assert ":8333/" in test
    assert "-s3.port=8333" in service["command"]
    address = test.replace(":8333/", f":{ports['s3.port']}/")
    log = tmp_path / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [weed, *command],
            cwd=tmp_path,
            env={**os.environ, **service["environment"]},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        assert _answers(address, process), log.read_text()[-2_000:]
    finally:
        process.kill()
        process.wait()
        for name, port in ports.items():
            socket = f"{name.replace('.port', '').replace('.', '-')}-{port}"
            Path(f"/tmp/seaweedfs-{socket}.sock").unlink(missing_ok=True)


def _answers(address: str, process: subprocess.Popen[bytes]) -> bool:
    """Whether an address answers in time."""
    for _ in range(HEALTHY_S * 10):
        try:
            with urllib.request.urlopen(address, timeout=1) as answer:
                return bool(answer.status == 200)
        except OSError:
            pass
        try:
            process.wait(0.1)
        except subprocess.TimeoutExpired:
            continue
        return False
    return False
