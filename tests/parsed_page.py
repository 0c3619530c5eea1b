"""HTML pages taken apart for tests."""

import re
from html.parser import HTMLParser

_VOID = {"meta", "link", "br"}


class Page(HTMLParser):
    """A page taken apart; every element in it must be closed.

    Attributes:
        elements: name and attributes, in order.
        headings: level and text, in order.
        text: all of it, but for the style sheet.
    """

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.headings: list[tuple[int, str]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(page.decode())
        self.close()
        assert not self._open, f"left open: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element."""
        self.elements.append((tag, dict(attrs)))
        if tag not in _VOID:
            self._open.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append((int(tag[1]), ""))

    def handle_endtag(self, tag: str) -> None:
        """Check that what is closed was opened last."""
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Keep text, and a heading's with it."""
        if "style" not in self._open:
            self.text += data
        if any(re.fullmatch("h[1-6]", tag) for tag in self._open):
            level, text = self.headings[-1]
            self.headings[-1] = level, text + data

    def attributes(self, name: str) -> list[str | None]:
        """All values of an attribute."""
        return [attributes[name] for _, attributes in self.elements if name in attributes]
