"""Verifies that a version was signed by the holder of the key, before anything of it is used.

Anybody who can write to a model store can write manifests and hashes that fit. Only the holder of
the private key can make a signature, and neither the store nor any serving pod has that key.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar, cast

from inference.environment import SettingsError
from inference.errors import BrokenVersionError
from inference.store.files import read_bounded
from schemas.bundle.signature import (
    SIGNATURE_FILE,
    UnreadableSignatureError,
    digests_in,
    signature_from_json,
    signed_bytes,
)

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey

PUBLIC_KEY_VARIABLE: Final = "ANOMALY_MODEL_PUBLIC_KEY_FILE"
T = TypeVar("T")

MAX_KEY_BYTES: Final = 65_536

_MISSING: Final = (
    "the library cryptography is missing: build the serving image with --build-arg "
    "REQUIREMENTS=signed, or install requirements/signed.txt"
)


class Verifier:
    """Verifies signatures by a public key.

    Args:
        key: elliptic, of the curve P-256, P-384 or P-521.
    """

    def __init__(self, key: "EllipticCurvePublicKey") -> None:
        self._key = key
        self._algorithm = algorithm_of(key)
        self._hint = hint_of(key)

    def digests(self, version: int, written: bytes) -> dict[str, str]:
        """The hashes of a version's files, as they were signed.

        Args:
            version: its number.
            written: the content of its signature file.

        Returns:
            The SHA-256 of each file by its name, in hexadecimal.

        Raises:
            BrokenVersionError: the signature is malformed, or not by this key.
        """
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - an extra

        try:
            signature = signature_from_json(written)
            if signature.hint and signature.hint != self._hint:
                raise BrokenVersionError(
                    f"version {version}: it is signed by another key "
                    f"(SHA-256 {signature.hint[:12]}...) than the key of {PUBLIC_KEY_VARIABLE} "
                    f"({self._hint[:12]}...)"
                )
            self._key.verify(signature.signature, signed_bytes(signature.payload), self._algorithm)
            return digests_in(signature.payload)
        except InvalidSignature as error:
            raise BrokenVersionError(
                f"version {version}: {SIGNATURE_FILE} is not valid: it was changed, or made with "
                f"another key than that of {PUBLIC_KEY_VARIABLE}"
            ) from error
        except UnreadableSignatureError as error:
            raise BrokenVersionError(f"version {version}: {SIGNATURE_FILE}: {error}") from error


def verifier_by(path: str) -> Verifier | None:
    """The verifier for a public key in a file, PEM; None for no path.

    Raises:
        SettingsError: the file is no such key, or the library is missing.
    """
    if not path:
        return None
    try:
        from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise SettingsError(f"{PUBLIC_KEY_VARIABLE}: {_MISSING}") from error

    def verifier(pem: bytes) -> Verifier:
        return Verifier(cast("EllipticCurvePublicKey", serialization.load_pem_public_key(pem)))

    return from_key_file(path, verifier, f"{PUBLIC_KEY_VARIABLE}: {path}", "public key in PEM")


def from_key_file(path: str, make: Callable[[bytes], T], name: str, wanted: str) -> T:
    """Read a key from a file and make a signer or a verifier of it.

    Args:
        path: of the file.
        make: makes it of the content; raises a ValueError or a TypeError for a key of another kind
            (`algorithm_of`).
        name: of the file, for errors.
        wanted: what the file should hold, for errors.

    Raises:
        SettingsError: the file cannot be read, or holds no such key.
    """
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - an extra

    try:
        return make(read_bounded(Path(path), MAX_KEY_BYTES))
    except OSError as error:
        raise SettingsError(f"{name}: {error.strerror}") from error
    # TypeError: a private key with a password; UnsupportedAlgorithm: of a curve it does not know.
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise SettingsError(f"{name} is no {wanted} of the curve P-256, P-384 or P-521") from error


def algorithm_of(key: "EllipticCurvePublicKey") -> "ECDSA":
    """The signature algorithm that the format has for a key.

    Raises:
        ValueError: there is none for its curve, or the key is not elliptic.
    """
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415 - an extra
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415 - an extra

    by_curve = {
        "secp256r1": hashes.SHA256(),
        "secp384r1": hashes.SHA384(),
        "secp521r1": hashes.SHA512(),
    }
    if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name not in by_curve:
        raise ValueError("the key is not of the curve P-256, P-384 or P-521")
    return ec.ECDSA(by_curve[key.curve.name])


def hint_of(key: "EllipticCurvePublicKey") -> str:
    """The name of a key in signatures."""
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415 - an extra
        Encoding,
        PublicFormat,
    )

    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(pem).hexdigest()
