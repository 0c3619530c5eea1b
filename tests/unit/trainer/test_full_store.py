"""Stores that take nothing more: what is reported, what stays, what is cleaned up."""

import errno
import os
from pathlib import Path

import pytest

from trainer.errors import StoreError
from trainer.store.registry import ModelRegistry


def made_files(number: int) -> dict[str, bytes]:
    """Content of a version; the registry does not look into it."""
    return {"model.onnx": b"model %d" % number, "manifest.json": b"manifest %d" % number}


class FullDisk:
    """An fsync that finds no room from its n-th call on."""

    def __init__(self, fails_at: int) -> None:
        self._left = fails_at

    def __call__(self, _descriptor: int) -> None:
        """Flush, or find no room."""
        self._left -= 1
        if self._left < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/secret/place")


@pytest.mark.parametrize("step", range(8))
def test_a_publishing_that_finds_no_room_leaves_nothing(tmp_path: Path, step: int) -> None:
    """Whatever write fails, no leftover keeps the disk full, and the old version is current.

    The error says why and not where the store is.
    """
    ModelRegistry(tmp_path, sleep=lambda _: None).publish(made_files(0))
    full = ModelRegistry(tmp_path, sleep=lambda _: None, fsync=FullDisk(step))
    if step < 5:
        with pytest.raises(StoreError, match="No space left on device") as raised:
            full.publish(made_files(1))
        assert "secret" not in str(raised.value)
        assert str(tmp_path) not in str(raised.value)
        assert (full.current_version(), full.versions()) == (1, [1])
    else:  # CURRENT is replaced by then: only that it lasts is not certain
        with pytest.raises(StoreError, match="No space left on device"):
            full.publish(made_files(1))
        assert (full.current_version(), full.versions()) == (2, [1, 2])
    assert not list(full.root.glob(".tmp-*"))


def test_a_store_without_room_is_found_out_early(tmp_path: Path) -> None:
    """The check writes a file and flushes it; no trace of that stays."""
    registry = ModelRegistry(tmp_path)
    registry.check_writable()
    registry.publish(made_files(0))
    registry.check_writable()
    assert not list(registry.root.glob(".tmp-*"))
    with pytest.raises(StoreError, match="No space left on device"):
        ModelRegistry(tmp_path, fsync=FullDisk(0)).check_writable()


def test_a_store_in_a_file_is_found_out_early(tmp_path: Path) -> None:
    """A model directory that is a file takes no version."""
    (tmp_path / "models").write_text("")
    with pytest.raises(StoreError, match="cannot be written: Not a directory"):
        ModelRegistry(tmp_path / "models").check_writable()


def test_leftovers_of_a_crash_go_at_the_next_start(tmp_path: Path) -> None:
    """Tidying removes them, and makes no store where there is none."""
    registry = ModelRegistry(tmp_path)
    registry.tidy()
    assert not registry.root.exists()
    registry.publish(made_files(0))
    (registry.root / ".tmp-abc").mkdir()
    (registry.root / ".tmp-abc" / "model.onnx").write_bytes(b"half")
    (registry.root / ".tmp-NEXT").write_bytes(b"2\n")
    registry.tidy()
    assert not list(registry.root.glob(".tmp-*"))
    assert registry.versions() == [1]
