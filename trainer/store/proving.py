"""Loads a version as a service does, before a file names it."""

from inference.errors import BrokenVersionError
from inference.model.model import Model
from inference.store.versions import ModelStore
from schemas.bundle.contents import Bundle
from trainer.errors import UnfitVersionError
from trainer.store.faults import no_version


def loaded(store: ModelStore, version: int, file: str) -> Bundle:
    """A version that loads.

    Args:
        store: where it is.
        version: its number.
        file: what is to name it.

    Raises:
        NoVersionError: there is no such version.
        UnfitVersionError: it does not load.
    """
    if version not in store.versions():
        raise no_version(version, store.versions())
    try:
        bundle = store.bundle(version)
        Model(bundle, memo_capacity=1)
    except BrokenVersionError as error:
        raise UnfitVersionError(f"{error}; {file} stays as it is") from error
    return bundle
