"""Options on where the models are, and on which of them to work."""

import argparse
import os
from pathlib import Path

from inference.store.signed import PUBLIC_KEY_VARIABLE
from trainer.store.opening import Keys, open_registry
from trainer.store.registry import ModelRegistry
from trainer.store.signing import SIGNING_KEY_VARIABLE


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
    parser.add_argument(
        "--sign-key",
        default=os.environ.get(SIGNING_KEY_VARIABLE, ""),
        metavar="FILE",
        help="private key, PEM, to sign with what is published; versions that are not signed with "
        f"it are refused then (default: ${SIGNING_KEY_VARIABLE}, else none)",
    )


def add_optional_version(parser: argparse.ArgumentParser) -> None:
    """The version that a command is about, by its place."""
    parser.add_argument(
        "version",
        type=int,
        nargs="?",
        metavar="N",
        help="the version (default: the current version)",
    )


def open_models(arguments: argparse.Namespace) -> ModelRegistry:
    """The registry over the store of `add_model_dir`.

    Raises:
        UnwritableStoreError: the object store does not answer, or is no address.
    """
    keys = Keys(arguments.sign_key, os.environ.get(PUBLIC_KEY_VARIABLE, ""))
    registry = open_registry(arguments.model_dir, arguments.model_store, keys)
    registry.pull()
    return registry
