"""Pairs of keys for tests of signatures."""

from pathlib import Path

import pytest

from trainer.store.opening import Keys


def make_keys(folder: Path) -> Keys:
    """A new pair of the curve P-256, in PEM; skips the test where no library makes it."""
    pytest.importorskip("cryptography", reason="the library cryptography is not installed")
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - see above
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415 - see above

    key = ec.generate_private_key(ec.SECP256R1())
    folder.mkdir()
    private, public = folder / "key.pem", folder / "key.pub"
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    public.write_bytes(
        key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )
    return Keys(str(private), str(public))
