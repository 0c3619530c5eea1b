"""Where a service listens: an address, a name of this machine, or a UNIX socket."""

import errno
import os
import socket
import stat
from pathlib import Path
from typing import Final

UNIX: Final = "unix:"

_LOCALHOST: Final = ("127.0.0.1", "::1")
"""Both families whatever the resolver knows (RFC 6761, section 6.3): a client may try either."""

_NOT_HERE: Final = frozenset({errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT})
"""The errors of an address that this machine does not have, as ::1 where IPv6 is off."""


class ListenError(Exception):
    """The address cannot be listened on; the message is a single line and says what to do."""


def listening_addresses(host: str, port: int) -> list[str]:
    """All that a host stands for, each tried, as gunicorn writes them.

    Args:
        host: an address, in brackets or not, a name of this machine, or `unix:` and a path.
        port: not used for a UNIX socket.

    Raises:
        ListenError: the host is no address of this machine, or the address is taken.
    """
    if host.startswith(UNIX):
        path = host.removeprefix(UNIX).removeprefix("//")
        _check_path(path)
        return [f"{UNIX}{path}"]
    name = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    addresses = []
    missing: Exception | None = None
    for address in _LOCALHOST if name.lower() == "localhost" else _resolve(name, port):
        try:
            _try_address(address, port)
        except OSError as error:
            if error.errno not in _NOT_HERE:
                raise _refusal(host, port, error, "choose another port") from error
            missing = error
        else:
            addresses.append(f"[{address}]:{port}" if ":" in address else f"{address}:{port}")
    if not addresses:
        raise _refusal(host, port, missing, _EXPECTED)
    return addresses


_EXPECTED: Final = "HOST must be an address or a name of this machine, or unix: and a path"


def _resolve(name: str, port: int) -> list[str]:
    try:
        addresses = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        raise _refusal(name, port, error, _EXPECTED) from error
    return list(dict.fromkeys(str(address[0]) for *_, address in addresses))


def _try_address(address: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((address, port))


def _refusal(host: str, port: int, error: Exception | None, advice: str) -> ListenError:
    reason = getattr(error, "strerror", None) or error
    return ListenError(f"cannot listen on {host} port {port}: {reason}; {advice}")


def _check_path(path: str) -> None:
    """Refuse a path at which no socket can be made; a dead service's socket is replaced."""
    try:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.connect(path)
    except (FileNotFoundError, ConnectionRefusedError):
        pass  # no listener, which is the usual case
    except OSError as error:
        reason = error.strerror or error
        raise ListenError(f"cannot listen on {UNIX}{path}: {reason}; {_UNIX_EXPECTED}") from error
    else:
        raise ListenError(
            f"cannot listen on {UNIX}{path}: Address already in use; choose another path"
        )
    folder = Path(path).parent
    if not path or (os.path.lexists(path) and not stat.S_ISSOCK(Path(path).lstat().st_mode)):
        raise ListenError(f"cannot listen on {UNIX}{path}: Not a socket; {_UNIX_EXPECTED}")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise ListenError(f"cannot listen on {UNIX}{path}: {_UNIX_EXPECTED}")


_UNIX_EXPECTED: Final = (
    "the path must be in a directory that can be written, and nothing but a socket may be there"
)
