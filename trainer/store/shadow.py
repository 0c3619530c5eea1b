"""Names the candidate: the version by which services judge beside the current version."""

from collections.abc import Iterator
from contextlib import contextmanager

from inference.errors import BrokenVersionError
from inference.model.model import Model
from inference.store.versions import CANDIDATE_FILE, ModelStore
from inference.store.writing import StoreWriter
from trainer.errors import NoVersionError, UnfitVersionError
from trainer.store.faults import no_version, unwritable

__all__ = ["name_candidate", "name_no_candidate"]


def name_candidate(store: ModelStore, version: int) -> None:
    """Have services that follow CANDIDATE judge by a version too.

    Raises:
        NoVersionError: there is no such version.
        UnfitVersionError: it does not load.
        UnwritableStoreError: the store cannot be written.
    """
    with _locked(store) as writer:
        if version not in store.versions():
            raise no_version(version, store.versions())
        try:
            Model(store.bundle(version), memo_capacity=1)
        except BrokenVersionError as error:
            raise UnfitVersionError(f"{error}; CANDIDATE stays as it is") from error
        writer.files.replace(CANDIDATE_FILE, b"%d\n" % version)


def name_no_candidate(store: ModelStore) -> None:
    """Have services judge by the current version alone; raises as `name_candidate`."""
    with _locked(store):
        (store.root / CANDIDATE_FILE).unlink(missing_ok=True)


@contextmanager
def _locked(store: ModelStore) -> Iterator[StoreWriter]:
    if not store.root.is_dir():
        raise NoVersionError("there is no model store; see --model-dir and MODEL_DIR")
    writer = StoreWriter(store)
    try:
        with writer.locked():
            yield writer
    except OSError as error:
        raise unwritable(error) from error
