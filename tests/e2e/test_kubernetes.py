"""The Kubernetes overlays: they build, are valid, hardened, and in line with the services."""

import subprocess
from pathlib import Path
from typing import Any, Final

import msgspec

from inference.access.check import check_access
from inference.environment import load_settings
from inference.mirroring import PREFIX as MIRROR_PREFIX
from inference.mirroring import MirrorSettings
from inference.settings import PREFIX as SERVE_PREFIX
from inference.settings import InferenceSettings, ServiceSettings
from inference.shadow.candidate import FOLLOW
from inference.store.signed import PUBLIC_KEY_VARIABLE
from schemas.api.operations import API_PREFIX, OPERATIONS
from schemas.version import __version__
from tests.e2e.containers import USER_ID
from tests.e2e.manifests import KUBERNETES, SECRETS, Manifests, Read
from trainer.settings import PREFIX as TRAIN_PREFIX
from trainer.settings import TrainerSettings

WITHOUT_SCHEMA: Final = {"ServiceMonitor"}
GUNICORN_GRACE_S: Final = 30
IMAGE: Final = {"HOST": "0.0.0.0", "MODEL_DIR": "/models"}
"""What both images set."""


def settings(overlay: Manifests, name: str) -> ServiceSettings:
    """The settings of a service as its container gets them."""
    variables = overlay.environment(overlay.pods[name].container(name))
    types: dict[str, tuple[type[ServiceSettings], str]] = {
        "inference": (InferenceSettings, SERVE_PREFIX),
        "trainer": (TrainerSettings, TRAIN_PREFIX),
    }
    type_, prefix = types[name]
    known = {field.encode_name for field in msgspec.structs.fields(type_)}
    assert {variable for variable in variables if not variable.startswith("AWS_")} <= known
    return load_settings(type_, IMAGE | variables, prefix)


def services(overlay: Manifests) -> list[str]:
    """The components that listen."""
    return [name for name, pod in overlay.pods.items() if not pod.jobs]


def test_overlays_are_valid(overlay: Manifests, tools: Path) -> None:
    """Kubernetes knows every field, so that none is dropped for a misspelt name; what it has no
    schema for is of another project, and named here.
    """
    done = subprocess.run(
        [tools / "kubernetes-validate", "--strict", overlay.path],
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    lines = done.stdout.splitlines()
    unknown = [line for line in lines if not line.startswith("INFO")]
    assert done.returncode == 0, done.stdout
    assert len(lines) == len(overlay.objects)
    assert all(any(f"kind {kind} " in line for kind in WITHOUT_SCHEMA) for line in unknown)


def test_every_file_is_part_of_a_kustomization(read_yaml: Read) -> None:
    """Each manifest is a resource or a patch of the folder that it lies in."""
    for file in KUBERNETES.rglob("kustomization.yaml"):
        (kustomization,) = read_yaml(file)
        patches = [patch["path"] for patch in kustomization.get("patches", ()) if "path" in patch]
        own = {name for name in [*kustomization.get("resources", ()), *patches] if "/" not in name}
        assert own == {path.name for path in file.parent.iterdir()} - {file.name}


def test_pods_are_hardened(overlay: Manifests) -> None:
    """No root, no privilege, no capability, no token, no writable root, bounded resources."""
    for pod in overlay.pods.values():
        assert pod.spec["automountServiceAccountToken"] is False
        assert pod.spec["enableServiceLinks"] is False
        context = pod.spec["securityContext"]
        assert context["runAsNonRoot"] is True
        assert (context["runAsUser"], context["runAsGroup"]) == (USER_ID, USER_ID)
        assert context["seccompProfile"] == {"type": "RuntimeDefault"}
        for container in pod.containers:
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }
            for bound in ("requests", "limits"):
                assert set(container["resources"][bound]) == {"cpu", "memory", "ephemeral-storage"}


def test_images_are_of_this_release(overlay: Manifests) -> None:
    """A manifest names the image of the release that it comes with, never the latest; only the
    sidecar has the image with the library for object stores.
    """
    for pod in overlay.pods.values():
        for container in pod.containers:
            kind = "train" if pod.component != "inference" else "serve"
            kind = "mirror" if container["name"] == "mirror" else kind
            assert container["image"] == f"log-anomaly-{kind}:{__version__}"


def test_volumes_are_there_and_only_writers_write_models(overlay: Manifests) -> None:
    """Each mount has its volume, each volume a mount; of the containers of an inference pod only
    the mirror writes models.
    """
    for pod in overlay.pods.values():
        mounts = [
            (container["name"], mount)
            for container in pod.containers
            for mount in container["volumeMounts"]
        ]
        assert {mount["name"] for _, mount in mounts} == set(pod.volumes)
        for container, mount in mounts:
            assert "subPath" not in mount  # a single file of a Secret would never change
            if mount["mountPath"] == "/models":
                assert mount.get("readOnly", False) is (container == "inference")
    claims = {claim["metadata"]["name"] for claim in overlay.of("PersistentVolumeClaim")}
    claimed = {
        volume["persistentVolumeClaim"]["claimName"]
        for pod in overlay.pods.values()
        for volume in pod.volumes.values()
        if "persistentVolumeClaim" in volume
    }
    assert claimed == claims | {"log-archive"}


def test_models_reach_every_pod(overlay: Manifests) -> None:
    """All share one volume that several nodes can mount; or whoever writes models publishes to one
    object store, with credentials, and a mirror follows it into the volume that inference reads.
    """
    pods = overlay.pods
    models = [pod.volumes["models"] for pod in pods.values()]
    claim = overlay.objects.get("PersistentVolumeClaim/log-anomaly-models")
    if claim is not None:
        name = {"claimName": claim["metadata"]["name"]}
        assert [volume["persistentVolumeClaim"] for volume in models] == [name] * len(models)
        assert claim["spec"]["accessModes"] == ["ReadWriteMany"]
        return
    assert [set(volume) for volume in models] == [{"name", "emptyDir"}] * len(models)
    mirror = pods["inference"].container("mirror")
    assert mirror["restartPolicy"] == "Always"
    assert mirror["command"] == ["python", "-m", "inference", "mirror"]
    followed = overlay.environment(mirror)
    assert load_settings(MirrorSettings, IMAGE | followed, MIRROR_PREFIX).model_store
    writers = {"trainer": "trainer", "training": "fit"}
    for component, container in writers.items():
        if component in pods:
            variables = overlay.environment(pods[component].container(container))
            assert followed.items() <= variables.items()
    assert set(SECRETS["log-anomaly-object-store"]) < set(followed)
    serving = overlay.environment(pods["inference"].container("inference"))
    assert serving["MODEL_STORE"] == followed["MODEL_STORE"]
    assert not set(SECRETS["log-anomaly-object-store"]) & set(serving)


def test_ports_fit_the_settings(overlay: Manifests) -> None:
    """Every variable is a setting, ports are those that the images listen on, and Services,
    Deployments and disruption budgets select the labels that the pods have.
    """
    for name in services(overlay):
        loaded: Any = settings(overlay, name)
        pod = overlay.pods[name]
        ports = pod.container(name)["ports"]
        assert ports == [{"name": "http", "containerPort": loaded.port}]
        service = overlay.objects[f"Service/log-anomaly-{name}"]["spec"]
        (port,) = service["ports"]
        assert (port["port"], port["targetPort"]) == (loaded.port, "http")
        assert service["selector"] == pod.labels
        deployment = overlay.objects[f"Deployment/log-anomaly-{name}"]["spec"]
        assert deployment["selector"]["matchLabels"] == pod.labels
    budget = overlay.objects["PodDisruptionBudget/log-anomaly-inference"]["spec"]
    assert budget["selector"]["matchLabels"] == overlay.pods["inference"].labels


def test_probes_ask_what_the_services_answer(overlay: Manifests) -> None:
    """Probes use paths of the contract; a pod without a model is alive and gets no traffic."""
    for name in services(overlay):
        container = overlay.pods[name].container(name)
        probes = {
            kind: container[f"{kind}Probe"]["httpGet"]["path"]
            for kind in ("startup", "liveness", "readiness")
        }
        assert probes == {
            "startup": f"{API_PREFIX}/health",
            "liveness": f"{API_PREFIX}/health",
            "readiness": f"{API_PREFIX}/ready",
        }
        known = {operation.path for operation in OPERATIONS if name in operation.services}
        assert set(probes.values()) <= known


def test_only_inference_reaches_the_trainer(overlay: Manifests) -> None:
    """Every pod has a policy; the trainer's lets inference in, and inference's the pods of its own
    namespace and Prometheus; nobody connects to a job.
    """
    policies = {
        policy["spec"]["podSelector"]["matchLabels"]["app.kubernetes.io/component"]: policy["spec"]
        for policy in overlay.of("NetworkPolicy")
    }
    assert set(policies) == set(overlay.pods)
    for name, policy in policies.items():
        assert policy["podSelector"]["matchLabels"] == overlay.pods[name].labels
        assert policy["policyTypes"] == ["Ingress"]
        for rule in policy.get("ingress", ()):
            assert rule["ports"] == [{"port": "http", "protocol": "TCP"}]
    assert "ingress" not in policies["training"]
    (own, prometheus) = policies["inference"]["ingress"][0]["from"]
    assert own == {"podSelector": {}}
    assert set(prometheus) == {"namespaceSelector", "podSelector"}
    if "trainer" in policies:
        labels = overlay.pods["inference"].labels
        assert policies["trainer"]["ingress"][0]["from"] == [
            {"podSelector": {"matchLabels": labels}}
        ]


def test_nobody_trains_without_a_token(overlay: Manifests) -> None:
    """Inference takes no trainings where no trainer runs; else both ask for tokens out of a
    Secret, each with the keys that it needs and no other.
    """
    serving = settings(overlay, "inference")
    assert isinstance(serving, InferenceSettings)
    assert serving.allow_training is ("trainer" in overlay.pods)
    if "trainer" not in overlay.pods:
        check_access(serving)
        return
    training = settings(overlay, "trainer")
    assert serving.trainer_url == f"http://log-anomaly-trainer:{TrainerSettings().port}"
    for name, files in (
        ("inference", [serving.tokens_file, serving.trainer_token_file]),
        ("trainer", [training.tokens_file]),
    ):
        pod = overlay.pods[name]
        (mount,) = [
            mount_ for mount_ in pod.container(name)["volumeMounts"] if mount_["name"] == "tokens"
        ]
        assert mount["readOnly"] is True
        secret = pod.volumes["tokens"]["secret"]
        assert secret["secretName"] in SECRETS
        assert files == [f"{mount['mountPath']}/{item['path']}" for item in secret["items"]]
        assert {item["key"] for item in secret["items"]} <= set(SECRETS[secret["secretName"]])
        assert pod.spec["securityContext"]["fsGroup"] == USER_ID  # or it could not read them


def test_keys_are_where_they_belong(overlay: Manifests) -> None:
    """The private key is where versions are published and nowhere else; where there is one, all who
    read versions have the public key, and both are files of Secrets that the pods may read.
    """
    variables = {
        "signing-key": f"{TRAIN_PREFIX}SIGNING_KEY_FILE",
        "public-key": PUBLIC_KEY_VARIABLE,
    }
    holders: dict[str, set[str]] = {name: set() for name in variables}
    readers = set()
    for pod in overlay.pods.values():
        for container in pod.containers:
            mounts = {one["name"]: one for one in container["volumeMounts"]}
            if "models" in mounts:
                readers.add(container["name"])
            environment = overlay.environment(container)
            for name, variable in variables.items():
                assert (name in mounts) is (variable in environment)
                if name not in mounts:
                    continue
                holders[name].add(container["name"])
                assert mounts[name]["readOnly"] is True
                secret = pod.volumes[name]["secret"]
                (key,) = SECRETS[secret["secretName"]]
                assert environment[variable] == f"{mounts[name]['mountPath']}/{key}"
                assert secret["defaultMode"] == 0o444 or pod.spec["securityContext"]["fsGroup"]
    if holders["signing-key"]:
        assert holders["signing-key"] == readers & {"trainer", "fit"}
        assert holders["public-key"] == readers


def test_the_candidate_judges_where_it_is_asked_for(overlay: Manifests) -> None:
    """In inference alone, and whichever version is named while it runs."""
    for name in services(overlay):
        variables = overlay.environment(overlay.pods[name].container(name))
        assert variables.get("ANOMALY_SHADOW", FOLLOW) == FOLLOW
        assert "ANOMALY_SHADOW" not in variables or name == "inference"


def test_pods_drain_before_they_stop(overlay: Manifests) -> None:
    """The grace period holds preStop, in which proxies learn to send elsewhere, and gunicorn's
    own time to finish requests.
    """
    for name in services(overlay):
        pod = overlay.pods[name]
        command = pod.container(name)["lifecycle"]["preStop"]["exec"]["command"]
        assert command[0] == "sleep"
        assert pod.spec["terminationGracePeriodSeconds"] > int(command[1]) + GUNICORN_GRACE_S
