"""Where commands and jobs find models: a folder, with an object store behind it or not."""

from pathlib import Path

from inference.errors import RemoteStoreError
from trainer.errors import UnwritableStoreError
from trainer.store.registry import ModelRegistry


def open_registry(model_dir: str | Path, model_store: str = "") -> ModelRegistry:
    """The registry over a store.

    Args:
        model_dir: where the store is; a copy, if there is an object store behind it.
        model_store: address of that one; "" for none. What it has is brought here by `pull`, which
            no process may do before it forks: the threads of obstore do not survive that.

    Raises:
        UnwritableStoreError: it is no address.
    """
    if not model_store:
        return ModelRegistry(Path(model_dir))
    from trainer.store.remote_writer import RemoteWriter  # noqa: PLC0415 - loads obstore

    try:
        registry = ModelRegistry(Path(model_dir), RemoteWriter(model_store))
    except RemoteStoreError as error:
        raise UnwritableStoreError(str(error)) from error
    return registry


Models = str | Path | ModelRegistry
"""Where a job finds models: the folder of a store, or a registry over one."""


def registry_over(models: Models) -> ModelRegistry:
    """The registry that is meant."""
    return models if isinstance(models, ModelRegistry) else ModelRegistry(Path(models))
