"""Builds images with buildah, without a daemon."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from tests.e2e.containers import Image, ImageConfig, Mount

BASE: Final = "docker.io/library/python:3.11-slim-bookworm"
"""What both Dockerfiles build on."""

BUILD_TIMEOUT_S: Final = 600.0


class Buildah:
    """buildah with all of its state in one directory."""

    def __init__(self, state: Path) -> None:
        self._command = [
            "buildah",
            "--storage-driver=vfs",
            f"--root={state / 'root'}",
            f"--runroot={state / 'run'}",
        ]

    def import_base(self, archive: Path) -> None:
        """Make the base image of a root file system in a tar file."""
        container = self._run("from", "scratch")
        self._run("add", "--quiet", container, str(archive), "/")
        self._run("commit", "--quiet", "--rm", container, BASE)

    def build(
        self,
        context: Path,
        dockerfile: str,
        mounts: Sequence[Mount],
        arguments: Mapping[str, str] | None = None,
    ) -> Image:
        """Build a Dockerfile and unpack the image.

        Args:
            context: the folder that it copies from.
            dockerfile: its name there.
            mounts: what the build sees besides.
            arguments: its build arguments.
        """
        given = arguments or {}
        name = "-".join([f"localhost/{dockerfile.lower()}", *given.values()])
        self._run(
            "bud",
            "--isolation=chroot",
            "--network=host",
            "--pull=never",
            "--format=docker",  # the other format has no health checks
            *(f"--volume={mount}" for mount in mounts),
            *(f"--build-arg={key}={value}" for key, value in given.items()),
            f"--file={context / dockerfile}",
            f"--tag={name}",
            str(context),
        )
        description = msgspec.json.decode(self._run("inspect", "--type=image", name))
        container = self._run("from", "--pull-never", name)
        return Image(
            Path(self._run("mount", container)),
            msgspec.convert(description["Docker"]["config"], ImageConfig),
            self._size_bytes(name),
            self._size_bytes(BASE),
        )

    def _size_bytes(self, name: str) -> int:
        sizes = msgspec.json.decode(self._run("images", "--json", name))
        return _bytes(sizes[0]["size"])

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(
            [*self._command, *arguments],
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if arguments[0] == "bud" else subprocess.PIPE,
            text=True,
            timeout=BUILD_TIMEOUT_S,
        )
        assert done.returncode == 0, f"buildah {' '.join(arguments)}:\n{done.stdout}{done.stderr}"
        return done.stdout.strip()


def _bytes(size: str) -> int:
    """A size as buildah writes it, such as "333 MB"."""
    number, unit = size.split()
    return int(float(number) * {"KB": 1e3, "MB": 1e6, "GB": 1e9}[unit])
