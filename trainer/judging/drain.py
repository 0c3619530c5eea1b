"""Messages grouped as log parsers do, to compare a model with the rarity of such groups.

Drain (He, Zhu, Zheng and Lyu 2017, "Drain: An Online Log Parsing Approach with Fixed Depth Tree"):
messages of the same number of words with the same first words are compared word by word, and
join the group that shares the most words, if that is at least half. A word in which a group's
messages differ becomes a wildcard. Here the masked texts of a pattern table are grouped, the most
frequent first, so the groups are the same however the data was read.
"""

from collections.abc import Iterable
from typing import Final

import numpy as np

from trainer.counting.pattern_table import PatternTable
from trainer.judging.metrics import Floats

SIMILAR: Final = 0.5
"""The share of words that a message must have in common with a group to join it."""

PREFIX_WORDS: Final = 2
"""Words that decide which groups are compared: Drain's tree of its usual depth, 4."""

MAX_GROUPS: Final = 100
"""Groups that are compared under a prefix; a message beyond these is a group of its own."""

MAX_TEXTS: Final = 20_000
"""More patterns are not grouped: a comparison is not worth minutes."""

_ANY: Final = "<*>"


def group(texts: Iterable[str]) -> list[int]:
    """The number of each text's group, groups numbered as they appear."""
    places: dict[tuple[int | str, ...], list[tuple[int, list[str]]]] = {}
    numbers: list[int] = []
    n_groups = 0
    for text in texts:
        words = text.split()
        first = [_masked(word) for word in words[:PREFIX_WORDS]]
        prefix: tuple[int | str, ...] = (len(words), *first)
        groups = places.setdefault(prefix, [])
        number, shared = _nearest(groups, words)
        if number is None:
            number = n_groups
            n_groups += 1
            if len(groups) < MAX_GROUPS:
                groups.append((number, words))
        elif shared is not None:
            shared[:] = [
                word if word == other_word else _ANY
                for word, other_word in zip(shared, words, strict=True)
            ]
        numbers.append(number)
    return numbers


def _masked(word: str) -> str:
    return _ANY if any(char.isdigit() or char == "#" for char in word) else word


def _nearest(
    groups: list[tuple[int, list[str]]], words: list[str]
) -> tuple[int | None, list[str] | None]:
    """The group that shares the most words, the first of these; None if no group shares enough."""
    best, number, found = SIMILAR * len(words), None, None
    for candidate, shared in groups:
        n_same = sum(map(str.__eq__, shared, words))
        if n_same > best or (n_same == best and number is None):
            best, number, found = n_same, candidate, shared
    return number, found


def group_rarities(patterns: PatternTable) -> Floats | None:
    """The rarity of the group of each row's message, in decades: float64 of shape (n,).

    None without texts, as in a table that was made without examples, or with very many.
    """
    ids, inverse = np.unique(patterns.patterns, return_inverse=True)
    if not 0 < len(ids) <= MAX_TEXTS or any(
        int(pattern) not in patterns.texts for pattern in ids.tolist()
    ):
        return None
    lines = np.bincount(inverse, patterns.counts, len(ids))
    order = np.lexsort((ids, -lines)).tolist()
    numbers = np.empty(len(ids), np.int64)
    numbers[order] = group(patterns.texts[int(ids[at])] for at in order)
    seen = np.bincount(numbers, lines)
    rarities: Floats = np.log10((lines.sum() + 1) / (seen[numbers[inverse]] + 1))
    return rarities
