"""nginx and HAProxy with the configurations that docs/proxies.md prints."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.configurations import configurations
from tests.e2e.peers import accepts, running, wait_for
from tests.integration.conftest import free_port

PAGE: Final = "proxies.md"

NGINX: Final = """\
user root;
daemon off;
pid {folder}/nginx.pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{page}
}}
"""
"""What Debian's own nginx.conf has around a site, for folders that are root's."""


@contextmanager
def nginx(folder: Path, services: Sequence[str], **changes: str) -> Iterator[str]:
    """Nginx in front of one service; gives where it is.

    Args:
        folder: where its files go.
        services: address of the service, `unix:/path` for a socket.
        changes: what else of the page is replaced.
    """
    port = free_port()
    own = {"log-anomaly:8000": services[0], "listen 80": f"listen 127.0.0.1:{port}", **changes}
    (page,) = configurations(PAGE, "nginx")
    path = folder / "nginx.conf"
    path.write_text(NGINX.format(folder=folder, page=page.adapted(own)))
    command: list[str | Path] = ["nginx", "-c", path, "-p", folder, "-e", "stderr"]
    with running(command, folder / "nginx.log"):
        wait_for(lambda: accepts(port), (folder / "nginx.log").read_text)
        yield f"http://127.0.0.1:{port}"


@contextmanager
def haproxy(folder: Path, services: Sequence[str], **changes: str) -> Iterator[str]:
    """HAProxy in front of two services, or of the same twice; as above."""
    port = free_port()
    first, last = (name.replace("unix:", "unix@") for name in (services[0], services[-1]))
    own = {"log-anomaly-1:8000": first, "log-anomaly-2:8000": last}
    own |= {"bind :80": f"bind 127.0.0.1:{port}", **changes}
    (page,) = configurations(PAGE, "HAProxy")
    path = folder / "haproxy.cfg"
    path.write_text(page.adapted(own))
    with running(["haproxy", "-db", "-f", path], folder / "haproxy.log"):
        wait_for(lambda: accepts(port), (folder / "haproxy.log").read_text)
        yield f"http://127.0.0.1:{port}"
