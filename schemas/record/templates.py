"""The template of a log message: what stays the same when a program writes the line again.

A program writes the same sentence with other numbers, names and times. What is counted is
therefore not the message but its template, in a fixed number of buckets. The definition is made so
that SQL engines can say it as well:

1. the first `TEMPLATE_CHARS` characters of the message's beginning (`schemas.record.text`);
2. letters become lower case;
3. runs of blanks (space, tab, line feed, vertical tab, form feed, carriage return) become a
   space, none is left at either end;
4. every token, that is what stands between spaces, that holds a digit becomes ``#``.

A template's *pattern id* is the first 64 bits of its MD5, which every engine knows; nothing is
protected by it. It depends on the line alone, so that it is the same in every process, release and
engine. The first 16 bits of it are the bucket that the template is counted in.
"""

import hashlib
from functools import lru_cache
from typing import Final

from schemas.record.text import text_of

__all__ = [
    "FOLD",
    "TEMPLATE_BUCKETS",
    "TEMPLATE_CHARS",
    "bucket_of",
    "first_pattern",
    "fold",
    "pattern_id",
    "pattern_of",
    "template_bucket",
    "template_of",
]

TEMPLATE_CHARS: Final = 400
TEMPLATE_BUCKETS: Final = 65_536
BUCKET_SHIFT: Final = 48
"""A pattern id without its lowest 48 bits is its bucket."""

_DIGIT: Final = ord("0")  # a byte is found in a third of the time that bytes are
FOLD: Final = bytes.maketrans(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZ123456789", b"abcdefghijklmnopqrstuvwxyz000000000"
)
"""Lower case, and every digit a zero: which digit it was does not matter."""


def template_of(message: str) -> str:
    """The template of a message; see the module's docstring."""
    return _template(fold(text_of(message)[:TEMPLATE_CHARS])).decode("ascii")


def pattern_id(message: str) -> int:
    """The pattern id of a message, in [0, 2**64)."""
    return pattern_of(fold(text_of(message)))


def template_bucket(message: str) -> int:
    """The bucket of a message's template, in [0, TEMPLATE_BUCKETS)."""
    return bucket_of(pattern_id(message))


def bucket_of(pattern: int) -> int:
    """The bucket that a pattern is counted in, in [0, TEMPLATE_BUCKETS)."""
    return pattern >> BUCKET_SHIFT


def first_pattern(bucket: int) -> int:
    """The lowest of the pattern ids in a bucket."""
    return bucket << BUCKET_SHIFT


def fold(text: str) -> bytes:
    """Lower case, every digit a zero: alike for texts that differ in numbers alone.

    What is not ASCII becomes a question mark, if `text_of` has not replaced it.
    """
    return text.encode("ascii", "replace").translate(FOLD)


def pattern_of(folded: bytes) -> int:
    """The pattern id of a folded message; what stands behind `TEMPLATE_CHARS` is ignored."""
    return _pattern(_template(folded[:TEMPLATE_CHARS]))


def _template(folded: bytes) -> bytes:
    return b" ".join([b"#" if _DIGIT in token else token for token in folded.split()])


# Templates repeat far more than messages do. At most 1.7 MB: 4,096 texts of 400 characters.
@lru_cache(maxsize=4_096)
def _pattern(template: bytes) -> int:
    return int.from_bytes(hashlib.md5(template, usedforsecurity=False).digest()[:8], "big")
