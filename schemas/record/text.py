r"""The part of a message that is read: its beginning, without what terminals make of colours.

1. the first `LIMIT` characters (code points) of the message;
2. each match of `CODES` taken out: control sequences of ECMA-48, such as ``ESC [ 3 1 m`` for red;
3. each match of `NON_ASCII` replaced by ``?``, so that case and ``\b`` mean the same in every
   engine.

Both the keyword rules and the template rule begin with this text.
"""

import re
from typing import Final

__all__ = ["CODES", "CONTROL_SEQUENCE", "ESCAPE", "LIMIT", "NON_ASCII", "UNWANTED", "text_of"]

LIMIT: Final = 2_000
"""How many characters of a message are read: errors show early, and work stays bounded."""

ESCAPE: Final = "\x1b"
"""The beginning of every control sequence."""

CODES: Final = r"\x1B\[[0-?]{0,30}[ -/]{0,5}[@-~]"
"""A control sequence: parameters, intermediate bytes and the final byte (ECMA-48, section 5.4)."""

CONTROL_SEQUENCE: Final = r"\x1B\[[0-?]*[ -/]*[@-~]"
"""The same of any length, as readers take it out of a message before anything reads it."""

UNWANTED: Final = (
    rf"{CONTROL_SEQUENCE}|\x1B\][^\x07\x1B]*(?:\x07|\x1B\\)|\x1B[@-Z\\^_]|[\x00\uFEFF]"
)
"""What is no part of a message: control sequences, operating system commands (as a window's title)
and single escapes of ECMA-48; NUL; a byte order mark. Its repetitions cannot match what follows
them, so that the time for a text grows with its length alone."""

NON_ASCII: Final = r"[^\x00-\x7F]"
"""Characters that become a question mark; only system messages in other languages have them."""

_remove_codes = re.compile(CODES).sub


def text_of(message: str) -> str:
    """The beginning of a message, within ASCII; case stays as it is."""
    text = message[:LIMIT]
    if ESCAPE in text:
        text = _remove_codes("", text)
    return text if text.isascii() else text.encode("ascii", "replace").decode("ascii")
