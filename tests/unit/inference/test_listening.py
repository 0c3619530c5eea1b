"""Where services listen."""

import socket
from pathlib import Path

import pytest

from inference.serving.listening import ListenError, listening_addresses
from tests.integration.conftest import free_port


def has_ipv6() -> bool:
    """Whether this machine has the loopback address of IPv6."""
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


needs_ipv6 = pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")


def test_addresses_are_as_written() -> None:
    """IPv4, and all of the machine."""
    port = free_port()
    for host in ("127.0.0.1", "0.0.0.0"):
        assert listening_addresses(host, port) == [f"{host}:{port}"]


@needs_ipv6
def test_ipv6_may_be_in_brackets() -> None:
    """As in URLs, and as everywhere else without."""
    port = free_port()
    for host in ("::1", "[::1]"):
        assert listening_addresses(host, port) == [f"[::1]:{port}"]


@needs_ipv6
@pytest.mark.parametrize("name", ["localhost", "LocalHost"])
def test_localhost_is_both_families(name: str) -> None:
    """Whatever the resolver says of it."""
    port = free_port()
    assert listening_addresses(name, port) == [f"127.0.0.1:{port}", f"[::1]:{port}"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_taken_port_is_reported(host: str) -> None:
    """With what to do."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ListenError) as raised:
            listening_addresses(host, port)
    expected = f"cannot listen on {host} port {port}: Address already in use; choose another port"
    assert str(raised.value) == expected


@pytest.mark.parametrize(
    "host", ["192.0.2.1", "no-such-host.invalid", "a" * 70, "[::1", "[", "[]", " "]
)
def test_what_is_no_address_of_this_machine_is_reported(host: str) -> None:
    """In one line that names what was expected, and no other port is advised."""
    with pytest.raises(ListenError, match="HOST must be an address or a name") as raised:
        listening_addresses(host, free_port())
    assert "\n" not in str(raised.value)


def test_a_unix_socket_has_a_path(tmp_path: Path) -> None:
    """With or without slashes before it; what a dead service left there stands in nobody's way."""
    path = tmp_path / "socket"
    assert listening_addresses(f"unix:{path}", 1) == [f"unix:{path}"]
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    assert listening_addresses(f"unix://{path}", 1) == [f"unix:{path}"]


def test_a_path_that_cannot_be_is_reported(tmp_path: Path) -> None:
    """A file of somebody else stays; so does a service that listens there."""
    file = tmp_path / "file"
    file.write_text("precious")
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "nowhere")
    taken = tmp_path / "taken"
    long = tmp_path / ("x" * 200)
    with socket.socket(socket.AF_UNIX) as living:
        living.bind(str(taken))
        living.listen()
        for path in ("", file, link, taken, tmp_path, tmp_path / "nowhere" / "socket", long):
            with pytest.raises(ListenError, match="cannot listen on unix:") as raised:
                listening_addresses(f"unix:{path}", 1)
            assert "\n" not in str(raised.value)
    assert file.read_text() == "precious"
