"""The objects that the Kubernetes overlays make, and what pods in them get."""

import math
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import msgspec

from tests.e2e.containers import ROOT

KUBERNETES: Final = ROOT / "deploy" / "kubernetes"
SECRETS: Final = {
    "log-anomaly-object-store": ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
    "log-anomaly-tokens": ("tokens", "trainer-token", "prometheus-token"),
    "log-anomaly-signing-key": ("signing-key.pem",),
    "log-anomaly-public-key": ("public-key.pem",),
}
"""The Secrets that deploy/README.md has people make, and their keys."""

Object = dict[str, Any]
Read = Callable[[Path], list[Object]]


class Pod(msgspec.Struct, frozen=True):
    """What starts pods, and how these are.

    Attributes:
        component: the label that says what it is of us.
        labels: all labels.
        spec: its spec.
        jobs: whether it ends by itself.
    """

    component: str
    labels: dict[str, str]
    spec: Object
    jobs: bool

    @property
    def containers(self) -> list[Object]:
        """All of its containers, those that start first before the others."""
        return [*self.spec.get("initContainers", ()), *self.spec["containers"]]

    @property
    def volumes(self) -> dict[str, Object]:
        """Its volumes by name."""
        return {volume["name"]: volume for volume in self.spec["volumes"]}

    def container(self, name: str) -> Object:
        """The container of a name."""
        (found,) = [container for container in self.containers if container["name"] == name]
        return found


class Manifests(msgspec.Struct, frozen=True):
    """What an overlay makes.

    Attributes:
        path: all of it, as YAML.
        objects: its objects as `Kind/name`.
    """

    path: Path
    objects: dict[str, Object]

    def of(self, kind: str) -> list[Object]:
        """The objects of a kind."""
        return [object_ for object_ in self.objects.values() if object_["kind"] == kind]

    @property
    def pods(self) -> dict[str, Pod]:
        """What starts pods, by component."""
        return {pod.component: pod for pod in self._pods()}

    def _pods(self) -> Iterator[Pod]:
        for workload in self.objects.values():
            if workload["kind"] == "Deployment":
                template = workload["spec"]["template"]
            elif workload["kind"] == "CronJob":
                template = workload["spec"]["jobTemplate"]["spec"]["template"]
            else:
                continue
            labels = template["metadata"]["labels"]
            component = labels["app.kubernetes.io/component"]
            yield Pod(component, labels, template["spec"], workload["kind"] == "CronJob")

    def environment(self, container: Object) -> dict[str, str]:
        """The variables that a container gets beside its image's; Secrets' values are made up."""
        variables: dict[str, str] = {}
        for source in container.get("envFrom", ()):
            if "configMapRef" in source:
                variables |= self.objects[f"ConfigMap/{source['configMapRef']['name']}"]["data"]
            else:
                variables |= dict.fromkeys(SECRETS[source["secretRef"]["name"]], "made up")
        for variable in container.get("env", ()):
            if "value" in variable:
                variables[variable["name"]] = variable["value"]
            else:
                field = variable["valueFrom"]["resourceFieldRef"]
                assert (field["resource"], field["divisor"]) == ("limits.cpu", "1")
                cores = float(container["resources"]["limits"]["cpu"])
                variables[variable["name"]] = str(math.ceil(cores))
        return variables


def build(tools: Path, folder: Path, out: Path, read_yaml: Read) -> Manifests:
    """Build a kustomization as `kubectl apply -k` does.

    Args:
        tools: where kubectl is.
        folder: the kustomization's.
        out: the file to write.
        read_yaml: reads it.
    """
    done = subprocess.run(
        [tools / "kubectl", "kustomize", folder, f"--output={out}"],
        check=False,
        capture_output=True,
        text=True,
    )
    # Warnings are of what a later kustomize refuses.
    assert (done.returncode, done.stderr) == (0, "")
    documents = read_yaml(out)
    return Manifests(
        out,
        {f"{document['kind']}/{document['metadata']['name']}": document for document in documents},
    )
