"""Whatever the bytes, a decoder ends in what it is for or in its own error, and in nothing else.

Requests have a test of their own (tests/unit/schemas/test_validation.py).
"""

import contextlib
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inference.access.tokens import TokensError, make_line, parse_tokens, read_token
from inference.environment import SettingsError, load_settings
from inference.errors import BrokenVersionError, NoModelError
from inference.settings import PREFIX, InferenceSettings
from inference.store.versions import ModelStore
from schemas.bundle.manifest import Manifest, UnreadableManifestError
from schemas.bundle.tables import Tables, UnreadableTablesError
from tests.damage import damaged

TOKENS = "".join(
    f"# a comment\n{make_line(name, ('predict', 'train'), name * 40)}\n" for name in "ab"
)

same_directory = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
"""Each example writes its own content over that of the example before."""


@pytest.fixture(scope="module")
def version(surprisal_dir: Path) -> Path:
    """The directory of a version that was published."""
    return ModelStore(surprisal_dir).path(1)


@same_directory
@given(data=st.data())
def test_manifests(version: Path, data: st.DataObject) -> None:
    """A manifest is read, or unreadable."""
    seed = (version / "manifest.json").read_bytes()
    try:
        manifest = Manifest.from_json(data.draw(damaged([seed])))
    except UnreadableManifestError:
        return
    assert Manifest.from_json(manifest.to_json()) == manifest


@same_directory
@given(data=st.data())
def test_tables(version: Path, data: st.DataObject) -> None:
    """Tables are read, or unreadable; nothing is ever unpickled."""
    seed = (version / "tables.npz").read_bytes()
    try:
        tables = Tables.from_bytes(data.draw(damaged([seed])))
    except UnreadableTablesError:
        return
    assert tables.percentiles.shape == (1_000,)


@same_directory
@given(content=damaged([b"1\n", b"17", b"999999999"]))
def test_the_current_version(tmp_path: Path, content: bytes) -> None:
    """CURRENT holds a number of a version, or is broken."""
    store = ModelStore(tmp_path)
    store.root.mkdir(exist_ok=True)
    (store.root / "CURRENT").write_bytes(content)
    try:
        number = store.current_version()
    except (BrokenVersionError, NoModelError):
        return
    assert number == int(content)


@same_directory
@given(content=damaged([TOKENS.encode()]))
def test_tokens(tmp_path: Path, content: bytes) -> None:
    """Files of tokens, and of a token, are read, or refused."""
    path = tmp_path / "tokens"
    path.write_bytes(content)
    readers: tuple[Callable[[], object], ...] = (
        lambda: read_token(path),
        lambda: parse_tokens(content.decode("utf-8", "surrogateescape")),
    )
    for reader in readers:
        with contextlib.suppress(TokensError):
            reader()


variables = [field.encode_name for field in msgspec.structs.fields(InferenceSettings)]
# What an environment can hold: no NUL, and bytes that are not UTF-8 as surrogates.
values = st.sampled_from(
    ["1", "-1", "1e400", "nan", "2.0", "true", "http://a", "\udcff", "9" * 5_000, "tcp://1:2"]
) | st.text(st.characters(exclude_characters="\0"), max_size=20)
names = st.sampled_from([*variables, f"{PREFIX}X", "PORTS"])


@given(st.dictionaries(names, values, max_size=6))
def test_settings(environ: dict[str, str]) -> None:
    """Settings are loaded, or refused with a line for each problem."""
    try:
        load_settings(InferenceSettings, environ, PREFIX)
    except SettingsError as error:
        n_problems = str(error).count("\n") + 1
    else:
        n_problems = 0
    assert n_problems <= len(environ)
