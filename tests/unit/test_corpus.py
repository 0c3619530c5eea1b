"""What the fuzzer begins with and what it once found, replayed."""

from pathlib import Path

import pytest

from tests.fuzz.targets import NAMES, decode

CORPUS = Path(__file__).parent.parent / "fuzz" / "corpus"
KEPT = sorted(CORPUS.glob("*/*"))


@pytest.mark.parametrize("path", KEPT, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_a_kept_input_ends_in_the_decoders_own_way(path: Path) -> None:
    """It is taken, or refused with an error of the decoder's own."""
    decode(path.parent.name, path.read_bytes())


def test_every_target_has_something_to_begin_with() -> None:
    """Some input of each target is right: the fuzzer then gets behind the first check."""
    assert {path.parent.name for path in KEPT} == set(NAMES)
    for name in set(NAMES) - {"manifest", "tables"}:  # theirs change with the format
        assert any(decode(name, path.read_bytes()) for path in (CORPUS / name).iterdir()), name
