"""The bills of materials of the images."""

import json
import re

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from scripts.sbom import IMAGES, ROOT, bill, pinned


@pytest.mark.parametrize("image", IMAGES)
def test_it_is_cyclonedx_and_lists_every_pin(image: str) -> None:
    """Valid by the format's own schema; each package that the image installs, once."""
    written = bill(image)
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(written) is None
    components = json.loads(written)["components"]
    names = [component["name"] for component in components]
    assert len(names) == len(set(names)) > 10
    assert set(names) == set(re.findall(r"^([\w.-]+)==", requirements(image), re.MULTILINE))
    plain = re.findall(r"^([\w.-]+)==(\S+) \\$", requirements(image), re.MULTILINE)
    listed = {component["purl"] for component in components}
    assert {f"pkg:pypi/{name}@{version}" for name, version in plain} <= listed


def requirements(image: str) -> str:
    """The pins of an image."""
    return (ROOT / "requirements" / f"{image}.txt").read_text()


def test_the_same_pins_give_the_same_bytes() -> None:
    """It can be compared, and signed: no time and no random number is in it."""
    assert bill("serve") == bill("serve")


def test_pins_for_other_systems_are_left_out() -> None:
    """Pins hold for every system; what an image does not install is no material of it."""
    lines = [
        "# a comment",
        "uvloop==0.23.0 \\",
        "    --hash=sha256:00",
        "colorama==0.4.6 ; sys_platform == 'win32' \\",
        "numpy==2.4.6 ; python_full_version < '3.12' \\",
        "numpy==2.5.5 ; python_full_version >= '3.12' \\",
        "dask[array]==2026.8.0 \\",
    ]
    expected = [("uvloop", "0.23.0"), ("numpy", "2.4.6"), ("dask", "2026.8.0")]
    assert list(pinned("\n".join(lines))) == expected


def test_licences_are_named() -> None:
    """All but a few packages say under which licence they are."""
    components = json.loads(bill("train"))["components"]
    with_licence = [component for component in components if "licenses" in component]
    assert len(with_licence) > len(components) / 2
