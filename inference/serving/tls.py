"""TLS by gunicorn's own options, which uvicorn's worker takes over."""

import ssl
from typing import Any

from inference.settings import ServiceSettings


def tls_options(settings: ServiceSettings) -> dict[str, Any]:
    """Gunicorn's options for the certificates that the settings name; none for plain HTTP.

    Workers read the files when they start, so SIGHUP renews a certificate.
    """
    if not settings.tls_certificate:
        return {}
    options: dict[str, Any] = {
        "certfile": settings.tls_certificate,
        "keyfile": settings.tls_key,
    }
    if settings.tls_client_ca:
        options |= {"ca_certs": settings.tls_client_ca, "cert_reqs": ssl.CERT_REQUIRED}
    return options
