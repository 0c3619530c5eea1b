"""Writes the bill of materials of an image: what `python -m scripts.sbom NAME` prints.

CycloneDX 1.6 as JSON; the same bytes for the same pins, on the images' Python. It lists the Python
packages that an image is built from, with their licences; the base image's own packages are its
vendor's to list.
"""

import sys
import uuid
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Final

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL
from packaging.requirements import Requirement

from schemas.version import __version__

ROOT: Final = Path(__file__).parent.parent
IMAGES: Final = {
    "serve": "log-anomaly inference",
    "signed": "log-anomaly inference that verifies signatures",
    "mirror": "log-anomaly inference with mirror",
    "train": "log-anomaly trainer",
}

_IMAGE_MARKERS: Final = {
    "sys_platform": "linux",
    "platform_system": "Linux",
    "os_name": "posix",
    "python_version": "3.11",
    "python_full_version": "3.11.0",
    "implementation_name": "cpython",
    "platform_python_implementation": "CPython",
}
"""What the images run, for pins that are for other systems only."""


def pinned(requirements: str) -> Iterator[tuple[str, str]]:
    """Name and version of each package that pins with hashes install in an image."""
    for line in requirements.splitlines():
        if "==" in line and not line.startswith((" ", "#")):
            requirement = Requirement(line.removesuffix("\\"))
            if not requirement.marker or requirement.marker.evaluate(_IMAGE_MARKERS):
                (specifier,) = requirement.specifier
                yield requirement.name, specifier.version


def bill(image: str) -> str:
    """The bill of materials of an image.

    Args:
        image: a name of `IMAGES`.
    """
    requirements = (ROOT / "requirements" / f"{image}.txt").read_text()
    ours = Component(
        name=IMAGES[image],
        version=__version__,
        type=ComponentType.CONTAINER,
        bom_ref=image,
        licenses=[LicenseFactory().make_from_string("MIT")],
    )
    serial = uuid.uuid5(uuid.NAMESPACE_URL, f"{image} {__version__} {requirements}")
    # Without its time, which would make each writing another file.
    bom = Bom(serial_number=serial)
    bom.metadata.timestamp = None  # type: ignore[assignment]  # optional in the format
    bom.metadata.component = ours
    for name, version in pinned(requirements):
        component = Component(
            name=name,
            version=version,
            type=ComponentType.LIBRARY,
            bom_ref=f"{name}=={version}",
            purl=PackageURL("pypi", None, name, version),
            licenses=[LicenseFactory().make_from_string(licence) for licence in _licences(name)],
        )
        bom.components.add(component)
        bom.register_dependency(ours, [component])
    return JsonV1Dot6(bom).output_as_string(indent=2) + "\n"


def _licences(name: str) -> list[str]:
    """What the installed package says of its licence, in one line; nothing if it does not."""
    try:
        written = metadata(name).json
    except PackageNotFoundError:  # on another Python than the images'
        return []
    for field in ("license_expression", "license"):
        value = written.get(field)
        if isinstance(value, str) and "\n" not in value:
            return [value]
    return []


if __name__ == "__main__":
    sys.stdout.write(bill(sys.argv[1]))
