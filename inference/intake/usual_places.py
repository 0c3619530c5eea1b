"""Where the parts of a structured record may stand: names by themselves, within wrappers, aside."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from inference.intake.field_names import (
    ASIDE_LEVEL_NAMES,
    ASIDES,
    LEVEL_NAMES,
    MESSAGE_NAMES,
    TIME_NAMES,
    WRAPPERS,
    plain_name,
)
from inference.intake.writer_names import ASIDE_SERVICE_NAMES, SERVICE_NAMES

__all__ = ["LEVELS", "MESSAGES", "SERVICES", "TIMES", "Path", "Places", "best_first", "first_of"]

Path = tuple[str, ...]
Places = Mapping[str, int]


def _places(names: Sequence[str], aside: Sequence[str] = ()) -> Places:
    """The rank of each place, the best first: a name itself, then within wrappers, then aside."""
    wrapped = (f"{wrapper}.{name}" for wrapper in WRAPPERS for name in names)
    besides = (f"{around}.{name}" for around in ASIDES for name in aside)
    found = dict.fromkeys([*names, *wrapped, *besides])
    return {place: rank for rank, place in enumerate(found)}


MESSAGES: Final = _places(MESSAGE_NAMES)
LEVELS: Final = _places(LEVEL_NAMES, ASIDE_LEVEL_NAMES)
SERVICES: Final = _places(SERVICE_NAMES, ASIDE_SERVICE_NAMES)
TIMES: Final = _places(TIME_NAMES)


def best_first(known: Mapping[str, Path], places: Places) -> list[tuple[str, Path]]:
    """Of known paths by their plain names, those in the places, the best first."""
    return sorted(
        ((name, path) for name, path in known.items() if name in places),
        key=lambda found: places[found[0]],
    )


def first_of(names: Iterable[str], places: Places) -> str | None:
    """The best of some names, as it is written there; None if none is in the places."""
    known: dict[str, str] = {}
    for name in names:
        known.setdefault(plain_name(name), name)
    return min(
        (name for plain, name in known.items() if plain in places),
        key=lambda name: places[plain_name(name)],
        default=None,
    )
