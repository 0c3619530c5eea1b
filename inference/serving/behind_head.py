"""Parses the rest of a request whose head asked for another protocol."""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class BehindHead:
    """What a parser calls that is to begin behind a head which another parser has read."""

    def __init__(self, protocol: HttpToolsProtocol) -> None:
        self._protocol = protocol
        self.silent = True
        self.on_body = protocol.on_body
        self.on_message_complete = protocol.on_message_complete

    def on_message_begin(self) -> None:
        """Pass on that a request begins."""
        if not self.silent:
            self._protocol.on_message_begin()

    def on_url(self, url: bytes) -> None:
        """Pass a part of its target on."""
        if not self.silent:
            self._protocol.on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Pass a header on."""
        if not self.silent:
            self._protocol.on_header(name, value)

    def on_headers_complete(self) -> None:
        """Pass on that its head is whole."""
        if not self.silent:
            self._protocol.on_headers_complete()
