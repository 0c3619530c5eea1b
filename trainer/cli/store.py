"""The options that say where the models are."""

import argparse
import os
from pathlib import Path

from trainer.store.opening import open_registry
from trainer.store.registry import ModelRegistry


def add_model_dir(parser: argparse.ArgumentParser) -> None:
    """The model store."""
    parser.add_argument(
        "--model-dir",
        type=Path,
        default=Path(os.environ.get("MODEL_DIR") or "models"),
        help="the model store (default: $MODEL_DIR, else models)",
    )
    parser.add_argument(
        "--model-store",
        default=os.environ.get("MODEL_STORE", ""),
        metavar="URL",
        help="object store that the model store is a copy of, as s3://bucket/prefix; what it has "
        "is fetched first, what is published goes there (default: $MODEL_STORE, else none)",
    )


def open_models(arguments: argparse.Namespace) -> ModelRegistry:
    """The registry over the store of `add_model_dir`.

    Raises:
        UnwritableStoreError: the object store does not answer, or is no address.
    """
    registry = open_registry(arguments.model_dir, arguments.model_store)
    registry.pull()
    return registry
