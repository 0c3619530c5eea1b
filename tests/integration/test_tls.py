"""TLS, and clients that have certificates, on running services."""

import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import urllib3

from tests.integration.calls import REQUEST, training
from tests.integration.conftest import (
    ROOT,
    Service,
    StartInference,
    free_port,
)
from tests.made_logs import make_logs

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")

MakeCertificate = Callable[[str], tuple[str, str]]


def openssl(folder: Path, *arguments: str) -> None:
    """Run openssl quietly."""
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where an authority's certificate is."""
    folder = tmp_path_factory.mktemp("certificates")
    new = ("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    extension = ("-addext", "keyUsage=critical,keyCertSign,cRLSign")
    openssl(
        folder, *new, "-subj", "/CN=authority", "-keyout", "ca.key", "-out", "ca.pem", *extension
    )
    return folder


@pytest.fixture(scope="session")
def make_certificate(folder: Path) -> MakeCertificate:
    """Makes a certificate for this machine, signed by the authority; returns it and its key."""

    def make(name: str) -> tuple[str, str]:
        key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
        request = ("-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1")
        openssl(folder, "req", *key, *request, "-keyout", f"{name}.key", "-out", f"{name}.csr")
        sign = ("-req", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial")
        files = ("-in", f"{name}.csr", "-out", f"{name}.pem")
        openssl(folder, "x509", *sign, "-copy_extensions", "copy", *files)
        return str(folder / f"{name}.pem"), str(folder / f"{name}.key")

    return make


@pytest.fixture(scope="session")
def tls(folder: Path, make_certificate: MakeCertificate) -> dict[str, str]:
    """The settings of a service that speaks TLS, and the authority that a client must trust."""
    certificate, key = make_certificate("server")
    return {
        "TLS_CERTIFICATE": certificate,
        "TLS_KEY": key,
        "SSL_CERT_FILE": str(folder / "ca.pem"),
    }


class TlsService(Service):
    """A running service that speaks TLS."""

    certificate: tuple[str, str] | None = None
    authority = ""

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        headers: dict[str, str] | None = None,
    ) -> urllib3.BaseHTTPResponse:
        """One HTTPS call below /api/v1, with the client's certificate if it has one."""
        certificate, key = self.certificate or (None, None)
        with urllib3.PoolManager(
            ca_certs=self.authority, cert_file=certificate, key_file=key, retries=False
        ) as pool:
            content = {"body": body} if isinstance(body, bytes) else {"json": body}
            url = f"https://127.0.0.1:{self.port}/api/v1{path}"
            more = content if body is not None else {}
            return pool.request(method, url, headers=headers, **more)


@pytest.fixture
def start(services: list[Service], folder: Path, tmp_path: Path) -> Callable[..., TlsService]:
    """Starts a service that speaks TLS."""

    def start(
        model_dir: Path,
        client: tuple[str, str] | None = None,
        command: str = "inference",
        port_variable: str = "PORT",
        **environ: str,
    ) -> TlsService:
        port = free_port()
        variables = {port_variable: str(port), "MODEL_DIR": str(model_dir), **environ}
        service = TlsService(command.split(), variables, port, tmp_path / "tls.log")
        service.certificate, service.authority = client, str(folder / "ca.pem")
        services.append(service)
        service.wait_until("/health")
        return service

    return start


def test_predictions_come_over_tls(
    start: Callable[..., TlsService], model_dir: Path, tls: dict[str, str]
) -> None:
    """Small and large answers; what is no TLS and who goes away in the middle hurt nobody."""
    service = start(model_dir, **tls)
    assert service.call("POST", "/predict", REQUEST).status == 200
    batch = {"logs": [REQUEST] * 5_000}
    assert len(service.call("POST", "/predict/batch", batch).json()["predictions"]) == 5_000
    for nonsense in (b"", b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x02\x00\x01"):
        with socket.create_connection(("127.0.0.1", service.port)) as stranger:
            stranger.sendall(nonsense)
    with pytest.raises(urllib3.exceptions.HTTPError):
        urllib3.request("GET", f"http://127.0.0.1:{service.port}/api/v1/health", retries=False)
    assert service.call("POST", "/predict", REQUEST).status == 200
    assert "Traceback" not in service.log.read_text()
    assert service.stop() == 0


def test_clients_need_a_certificate_of_the_authority(
    start: Callable[..., TlsService],
    model_dir: Path,
    folder: Path,
    make_certificate: MakeCertificate,
    tls: dict[str, str],
) -> None:
    """With a certificate a client is answered, without it is not; such a service may train."""
    authority = str(folder / "ca.pem")
    client = make_certificate("client")
    service = start(model_dir, client, TLS_CLIENT_CA=authority, HOST="0.0.0.0", **tls)
    assert service.call("POST", "/predict", REQUEST).status == 200
    service.certificate = None
    with pytest.raises(urllib3.exceptions.HTTPError):
        service.call("POST", "/predict", REQUEST)


def test_a_renewed_certificate_is_taken_up(
    start: Callable[..., TlsService],
    model_dir: Path,
    make_certificate: MakeCertificate,
    tls: dict[str, str],
) -> None:
    """By SIGHUP, which replaces the workers."""
    service = start(model_dir, WEB_CONCURRENCY="1", **tls)
    address = ("127.0.0.1", service.port)
    before = ssl.get_server_certificate(address)
    make_certificate("server")
    service.process.send_signal(signal.SIGHUP)
    for _ in range(10_000):
        after = ssl.get_server_certificate(address)
        if after != before:
            break
    assert after != before
    service.wait_until("/health")


def test_trainings_are_passed_on_over_tls(
    start: Callable[..., TlsService],
    start_inference: StartInference,
    model_dir: Path,
    folder: Path,
    tls: dict[str, str],
) -> None:
    """To a trainer whose authority is trusted (SSL_CERT_FILE), and to no other."""
    trainer = start(model_dir, command="trainer serve", port_variable="TRAINER_PORT", **tls)
    trainer.url = trainer.url.replace("http:", "https:")
    body = training(make_logs(60), n_estimators=5)
    trusting = start_inference(model_dir, trainer, SSL_CERT_FILE=str(folder / "ca.pem"))
    assert trusting.call("POST", "/train", body).status == 200, trusting.log.read_text()
    other = start_inference(model_dir, trainer)
    assert other.call("POST", "/train", body).status == 502


def test_unusable_certificates_stop_the_start(
    make_certificate: MakeCertificate, folder: Path, tmp_path: Path
) -> None:
    """A key of another certificate, a key with a password, a missing key: a line each."""
    certificate, key = make_certificate("server")
    _, other = make_certificate("other")
    locked = str(folder / "locked.key")
    openssl(folder, "ec", "-in", key, "-aes128", "-passout", "pass:secret", "-out", locked)
    for environ in (
        {"TLS_CERTIFICATE": certificate, "TLS_KEY": other},
        {"TLS_CERTIFICATE": certificate, "TLS_KEY": locked},
        {"TLS_CERTIFICATE": certificate, "TLS_KEY": str(tmp_path / "missing")},
        {"TLS_CERTIFICATE": certificate},
        {"TLS_CLIENT_CA": certificate},
    ):
        done = subprocess.run(
            [sys.executable, "-m", "inference"],
            cwd=ROOT,
            env={**os.environ, "MODEL_DIR": str(tmp_path), **environ},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 2
        assert done.stderr.startswith("The settings are wrong:\nTLS_")
        assert len(done.stderr.splitlines()) == 2
