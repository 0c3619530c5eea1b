"""Removes what is no part of a message: terminal colours, NULs, byte order marks, half codes."""

import re
from typing import Final

from schemas.record.text import ESCAPE, UNWANTED

__all__ = ["NUL", "clean_text"]

NUL: Final = "\0"

_UNWANTED: Final = re.compile(UNWANTED)
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def clean_text(text: str) -> str:
    """A text without what is no part of it; half of a surrogate pair becomes U+FFFD.

    Linear in the text's length; a text that holds nothing of the kind is returned as it is.
    """
    if text.isascii():
        if ESCAPE not in text and NUL not in text:
            return text
        return _UNWANTED.sub("", text)
    return _SURROGATE.sub("\ufffd", _UNWANTED.sub("", text))
