"""Signs what is published, for services that verify it (`inference.store.signed`)."""

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, cast

from inference.environment import SettingsError
from inference.store.signed import Verifier, algorithm_of, from_key_file, hint_of
from inference.store.versions import MODEL_NAME
from schemas.bundle.manifest import PATTERNS_FILE, REPORT_FILE
from schemas.bundle.signature import (
    SIGNATURE_FILE,
    Signature,
    signature_to_json,
    signed_bytes,
    statement,
)

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

SIGNING_KEY_VARIABLE: Final = "ANOMALY_TRAIN_SIGNING_KEY_FILE"

_BESIDE: Final = [SIGNATURE_FILE, REPORT_FILE, PATTERNS_FILE]
"""Files that are not signed: they are for people, no service reads them, and they may go."""


class Signer:
    """Signs versions with a private key.

    Attributes:
        verifier: by the public half of it.

    Args:
        key: elliptic, of the curve P-256, P-384 or P-521.
    """

    def __init__(self, key: "EllipticCurvePrivateKey") -> None:
        self._key = key
        self.verifier = Verifier(key.public_key())

    def sign(self, files: Mapping[str, bytes]) -> bytes:
        """The content of the signature file of a version.

        Args:
            files: of its bundle by name, the manifest among them.
        """
        digests = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
        return self.signed(statement(MODEL_NAME, digests, _BESIDE))

    def signed(self, payload: bytes) -> bytes:
        """The same for a statement that is made already."""
        public = self._key.public_key()
        signature = self._key.sign(signed_bytes(payload), algorithm_of(public))
        return signature_to_json(Signature(payload, signature, hint_of(public)))


def signer_by(path: str) -> Signer | None:
    """The signer for a private key in a file, PEM without a password; None for no path.

    Raises:
        SettingsError: the file is no such key, or the library is missing.
    """
    if not path:
        return None
    try:
        from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise SettingsError(
            "signing needs the library cryptography; install requirements/train.txt"
        ) from error

    def signer(pem: bytes) -> Signer:
        key = serialization.load_pem_private_key(pem, None)
        return Signer(cast("EllipticCurvePrivateKey", key))

    wanted = "private key in PEM, without a password,"
    return from_key_file(path, signer, f"the signing key {path}", wanted)
