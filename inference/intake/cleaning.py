"""What is no part of a message: colours of terminals, NULs, byte order marks, half characters."""

import re
from typing import Final

__all__ = ["clean_text"]

_UNWANTED: Final = re.compile(
    r"\x1b(?:\[[0-?]*+[ -/]*+[@-~]|\][^\x07\x1b]*+(?:\x07|\x1b\\)|[@-Z\\^_])|[\x00\ufeff]"
)
"""ECMA-48: control sequences (CSI), operating system commands, single escapes; NUL; U+FEFF."""

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
