"""The signature of a version, in the format of OpenSSF Model Signing 1.0.

A version's `model.sig` is a Sigstore bundle around a DSSE envelope, whose payload is an in-toto
statement that lists the SHA-256 of each file. Sources: github.com/ossf/model-signing-spec;
github.com/secure-systems-lab/dsse, protocol.md 1.0; in-toto Attestation Framework, Statement v1;
docs.sigstore.dev, Sigstore bundle 0.3. Keys and curves are `inference.store.signed`'s matter.
"""

import hashlib
from collections.abc import Mapping
from typing import Final

import msgspec
from msgspec import field

SIGNATURE_FILE: Final = "model.sig"
MAX_SIGNATURE_BYTES: Final = 1_048_576

_BUNDLE_TYPE: Final = "application/vnd.dev.sigstore.bundle.v0.3+json"
_PAYLOAD_TYPE: Final = "application/vnd.in-toto+json"
_STATEMENT_TYPE: Final = "https://in-toto.io/Statement/v1"
_PREDICATE_TYPE: Final = "https://model_signing/signature/v1.0"
_SHA256: Final = "sha256"


class UnreadableSignatureError(ValueError):
    """A signature is not in the format; the message says what is wrong."""


class _Key(msgspec.Struct):
    hint: str = ""


class _Material(msgspec.Struct, rename="camel"):
    public_key: _Key
    tlog_entries: list[msgspec.Raw] = []


class _Signature(msgspec.Struct):
    sig: bytes
    keyid: str = ""


class _Envelope(msgspec.Struct, rename="camel"):
    payload: bytes
    payload_type: str
    signatures: list[_Signature]


class _Bundle(msgspec.Struct, rename="camel"):
    media_type: str
    verification_material: _Material
    dsse_envelope: _Envelope


class _Subject(msgspec.Struct):
    name: str
    digest: dict[str, str]


class _Resource(msgspec.Struct):
    name: str
    algorithm: str
    digest: str


class _Serialization(msgspec.Struct):
    method: str
    hash_type: str
    allow_symlinks: bool = False
    ignore_paths: list[str] = []


class _Predicate(msgspec.Struct):
    serialization: _Serialization
    resources: list[_Resource]


class _Statement(msgspec.Struct, rename="camel"):
    type_: str = field(name="_type")
    subject: list[_Subject]
    predicate_type: str
    predicate: _Predicate


class Signature(msgspec.Struct, frozen=True):
    """The content of a signature file.

    Attributes:
        payload: the statement, as it was signed.
        signature: ECDSA in DER, over `signed_bytes(payload)`.
        hint: SHA-256 of the public key in PEM, in hexadecimal; empty in old signatures.
    """

    payload: bytes
    signature: bytes
    hint: str


def statement(name: str, digests: Mapping[str, str], ignored: list[str]) -> bytes:
    """The signed statement on a version.

    Args:
        name: what the model is called.
        digests: SHA-256 of each file by its name, in hexadecimal.
        ignored: files beside them that are not signed.
    """
    resources = [_Resource(name, _SHA256, digests[name]) for name in sorted(digests)]
    serialization = _Serialization("files", _SHA256, ignore_paths=ignored)
    made = _Statement(
        _STATEMENT_TYPE,
        [_Subject(name, {_SHA256: _root(resources)})],
        _PREDICATE_TYPE,
        _Predicate(serialization, resources),
    )
    return msgspec.json.encode(made)


def signed_bytes(payload: bytes) -> bytes:
    """The bytes that a signature of a payload is over (DSSE's pre-authentication encoding)."""
    return b"DSSEv1 %d %b %d %b" % (
        len(_PAYLOAD_TYPE),
        _PAYLOAD_TYPE.encode(),
        len(payload),
        payload,
    )


def signature_to_json(signature: Signature) -> bytes:
    """The content of a signature file."""
    envelope = _Envelope(signature.payload, _PAYLOAD_TYPE, [_Signature(signature.signature)])
    return msgspec.json.encode(_Bundle(_BUNDLE_TYPE, _Material(_Key(signature.hint)), envelope))


def signature_from_json(written: bytes) -> Signature:
    """Read a signature file.

    Raises:
        UnreadableSignatureError: it is not of the format.
    """
    try:
        bundle = msgspec.json.decode(written, type=_Bundle)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UnreadableSignatureError(f"it is no signature by a key: {error}") from error
    envelope = bundle.dsse_envelope
    if bundle.media_type != _BUNDLE_TYPE or envelope.payload_type != _PAYLOAD_TYPE:
        raise UnreadableSignatureError("it is of another type or version")
    if len(envelope.signatures) != 1:
        raise UnreadableSignatureError("it must hold exactly one signature")
    hint = bundle.verification_material.public_key.hint
    return Signature(envelope.payload, envelope.signatures[0].sig, hint)


def digests_in(payload: bytes) -> dict[str, str]:
    """The SHA-256 of each file by its name, from a payload whose signature was verified.

    Raises:
        UnreadableSignatureError: it is no such statement, or contradicts itself.
    """
    try:
        statement = msgspec.json.decode(payload, type=_Statement)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UnreadableSignatureError(f"what it signs is no statement: {error}") from error
    if statement.type_ != _STATEMENT_TYPE or statement.predicate_type != _PREDICATE_TYPE:
        raise UnreadableSignatureError("what it signs is of another type or version")
    resources, serialization = statement.predicate.resources, statement.predicate.serialization
    if serialization.method != "files" or {resource.algorithm for resource in resources} - {
        _SHA256
    }:
        raise UnreadableSignatureError("it lists no files by SHA-256")
    names = [resource.name for resource in resources]
    roots = [subject.digest.get(_SHA256) for subject in statement.subject]
    try:
        is_consistent = len(set(names)) == len(names) and roots == [_root(resources)]
    except ValueError as error:
        raise UnreadableSignatureError("it lists what is no SHA-256") from error
    if not is_consistent:
        raise UnreadableSignatureError("what it lists contradicts its own sum")
    return {resource.name: resource.digest for resource in resources}


def _root(resources: list[_Resource]) -> str:
    """The SHA-256 over all digests, in their order."""
    return hashlib.sha256(
        b"".join(bytes.fromhex(resource.digest) for resource in resources)
    ).hexdigest()
