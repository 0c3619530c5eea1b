"""docs/integrations.md lists every integration, and the configurations of its pages can be read."""

import ast
import configparser
import json
import re
import tomllib
from collections.abc import Callable
from typing import Any, Final

import pytest
import yaml

from schemas.api.operations import SCOPES_BY_PATH
from tests.configurations import DOCS, Configuration, read_configurations

ROWS: Final = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in re.findall(r"(?m)^\| .* \|$", (DOCS / "integrations.md").read_text())
][2:]
PAGES: Final = sorted((DOCS / "integrations").glob("*.md"))
CONFIGURATIONS: Final = [
    configuration
    for page in (*PAGES, DOCS / "proxies.md")
    for configuration in read_configurations(page)
]

ENDINGS: Final = ("", "?return=none", "?on_error=report")
"""Of a path in a configuration."""


def read_ini(text: str) -> object:
    """Settings as NAME=value lines."""
    parser = configparser.ConfigParser()
    parser.read_string(f"[all]\n{text}")
    return dict(parser["all"])


def read_nested(text: str) -> object:
    """Braces, brackets and parentheses of syslog-ng, nginx, JavaScript: each is closed."""
    bare = re.sub(r'"(?:\\.|[^"\\])*"', "", text)
    waiting: list[str] = []
    for mark in re.findall(r"[][(){}]", bare):
        if mark in "([{":
            waiting.append(mark)
        else:
            assert waiting.pop() + mark in {"()", "[]", "{}"}
    assert not waiting
    return bare


READERS: Final[dict[str, Callable[[str], Any]]] = {
    "yaml": yaml.safe_load,
    "toml": tomllib.loads,
    "json": json.loads,
    "ini": read_ini,
    "py": ast.parse,
}


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_each_row_names_a_page_and_a_check_that_are_there(row: list[str]) -> None:
    """The tests that it names exist, and speak of the peer; what was not run is marked so."""
    _, paths, page, check = row
    (name,) = re.findall(r"\(([^)#]+)[^)]*\)", page)
    assert (DOCS / name).is_file()
    tests = re.findall(r"`(tests/[^`]+)`", check)
    assert tests
    assert all((DOCS.parent / test).is_file() for test in tests)
    assert check.endswith("; not run") or any(test.startswith("tests/e2e/") for test in tests)
    known = re.findall("`([^`]+)`", paths)
    assert all(any(scope.startswith(path) for scope in SCOPES_BY_PATH) for path in known)


def test_every_page_is_listed() -> None:
    """Each page of an integration has a row, raw logs excepted, which all of them are."""
    listed = {name for row in ROWS for name in re.findall(r"\((integrations/[^)#]+)", row[2])}
    assert listed == {f"integrations/{page.name}" for page in PAGES} - {"integrations/raw-logs.md"}


@pytest.mark.parametrize(
    "configuration", CONFIGURATIONS, ids=lambda configuration: configuration.where
)
def test_each_configuration_can_be_read(configuration: Configuration) -> None:
    """As what its page says it is; those of formats without a reader here close what they open."""
    assert READERS.get(configuration.language, read_nested)(configuration.text)


@pytest.mark.parametrize(
    "configuration", CONFIGURATIONS, ids=lambda configuration: configuration.where
)
def test_each_configuration_asks_for_paths_that_exist(configuration: Configuration) -> None:
    """With no word behind it that the service does not know."""
    for address in re.findall(r"http://log-anomaly:8000(/[^\s\"#]*)", configuration.text):
        path, mark, query = address.partition("?")
        assert path in SCOPES_BY_PATH, address
        assert mark + query in ENDINGS, address
    for path in re.findall(r"(?:uri: |restpath=\"|endpoint: \")/?([^\s\"?]+)", configuration.text):
        assert path.startswith("http") or f"/{path}" in SCOPES_BY_PATH, path
