"""The Kubernetes manifests and the compose file: valid, hardened, and in line with the services."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from inference.environment import load_settings
from inference.settings import PREFIX as SERVE_PREFIX
from inference.settings import InferenceSettings
from schemas.api.operations import API_PREFIX, OPERATIONS
from schemas.version import __version__
from tests.e2e.containers import ROOT, USER_ID
from trainer.settings import PREFIX as TRAIN_PREFIX
from trainer.settings import TrainerSettings

DEPLOY: Final = ROOT / "deploy"
COMPOSE: Final = DEPLOY / "compose.yaml"
KUSTOMIZATION: Final = DEPLOY / "kubernetes" / "kustomization.yaml"
MANIFESTS: Final = sorted({*DEPLOY.glob("kubernetes/**/*.yaml")} - {KUSTOMIZATION})
GUNICORN_GRACE_S: Final = 30
READ_COMPOSE: Final = """
import sys, compose_spec
compose = compose_spec.PyOptions(apply_merge=True).from_yaml(sys.stdin.read())
compose.validate()
print(compose.to_json())
"""

Read = Callable[[Path], list[dict[str, Any]]]
Resources = dict[str, dict[str, Any]]


@pytest.fixture(scope="session")
def resources(read_yaml: Read) -> Resources:
    """Every resource as `Kind/name`."""
    documents = [document for path in MANIFESTS for document in read_yaml(path)]
    return {f"{one['kind']}/{one['metadata']['name']}": one for one in documents}


@pytest.fixture(scope="session")
def compose(tools: Path) -> dict[str, Any]:
    """The compose file, checked against the specification and with its merges done."""
    with open(COMPOSE, "rb") as file:
        output = subprocess.check_output([tools / "python", "-c", READ_COMPOSE], stdin=file)
    document: dict[str, Any] = msgspec.json.decode(output)
    return document


def pods(resources: Resources) -> Iterator[dict[str, Any]]:
    """The pod template of everything that starts pods."""
    for resource in resources.values():
        match resource["kind"]:
            case "Deployment":
                yield resource["spec"]["template"]
            case "CronJob":
                yield resource["spec"]["jobTemplate"]["spec"]["template"]


def container(resources: Resources, name: str) -> dict[str, Any]:
    """The one container of a Deployment."""
    pod = resources[f"Deployment/log-anomaly-{name}"]["spec"]["template"]
    (only,) = pod["spec"]["containers"]
    found: dict[str, Any] = only
    return found


def variables(resources: Resources, name: str) -> dict[str, str]:
    """The environment that a Deployment gives its container."""
    return {one["name"]: one["value"] for one in container(resources, name).get("env", [])}


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.stem)
def test_manifests_are_valid(path: Path, tools: Path) -> None:
    """Kubernetes knows every field, so that none is dropped for a misspelt name."""
    done = subprocess.run(
        [tools / "kubernetes-validate", "--strict", path],
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    assert "WARN" not in done.stdout, done.stdout


def test_the_kustomization_lists_every_manifest(read_yaml: Read) -> None:
    """All but the examples, which name things that the project does not bring, apply together."""
    (kustomization,) = read_yaml(KUSTOMIZATION)
    folder = KUSTOMIZATION.parent
    assert {folder / name for name in kustomization["resources"]} == {
        path for path in MANIFESTS if path.parent == folder
    }


def test_pods_are_hardened(resources: Resources) -> None:
    """No root, no privilege, no capability, no token, no writable root, bounded resources."""
    for pod in pods(resources):
        spec = pod["spec"]
        assert spec["automountServiceAccountToken"] is False
        assert spec["enableServiceLinks"] is False
        context = spec["securityContext"]
        assert context["runAsNonRoot"] is True
        assert (context["runAsUser"], context["runAsGroup"]) == (USER_ID, USER_ID)
        assert context["seccompProfile"] == {"type": "RuntimeDefault"}
        for one in spec["containers"]:
            assert one["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }
            for bound in ("requests", "limits"):
                assert set(one["resources"][bound]) == {"cpu", "memory"}


def test_images_are_of_this_release(resources: Resources) -> None:
    """A manifest names the image of the release that it comes with, never the latest one."""
    images = {one["image"] for pod in pods(resources) for one in pod["spec"]["containers"]}
    assert images == {f"log-anomaly-{kind}:{__version__}" for kind in ("serve", "train")}


def test_only_trainings_can_write_the_models(resources: Resources) -> None:
    """All mount the one claim at /models; inference mounts it read-only."""
    claim = resources["PersistentVolumeClaim/log-anomaly-models"]
    assert claim["spec"]["accessModes"] == ["ReadWriteMany"]
    read_only = {}
    for pod in pods(resources):
        volumes = {volume["name"]: volume for volume in pod["spec"]["volumes"]}
        component = pod["metadata"]["labels"]["app.kubernetes.io/component"]
        for mount in pod["spec"]["containers"][0]["volumeMounts"]:
            assert mount["name"] in volumes
            if mount["mountPath"] == "/models":
                assert volumes[mount["name"]]["persistentVolumeClaim"] == {
                    "claimName": claim["metadata"]["name"]
                }
                read_only[component] = mount.get("readOnly", False)
    assert read_only == {"inference": True, "trainer": False, "training": False}


def test_selectors_find_their_pods(resources: Resources) -> None:
    """Deployments, Services and disruption budgets select the labels that the pods have."""
    for name in ("inference", "trainer"):
        deployment = resources[f"Deployment/log-anomaly-{name}"]["spec"]
        labels = deployment["template"]["metadata"]["labels"]
        assert deployment["selector"]["matchLabels"] == labels
        assert resources[f"Service/log-anomaly-{name}"]["spec"]["selector"] == labels
    budget = resources["PodDisruptionBudget/log-anomaly-inference"]["spec"]
    inference = resources["Deployment/log-anomaly-inference"]["spec"]
    assert budget["selector"] == inference["selector"]
    assert budget["minAvailable"] < inference["replicas"]


def test_probes_ask_what_the_services_answer(resources: Resources) -> None:
    """Probes use paths of the contract; a pod without a model is alive and gets no traffic."""
    for name in ("inference", "trainer"):
        probes = {
            kind: container(resources, name)[f"{kind}Probe"]["httpGet"]["path"]
            for kind in ("startup", "liveness", "readiness")
        }
        assert probes == {
            "startup": f"{API_PREFIX}/health",
            "liveness": f"{API_PREFIX}/health",
            "readiness": f"{API_PREFIX}/ready",
        }
        known = {operation.path for operation in OPERATIONS if name in operation.services}
        assert set(probes.values()) <= known


def test_ports_and_variables_fit_the_settings(resources: Resources) -> None:
    """Every variable is a setting, ports are those that the images listen on, and the trainer is
    found at its Service.
    """
    inference = load_settings(InferenceSettings, variables(resources, "inference"), SERVE_PREFIX)
    trainer = load_settings(TrainerSettings, variables(resources, "trainer"), TRAIN_PREFIX)
    for name, settings in (("inference", inference), ("trainer", trainer)):
        known = {field.encode_name for field in msgspec.structs.fields(settings)}
        assert set(variables(resources, name)) <= known
        ports = container(resources, name)["ports"]
        assert ports == [{"name": "http", "containerPort": settings.port}]
        (port,) = resources[f"Service/log-anomaly-{name}"]["spec"]["ports"]
        assert (port["port"], port["targetPort"]) == (settings.port, "http")
    assert inference.trainer_url == f"http://log-anomaly-trainer:{trainer.port}"


def test_nobody_trains_without_a_token(resources: Resources) -> None:
    """Inference takes no trainings; the trainer reads tokens from a Secret, mounted whole, since
    a single file of it would never change.
    """
    assert variables(resources, "inference")["ALLOW_TRAINING"] == "false"
    file = Path(variables(resources, "trainer")["ANOMALY_TOKENS_FILE"])
    (mount,) = [
        mount
        for mount in container(resources, "trainer")["volumeMounts"]
        if Path(mount["mountPath"]) == file.parent
    ]
    assert (mount["readOnly"], "subPath" in mount) == (True, False)
    spec = resources["Deployment/log-anomaly-trainer"]["spec"]["template"]["spec"]
    (volume,) = [one for one in spec["volumes"] if one["name"] == mount["name"]]
    assert volume["secret"]["secretName"] == "log-anomaly-tokens"


def test_pods_drain_before_they_stop(resources: Resources) -> None:
    """The grace period holds preStop, in which proxies learn to send elsewhere, and gunicorn's
    own time to finish requests.
    """
    for name in ("inference", "trainer"):
        spec = resources[f"Deployment/log-anomaly-{name}"]["spec"]["template"]["spec"]
        command = container(resources, name)["lifecycle"]["preStop"]["exec"]["command"]
        assert command[0] == "sleep"
        assert spec["terminationGracePeriodSeconds"] > int(command[1]) + GUNICORN_GRACE_S


def test_one_trainer_runs_at_a_time(resources: Resources) -> None:
    """A new trainer starts after the old one has stopped, nightly jobs do not overlap."""
    trainer = resources["Deployment/log-anomaly-trainer"]["spec"]
    assert (trainer["replicas"], trainer["strategy"]) == (1, {"type": "Recreate"})
    job = resources["CronJob/log-anomaly-training"]["spec"]
    assert job["concurrencyPolicy"] == "Forbid"


def test_compose_services_are_hardened(compose: dict[str, Any]) -> None:
    """Read-only roots without capabilities, each with a health check, published on loopback."""
    for service in compose["services"].values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["tmpfs"][0].startswith("/tmp:")
        assert service["healthcheck"]["test"][0] == "CMD"
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


def test_compose_services_fit_together(compose: dict[str, Any]) -> None:
    """Inference waits for the trainer, finds it by name and reads the volume that it writes."""
    services = compose["services"]
    assert services["inference"]["volumes"] == ["models:/models:ro"]
    assert services["trainer"]["volumes"] == ["models:/models"]
    assert set(compose["volumes"]) == {"models"}
    assert services["inference"]["depends_on"] == {"trainer": {"condition": "service_healthy"}}
    settings = load_settings(InferenceSettings, services["inference"]["environment"], SERVE_PREFIX)
    assert settings.trainer_url == f"http://trainer:{TrainerSettings().port}"
    for service in services.values():
        assert service["environment"]["ALLOW_OPEN_TRAINING"] == "true"
    for name in services:
        dockerfile = ROOT / services[name]["build"]["dockerfile"]
        assert dockerfile.exists()
