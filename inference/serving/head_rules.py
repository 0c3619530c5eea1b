"""What two readers of a head could take for different requests, and is therefore refused."""

from collections.abc import Iterable
from typing import Final

from inference.serving.refusing import MALFORMED, RefusedError

_HOST: Final = b"host"
_TRANSFER_ENCODING: Final = b"transfer-encoding"


def check_headers(headers: Iterable[tuple[bytes, bytes]]) -> None:
    """Check the headers of a request, their names in lower case.

    A request without Host is taken: nothing here depends on it, and simple checks of health send
    none.

    Raises:
        RefusedError: there are several Hosts (RFC 9112, section 3.2), or a transfer coding other
            than chunked (section 6.1), whose body nobody would decode.
    """
    n_hosts = 0
    for name, value in headers:
        if name == _HOST:
            n_hosts += 1
        elif name == _TRANSFER_ENCODING and value.strip().lower() != b"chunked":
            raise RefusedError(
                MALFORMED, "the only transfer coding that is known here is chunked; send that alone"
            )
    if n_hosts > 1:
        raise RefusedError(MALFORMED, "there are several Host headers; send one")
