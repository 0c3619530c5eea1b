"""Which rules need to be tried on a text: quick looks for words that stand in all they match.

A rule has triggers, one of which stands in every text that it matches. Most texts hold none at all,
and the others hold those of few rules.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final

_RARE: Final = "xwvkpmhlgucr"
"""Letters few texts are full of, rarest first: with one of them, most triggers can be told."""

_STEM_CHARS: Final = 3
_find_words: Final = re.compile(f"[a-z]{{{_STEM_CHARS},}}").findall


def any_of(triggers: Iterable[str]) -> Callable[[str], bool]:
    """Make a search for any of these words that stops at few characters of a text.

    Python's `re` skips quickly to the first character of an alternative, so each word is looked
    for from its rarest letter on, and what precedes that letter is compared last. Alternatives are
    sorted by the next character, so that few of them are tried. Words without a rare letter are
    looked for one by one.
    """
    words = set(triggers)
    short = sorted(w for w in words if not any(other != w and other in w for other in words))
    common = tuple(word for word in short if not set(word) & set(_RARE))
    tails: dict[str, dict[str, list[str]]] = {}
    for word in short:
        at = min(range(len(word)), key=lambda i: (_RARE + word[i]).index(word[i]))
        before = f"(?<={re.escape(word)})" if at else ""
        if word not in common:
            following = tails.setdefault(word[at], {}).setdefault(word[at + 1 : at + 2], [])
            following.append(re.escape(word[at + 2 :]) + before)
    search = re.compile(
        "|".join(
            re.escape(head) + _either(re.escape(n) + _either(rest) for n, rest in following.items())
            for head, following in tails.items()
        )
    ).search

    def find(text: str) -> bool:
        for word in common:
            if word in text:
                return True
        return bool(tails) and search(text) is not None

    return find


def _either(patterns: Iterable[str]) -> str:
    return f"(?:{'|'.join(patterns)})"


def candidates_among(triggers: Mapping[int, Sequence[str]]) -> Callable[[str], int]:
    """Make a search for the rules that may have a trigger in a text, as the sum of their bits.

    It asks for each word of the text, which is remembered, instead of looking for each trigger:
    there are hundreds. It may name a rule too many, and never one too few.

    Args:
        triggers: by the bit that stands for their rule.
    """
    stems = [(trigger, _stem_of(trigger), bit) for bit, of in triggers.items() for trigger in of]
    without_stem = [(trigger, bit) for trigger, stem, bit in stems if not stem]

    # At most 8 MB: words of 2,000 letters; mostly a few hundred kB.
    @lru_cache(maxsize=4_096)
    def woken_by(word: str) -> int:
        bits = 0
        for _, stem, bit in stems:
            if stem and stem in word:
                bits |= bit
        return bits

    def find(text: str) -> int:
        bits = 0
        for word in set(_find_words(text)):
            bits |= woken_by(word)
        for trigger, bit in without_stem:
            if trigger in text:
                bits |= bit
        return bits

    return find


def _stem_of(trigger: str) -> str:
    """The longest run of letters in a trigger; empty if it is too short to be looked for."""
    return max(_find_words(trigger), key=len, default="")
