"""Models that are compared, published or just fitted, under the names a report calls them by."""

from collections.abc import Mapping

import msgspec

from inference.errors import BrokenVersionError, NoModelError
from inference.model.model import Model
from trainer.errors import NoVersionError, UnfitVersionError
from trainer.store.faults import no_version
from trainer.store.registry import ModelRegistry


class Candidate(msgspec.Struct, frozen=True):
    """A loaded model that is compared with others.

    Attributes:
        name: what to call it; unique among the models compared.
        model: what judges.
        files: of its bundle, by name.
    """

    name: str
    model: Model
    files: Mapping[str, bytes]


def load_candidate(registry: ModelRegistry, version: int, name: str = "") -> Candidate:
    """A published model, verified and loaded as serving loads it.

    Args:
        registry: where it is.
        version: its number.
        name: what to call it beside its version; nothing by default.

    Raises:
        NoVersionError: there is no such version.
        UnfitVersionError: it does not load.
    """
    if version not in registry.versions():
        raise no_version(version, registry.versions())
    try:
        bundle = registry.bundle(version)
        model = Model(bundle, memo_capacity=1)
    except BrokenVersionError as error:
        raise UnfitVersionError(str(error)) from error
    note = f", {name}" if name else ""
    return Candidate(f"{bundle.manifest.detector} (version {version}{note})", model, bundle.files)


def current_version(registry: ModelRegistry) -> int:
    """The version that serves.

    Raises:
        NoVersionError: there is none.
    """
    try:
        return registry.current_version()
    except (NoModelError, BrokenVersionError) as error:
        raise NoVersionError(
            f"{error}; give --version N, or train first: python -m trainer fit"
        ) from error
