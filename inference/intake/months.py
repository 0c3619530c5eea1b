"""Names of months, as programs write them that follow the language of their user."""

import unicodedata
from typing import Final

__all__ = ["MONTH", "MONTH_LIKE", "month_number"]

_NAMES: Final = {
    "English": "jan feb mar apr may jun jul aug sep oct nov dec",
    "German": "jan feb mär apr mai jun jul aug sep okt nov dez",
    "German, short and Austrian": "jän feb mrz apr mai jun jul aug sep okt nov dez",
    "French": "jan fév mar avr mai juin juil aoû sep oct nov déc",
    "Spanish": "ene feb mar abr may jun jul ago sep oct nov dic",
    "Portuguese": "jan fev mar abr mai jun jul ago set out nov dez",
    "Italian": "gen feb mar apr mag giu lug ago set ott nov dic",
    "Dutch": "jan feb mrt apr mei jun jul aug sep okt nov dec",
    "Dutch, long": "jan feb maa apr mei jun jul aug sep okt nov dec",
    "Danish, Swedish, Norwegian": "jan feb mar apr maj jun jul aug sep okt nov des",
}
"""The first letters of each month, enough to know it by."""


def _plain(name: str) -> str:
    """A name in small letters without marks: `Août` is `aout`."""
    apart = unicodedata.normalize("NFKD", name.casefold())
    return "".join(character for character in apart if character.isalpha())


_NUMBERS: Final = {
    _plain(name): number
    for names in _NAMES.values()
    for number, name in enumerate(names.split(), 1)
}
_LENGTHS: Final = sorted({*map(len, _NUMBERS)}, reverse=True)


def _alternatives() -> str:
    """The beginnings of all names, those with one first letter together, so that few are tried."""
    by_letter: dict[str, set[str]] = {}
    for names in _NAMES.values():
        for name in names.split():
            for spelling in (name, _plain(name)):
                by_letter.setdefault(spelling[0], set()).add(spelling[1:])
    return "|".join(
        f"{letter}(?:{'|'.join(sorted(rests, key=lambda rest: (-len(rest), rest)))})"
        for letter, rests in sorted(by_letter.items())
    )


MONTH: Final = rf"(?i:(?:{_alternatives()})(?:[a-zà-ÿ]{{0,7}}+\.?)?+)"
"""A month by its name, short or whole, perhaps with a full stop."""

MONTH_LIKE: Final = r"[ADEFGJLMNOSadefgjlmnos][A-Za-zà-ÿ]{2,8}+\.?"
"""A word that may be a month, where digits around it show so; it compiles many times as fast."""


def month_number(name: str) -> int:
    """The number of a month, from 1.

    Raises:
        KeyError: it is no month.
    """
    plain = _plain(name)
    for length in _LENGTHS:
        number = _NUMBERS.get(plain[:length])
        if number is not None:
            return number
    raise KeyError(name)
