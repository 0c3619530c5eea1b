"""The list of the versions in a store, for its users."""

from typing import Final

from inference.errors import BrokenVersionError, NoModelError
from inference.store.versions import ModelStore
from schemas.api.models import ModelList, PublishedVersion

MAX_LISTED: Final = 1_000
"""How many versions are listed, the newest first; our own writers keep fewer."""


def list_versions(store: ModelStore) -> ModelList:
    """All versions by their manifests; their other files are verified when they are loaded."""
    try:
        current = store.current_version()
    except (NoModelError, BrokenVersionError):
        current = None
    versions = [
        _published(store, version, is_current=version == current)
        for version in store.versions()[-MAX_LISTED:]
    ]
    return ModelList(None if current is None else str(current), versions)


def _published(store: ModelStore, version: int, *, is_current: bool) -> PublishedVersion:
    try:
        manifest, digest = store.manifest(version), store.digest(version)
        store.check_files(version, manifest)
    except BrokenVersionError as error:
        return PublishedVersion(str(version), is_current, fault=str(error))
    return PublishedVersion(
        str(version),
        is_current,
        digest,
        manifest.detector,
        manifest.created_at,
        manifest.training.n_samples,
        manifest.options.contamination,
    )
