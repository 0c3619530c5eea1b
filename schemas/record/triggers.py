"""Selects the rules to try on a text: those with a trigger in it.

Every text that a rule matches holds a trigger of that rule. There are hundreds of triggers, and
most texts hold none: `any_of` finds that out in a single pass. For the others, `Triggers` finds the
rules.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations, islice
from typing import Final, NamedTuple

_RARE: Final = "jwkbxvfhmlpgcrd"
"""Letters that are rare in most texts, rarest first; nearly every trigger has such a letter."""

_STEM_CHARS: Final = 3
_find_words: Final = re.compile(f"[a-z]{{{_STEM_CHARS},}}").findall

MAX_WORDS: Final = 8_192
"""How many words are remembered: a few MB of ordinary words."""

MAX_NEW_WORDS: Final = 16
"""How many words are learned of a text; a text with more is searched for each trigger.

So a text of nothing but new words costs little more than others do.
"""

MAX_PIECE_CHARS: Final = 200
"""Longer pieces are not remembered: at most 2 MB in all."""


def any_of(triggers: Iterable[str]) -> Callable[[str], bool]:
    """Make a search for any of these words that stops at few characters of a text.

    Python's `re` skips quickly to the first character of an alternative, so each word is looked
    for from its rarest letter on, and what precedes that letter is compared last. Alternatives are
    sorted by the next character, so that few of them are tried. Words without a rare letter are
    searched for one by one.
    """
    words = set(triggers)
    short = sorted(word for word in words if words.isdisjoint(_parts_of(word)))
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


def _parts_of(word: str) -> Iterator[str]:
    """The texts within a word, but for itself."""
    for start, end in combinations(range(len(word) + 1), 2):
        if end - start < len(word):
            yield word[start:end]


def _either(patterns: Iterable[str]) -> str:
    return f"(?:{'|'.join(patterns)})"


class QuietPieces:
    """Whether any word of some stands in a text, for texts whose digits are all zeros.

    What stands between a text's numbers repeats far more than texts do, and no word holds a digit:
    a text of nothing but pieces that were searched before is not searched again.

    Args:
        find: whether a word stands in a text; none holds a digit.
    """

    def __init__(self, find: Callable[[str], bool]) -> None:
        self._find = find
        self._quiet: set[str] = set()

    def find_in(self, folded: str) -> bool:
        """Whether a word stands in a text."""
        pieces = folded.split("0")
        quiet = self._quiet
        if quiet.issuperset(pieces):
            return False
        new = [piece for piece in pieces if piece not in quiet]
        if self._find("0".join(new)):
            return True
        if len(quiet) > MAX_WORDS:
            quiet.clear()
        quiet.update(piece for piece in new[:MAX_NEW_WORDS] if len(piece) <= MAX_PIECE_CHARS)
        return False


class _Trigger(NamedTuple):
    text: str
    stem: str
    bit: int


class _Meaning(NamedTuple):
    """What a word means: rules that it wakes by itself, and triggers that it may be a part of."""

    bits: int
    parts: tuple[tuple[str, int], ...]


class Triggers:
    """The triggers of rules, to be looked for in lower-case texts.

    A text's words, which are remembered, say which triggers it may hold; only these are
    searched for.

    Args:
        triggers: by the bit that stands for their rule.
    """

    def __init__(self, triggers: Mapping[int, Sequence[str]]) -> None:
        self._every = [
            _Trigger(text, _stem_of(text), bit) for bit, of in triggers.items() for text in of
        ]
        self._without_stem = [
            (trigger.text, trigger.bit) for trigger in self._every if not trigger.stem
        ]
        self._known: dict[str, _Meaning] = {}

    def woken_by(self, text: str) -> int:
        """The sum of the bits of the rules of which a trigger stands in a text."""
        words = set(_find_words(text))
        if words - self._known.keys() and not self._learn(words):
            return self._search(text)
        bits = 0
        for word in words:
            meaning = self._known[word]
            bits |= meaning.bits
            for part, bit in meaning.parts:
                if not bits & bit and part in text:
                    bits |= bit
        for part, bit in self._without_stem:
            if part in text:
                bits |= bit
        return bits

    def _learn(self, words: set[str]) -> bool:
        """Whether all words are known now: some are learned each time."""
        if len(self._known) > MAX_WORDS:
            self._known.clear()
        new = words - self._known.keys()
        for word in islice(new, MAX_NEW_WORDS):
            inside = [trigger for trigger in self._every if trigger.stem and trigger.stem in word]
            bits = 0
            for trigger in inside:
                if trigger.text == trigger.stem:
                    bits |= trigger.bit
            parts = tuple(
                (trigger.text, trigger.bit) for trigger in inside if not trigger.bit & bits
            )
            self._known[word] = _Meaning(bits, parts)
        return len(new) <= MAX_NEW_WORDS

    def _search(self, text: str) -> int:
        bits = 0
        for trigger in self._every:
            if not bits & trigger.bit and trigger.text in text:
                bits |= trigger.bit
        return bits


def _stem_of(trigger: str) -> str:
    """The longest run of letters in a trigger; empty if it is too short to be looked for."""
    return max(_find_words(trigger), key=len, default="")
