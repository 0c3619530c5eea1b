"""Removes what is no part of a message: terminal colours, NULs, byte order marks, half codes."""

import re
from typing import Final

from schemas.record.text import UNWANTED

__all__ = ["clean_text"]

_UNWANTED: Final = re.compile(UNWANTED)
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def clean_text(text: str) -> str:
    """A text without what is no part of it; half of a surrogate pair becomes U+FFFD.

    Linear in the text's length; a text that holds nothing of the kind is returned as it is.
    """
    if text.isascii():
        if "\x1b" not in text and "\0" not in text:
            return text
        return _UNWANTED.sub("", text)
    return _SURROGATE.sub("\ufffd", _UNWANTED.sub("", text))
