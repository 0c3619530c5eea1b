"""What has served, and where a rollback goes."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.api.training import TrainResponse
from trainer.errors import StoreError
from trainer.store.history import HISTORY_FILE, read_history, steps_before
from trainer.store.registry import ModelRegistry

Publish = Callable[..., TrainResponse]


def test_activate_and_rollback(model_dir: Path, publish: Publish) -> None:
    """CURRENT goes to any whole version, and back by the way that it came."""
    registry = ModelRegistry(model_dir)
    publish()
    publish()
    registry.activate(1)
    assert registry.current_version() == 1
    assert registry.rollback().version == 3
    registry.activate(1)
    publish()
    assert [registry.rollback().version for _ in range(4)] == [1, 3, 2, 1]
    with pytest.raises(StoreError, match="no version served before 1"):
        registry.rollback()


@pytest.mark.parametrize("history", [None, b"", b"x \xff 99 1234567890123\n"])
def test_a_rollback_without_history_goes_to_the_number_below(
    model_dir: Path, publish: Publish, history: bytes | None
) -> None:
    """As in a store of an earlier release, or where the file was lost or spoilt."""
    registry = ModelRegistry(model_dir)
    publish()
    publish()
    path = registry.root / HISTORY_FILE
    if history is None:
        path.unlink()
    else:
        path.write_bytes(history)
    assert registry.rollback().version == 2


@pytest.mark.parametrize(
    ("history", "current", "steps"),
    [
        ([1, 2, 3], 3, [1, 2]),
        ([1, 2], 3, [1, 2]),
        ([1, 2, 3], 2, [1]),
        ([1, 2, 1], 1, [2]),
        ([1, 4, 2], 2, [1]),
        ([], 3, [2]),
        ([3], 3, [2]),
        ([], 1, []),
    ],
    ids=["usual", "not yet told", "rolled back", "again", "deleted", "none", "first", "lowest"],
)
def test_the_way_back(history: list[int], current: int, steps: list[int]) -> None:
    """By what HISTORY knows, also where a crash left it a step behind CURRENT or ahead of it."""
    assert steps_before(history, current, {1, 2, 3}) == steps


@given(st.lists(st.integers(1, 5)), st.integers(1, 5), st.sets(st.integers(1, 5)))
def test_what_served_before_is_there_and_something_else(
    history: list[int], current: int, versions: set[int]
) -> None:
    """Whatever HISTORY says: a rollback never stays where it is, and finds what there is below."""
    steps = steps_before(history, current, versions)
    assert set(steps) <= versions - {current}
    assert steps or not any(version < current for version in versions)


def test_a_rollback_on_an_empty_store_is_refused(tmp_path: Path) -> None:
    """There is nothing to go back to."""
    with pytest.raises(StoreError, match="no model store"):
        ModelRegistry(tmp_path).rollback()


def test_a_version_can_be_deleted(tmp_path: Path) -> None:
    """But neither the current version nor that which a rollback would go to."""
    registry = ModelRegistry(tmp_path)
    for number in range(3):
        registry.publish({"manifest.json": b"manifest %d" % number})
    registry.delete(1)
    assert registry.versions() == [2, 3]
    for version, reason in ((3, "is current"), (2, "rollback would go to"), (1, "there is: 2, 3")):
        with pytest.raises(StoreError, match=reason):
            registry.delete(version)
    assert registry.versions() == [2, 3]
    assert read_history(registry.root) == [2, 3]
