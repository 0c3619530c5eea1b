"""Refuses settings that leave a service open by mistake, before it starts."""

import ipaddress
import socket
import ssl
from pathlib import Path
from typing import Final

from inference.access.tokens import TokenFile, TokensError, read_token
from inference.environment import SettingsError
from inference.settings import InferenceSettings, ServiceSettings
from inference.store.signed import verifier_by

_OPEN: Final = """\
HOST={host!r} is beyond this machine, and anybody there could train: set ANOMALY_TOKENS_FILE (or \
TLS_CLIENT_CA){instead}, or ALLOW_OPEN_TRAINING=true if your network keeps others out"""


def check_access(settings: ServiceSettings) -> None:
    """Refuse settings that would let anybody train, and files that cannot be used.

    Raises:
        SettingsError: lists every problem on a line of its own.
    """
    problems = [*_open_training(settings), *_unusable_files(settings)]
    if problems:
        raise SettingsError("\n".join(problems))


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches what listens there."""
    if host.startswith("unix:"):
        return True
    try:
        found = socket.getaddrinfo(host.strip("[]") or "0.0.0.0", None)  # noqa: S104 - never bound
    except OSError:
        return False
    return all(ipaddress.ip_address(address[0]).is_loopback for *_, address in found)


def _open_training(settings: ServiceSettings) -> list[str]:
    distinguished = settings.tokens_file or settings.tls_client_ca
    if not settings.trains or distinguished or settings.allow_open_training:
        return []
    if is_loopback(settings.host):
        return []
    instead = ", ALLOW_TRAINING=false" if isinstance(settings, InferenceSettings) else ""
    return [_OPEN.format(host=settings.host, instead=instead)]


def _unusable_files(settings: ServiceSettings) -> list[str]:
    problems = []
    try:
        verifier_by(settings.public_key_file)
    except SettingsError as error:
        problems.append(str(error))
    if settings.tokens_file:
        try:
            TokenFile(Path(settings.tokens_file))
        except TokensError as error:
            problems.append(f"ANOMALY_TOKENS_FILE: {error}")
    if isinstance(settings, InferenceSettings) and settings.trainer_token_file:
        try:
            read_token(Path(settings.trainer_token_file))
        except TokensError as error:
            problems.append(f"ANOMALY_SERVE_TRAINER_TOKEN_FILE: {error}")
    return [*problems, *_unusable_certificates(settings)]


def _unusable_certificates(settings: ServiceSettings) -> list[str]:
    if bool(settings.tls_certificate) != bool(settings.tls_key):
        return ["TLS_CERTIFICATE and TLS_KEY: Expected both or neither"]
    if not settings.tls_certificate:
        return ["TLS_CLIENT_CA: Expected TLS_CERTIFICATE beside it"] * bool(settings.tls_client_ca)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    problems = []
    try:
        # An empty password, or OpenSSL would ask for a password at the terminal.
        context.load_cert_chain(settings.tls_certificate, settings.tls_key, password="")
    except OSError as error:
        problems.append(
            f"TLS_CERTIFICATE and TLS_KEY: Expected a certificate and its key, without a password, "
            f"both PEM: {error.strerror or error}"
        )
    try:
        if settings.tls_client_ca:
            context.load_verify_locations(settings.tls_client_ca)
    except OSError as error:
        problems.append(f"TLS_CLIENT_CA: Expected certificates, PEM: {error.strerror or error}")
    return problems
