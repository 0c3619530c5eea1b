"""The configurations that the documentation prints: the blocks of a page that are no commands."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

DOCS: Final = Path(__file__).parent.parent / "docs"

_FENCE: Final = re.compile(r"^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMANDS: Final = {"bash", "sh", "python", "json", "text"}


class Configuration(msgspec.Struct, frozen=True):
    """One configuration.

    Attributes:
        where: page and line.
        section: the heading under which it stands.
        language: what the page says it is.
        text: the configuration.
    """

    where: str
    section: str
    language: str
    text: str

    def adapted(self, changes: Mapping[str, str]) -> str:
        """The text for a test: each address or path that is a reader's own is replaced.

        Raises:
            AssertionError: the page does not have one of them.
        """
        text = self.text
        for printed, own in changes.items():
            assert printed in text, f"{self.where} does not say {printed}"
            text = text.replace(printed, own)
        return text


def read_configurations(page: Path) -> list[Configuration]:
    """All configurations of a page, in their order."""
    text = page.read_text()
    found: list[Configuration] = []
    for match in _FENCE.finditer(text):
        if match["language"] in _COMMANDS:
            continue
        before = text[: match.start()]
        (section,) = re.findall(r"(?m)^#+ (.+)$", before)[-1:]
        line = before.count("\n") + 1
        where = f"{page.relative_to(DOCS)}:{line}"
        found.append(Configuration(where, section, match["language"], match["text"]))
    return found


def configurations(page: str, section: str) -> list[Configuration]:
    """The configurations under one heading of a page below docs/."""
    found = [
        configuration
        for configuration in read_configurations(DOCS / page)
        if configuration.section == section
    ]
    assert found, f"{page} has no configuration under {section}"
    return found
