"""Where commands and jobs find models: a folder, perhaps a copy of an object store."""

from pathlib import Path

import msgspec

from inference.errors import RemoteStoreError
from inference.store.signed import verifier_by
from trainer.errors import UnwritableStoreError
from trainer.store.registry import ModelRegistry
from trainer.store.signing import signer_by


class Keys(msgspec.Struct, frozen=True):
    """Files with keys, PEM; each may be empty for none.

    Attributes:
        signing: private; what is published is signed with it.
        public: versions have to be signed by its private half; by default by `signing`.
    """

    signing: str = ""
    public: str = ""


def open_registry(
    model_dir: str | Path,
    model_store: str = "",
    keys: Keys = Keys(),
) -> ModelRegistry:
    """The registry over a store.

    Args:
        model_dir: where the store is; a copy, if there is an object store behind it.
        model_store: address of the object store; "" for none. `pull` copies its versions
            here, which no process may do before it forks: obstore's threads do not survive that.

        keys: with which versions are signed and verified.

    Raises:
        UnwritableStoreError: the address is malformed.
        SettingsError: a file is no key.
    """
    signer = signer_by(keys.signing)
    verifier = verifier_by(keys.public) or (signer.verifier if signer else None)
    if not model_store:
        return ModelRegistry(Path(model_dir), signer=signer, verifier=verifier)
    from trainer.store.remote_writer import RemoteWriter  # noqa: PLC0415 - loads obstore

    try:
        remote = RemoteWriter(model_store)
    except RemoteStoreError as error:
        raise UnwritableStoreError(str(error)) from error
    return ModelRegistry(Path(model_dir), remote, signer=signer, verifier=verifier)


Models = str | Path | ModelRegistry
"""Where a job finds models: the folder of a store, or a registry over a store."""


def registry_over(models: Models) -> ModelRegistry:
    """The registry that is meant."""
    return models if isinstance(models, ModelRegistry) else ModelRegistry(Path(models))
