"""Names the candidate: the version by which services judge beside the current version."""

from inference.store.versions import CANDIDATE_FILE
from trainer.store.proving import loaded
from trainer.store.registry import ModelRegistry

__all__ = ["name_candidate", "name_no_candidate"]


def name_candidate(registry: ModelRegistry, version: int) -> None:
    """Have services that follow CANDIDATE judge by a version too.

    Raises:
        NoVersionError: there is no such version.
        UnfitVersionError: it does not load.
        UnwritableStoreError: the store cannot be written.
    """
    registry.pull()
    with registry.locked():
        bundle = loaded(registry, version, CANDIDATE_FILE)
        if registry.remote is not None:
            registry.remote.point_to(version, bundle.digest, name=CANDIDATE_FILE)
        registry.writer.files.replace(CANDIDATE_FILE, b"%d\n" % version)


def name_no_candidate(registry: ModelRegistry) -> None:
    """Have services judge by the current version alone; raises as `name_candidate`."""
    with registry.locked():
        if registry.remote is not None:
            registry.remote.name_no_candidate()
        (registry.root / CANDIDATE_FILE).unlink(missing_ok=True)
