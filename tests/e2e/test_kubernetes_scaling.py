"""What scales, what runs once, and what other projects' controllers are given."""

from pathlib import Path
from typing import Final

import pytest

from inference.environment import load_settings
from inference.metrics.inference_metrics import SPECS
from inference.settings import PREFIX, InferenceSettings
from inference.store.versions import MODEL_NAME
from schemas.api.open_inference import LIVE_PATH, READY_PATH
from schemas.api.operations import OPERATIONS
from schemas.bundle.manifest import ARTEFACT_FORMAT
from schemas.version import __version__
from tests.e2e.containers import ROOT
from tests.e2e.manifests import KUBERNETES, SECRETS, Manifests, Read, build

GIB: Final = 2**30


@pytest.fixture(scope="module")
def built(
    tools: Path, read_yaml: Read, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Manifests]:
    """What each overlay, and the folder for KServe, makes."""
    out = tmp_path_factory.mktemp("built")
    folders = [*(KUBERNETES / "overlays").iterdir(), KUBERNETES / "kserve"]
    return {
        folder.name: build(tools, folder, out / f"{folder.name}.yaml", read_yaml)
        for folder in folders
    }


def test_inference_scales_and_keeps_a_pod(built: dict[str, Manifests]) -> None:
    """The autoscaler sets the number of pods, so no Deployment does; its least number leaves one
    more than the disruption budget asks for.
    """
    for name in ("shared-volume", "object-store", "jobs-only", "monitored"):
        objects = built[name].objects
        deployment = objects["Deployment/log-anomaly-inference"]
        scaler = objects["HorizontalPodAutoscaler/log-anomaly-inference"]["spec"]
        assert "replicas" not in deployment["spec"]
        assert scaler["scaleTargetRef"] == {
            "apiVersion": deployment["apiVersion"],
            "kind": deployment["kind"],
            "name": deployment["metadata"]["name"],
        }
        budget = objects["PodDisruptionBudget/log-anomaly-inference"]["spec"]
        assert budget["minAvailable"] < scaler["minReplicas"] < scaler["maxReplicas"]
        cpu = scaler["metrics"][0]["containerResource"]
        assert cpu["container"] in [
            container["name"] for container in deployment["spec"]["template"]["spec"]["containers"]
        ]


def test_scaling_on_calls_in_hand_asks_for_a_metric_of_ours(
    built: dict[str, Manifests],
) -> None:
    """The metric is a gauge of ours; only the overlay with monitoring needs an adapter for it."""
    scalers = {
        name: manifests.objects["HorizontalPodAutoscaler/log-anomaly-inference"]["spec"]["metrics"]
        for name, manifests in built.items()
        if name != "kserve"
    }
    assert [name for name, metrics in scalers.items() if len(metrics) > 1] == ["monitored"]
    pods = scalers["monitored"][1]["pods"]
    gauges = {spec.name for spec in SPECS if spec.kind == "gauge"}
    assert pods["metric"]["name"] in gauges
    assert pods["target"]["type"] == "AverageValue"


def test_one_trainer_runs_at_a_time(built: dict[str, Manifests]) -> None:
    """A new trainer starts after the old has stopped, nightly jobs do not overlap."""
    for manifests in built.values():
        for job in manifests.of("CronJob"):
            assert job["spec"]["concurrencyPolicy"] == "Forbid"
        trainer = manifests.objects.get("Deployment/log-anomaly-trainer")
        if trainer is not None:
            assert trainer["spec"]["replicas"] == 1
            assert trainer["spec"]["strategy"] == {"type": "Recreate"}


def test_scratch_space_is_on_disk(built: dict[str, Manifests]) -> None:
    """Where DuckDB may spill, /tmp is no memory, and fits into what the pod may put on disk."""
    for name, manifests in built.items():
        if name == "kserve":
            continue
        for component, pod in manifests.pods.items():
            if component == "inference":
                continue
            volume = pod.volumes["tmp"]["emptyDir"]
            assert "medium" not in volume
            for container in pod.containers:
                limit = container["resources"]["limits"]["ephemeral-storage"]
                assert _bytes(limit) > _bytes(volume["sizeLimit"])


def _bytes(quantity: str) -> int:
    units = {"Mi": 2**20, "Gi": GIB}
    return int(quantity[:-2]) * units[quantity[-2:]]


def test_service_monitors_find_what_is_scraped(built: dict[str, Manifests]) -> None:
    """There is no schema of other projects' kinds to check with offline, so these are few fields,
    by hand: it selects our Service, its port by name, and a path that is answered, with a token.
    """
    (monitor,) = built["monitored"].of("ServiceMonitor")
    assert monitor["apiVersion"] == "monitoring.coreos.com/v1"
    assert set(monitor["spec"]) == {"selector", "endpoints"}
    service = built["monitored"].objects["Service/log-anomaly-inference"]
    assert monitor["spec"]["selector"] == {"matchLabels": service["metadata"]["labels"]}
    (endpoint,) = monitor["spec"]["endpoints"]
    assert set(endpoint) == {"port", "path", "interval", "authorization"}
    assert endpoint["port"] in [port["name"] for port in service["spec"]["ports"]]
    assert endpoint["path"] in {
        operation.path for operation in OPERATIONS if "inference" in operation.services
    }
    key = endpoint["authorization"]["credentials"]
    assert key["key"] in SECRETS[key["name"]]


def test_kserve_runs_the_serving_image(built: dict[str, Manifests]) -> None:
    """By hand, as above: the runtime takes the format of this release and speaks version 2; its
    variables are settings; the service asks for that runtime under the model's own name.
    """
    runtime = built["kserve"].objects[f"ServingRuntime/{MODEL_NAME}"]["spec"]
    service = built["kserve"].objects[f"InferenceService/{MODEL_NAME}"]["spec"]["predictor"]
    (known,) = runtime["supportedModelFormats"]
    assert (known["name"], known["version"]) == (MODEL_NAME, str(ARTEFACT_FORMAT))
    assert runtime["protocolVersions"] == ["v2"] == [service["model"]["protocolVersion"]]
    assert service["model"]["modelFormat"] == {"name": known["name"], "version": known["version"]}
    assert service["model"]["runtime"] == MODEL_NAME
    (container,) = runtime["containers"]
    assert container["name"] == "kserve-container"
    assert container["image"] == f"log-anomaly-serve:{__version__}"
    loaded = load_settings(InferenceSettings, built["kserve"].environment(container), PREFIX)
    assert container["ports"] == [{"containerPort": loaded.port, "protocol": "TCP"}]
    assert (loaded.model_dir, loaded.allow_training) == ("/mnt/models", False)
    for kind, path in (("liveness", LIVE_PATH), ("readiness", READY_PATH)):
        assert container[f"{kind}Probe"]["httpGet"] == {"path": path, "port": loaded.port}
    claims = built["shared-volume"].of("PersistentVolumeClaim")
    assert service["model"]["storageUri"] in {
        f"pvc://{claim['metadata']['name']}" for claim in claims
    }


def test_the_readme_makes_every_secret(built: dict[str, Manifests]) -> None:
    """deploy/README.md has a command for each Secret that an overlay asks for, with its keys."""
    readme = (ROOT / "deploy" / "README.md").read_text()
    for name, keys in SECRETS.items():
        assert f"create secret generic {name}" in readme
        for key in keys:
            assert f"--from-file={key}" in readme or f"--from-literal={key}=" in readme
    asked = {
        secret
        for manifests in built.values()
        for pod in manifests.pods.values()
        for secret in _secrets(pod.spec)
    }
    assert asked == set(SECRETS)


def _secrets(spec: dict[str, object]) -> set[str]:
    """The names of all Secrets in a pod's spec."""
    found = set()
    stack: list[object] = [spec]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            for key, value in node.items():
                if key == "secretRef":
                    found.add(value["name"])
                elif key == "secret":
                    found.add(value["secretName"])
                stack.append(value)
        elif isinstance(node, list):
            stack.extend(node)
    return found
