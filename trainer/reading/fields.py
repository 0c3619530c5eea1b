"""Where message, level and service stand in records with named fields."""

import difflib
from collections.abc import Collection
from typing import Any, Final

from inference.intake.documents import flatten
from inference.intake.paths import whole_messages
from inference.intake.usual_places import LEVELS, MESSAGES, SERVICES, TIMES, first_of
from schemas.record.features import FEATURE_NAMES
from trainer.errors import InputError
from trainer.reading.plan import Fields

_MAX_NAMES_SHOWN: Final = 20
_MAX_NAME_CHARS: Final = 60


def flatten_names(document: dict[str, Any]) -> list[str]:
    """The paths of a JSON object's leaves, in their order, such as `log.level`.

    Lists are leaves, and so is what lies deeper than eight objects. An object that is a message
    comes behind them.
    """
    return [*(".".join(path) for path in flatten(document)), *whole_messages(document)]


def find_fields(names: Collection[str], given: Fields) -> Fields:
    """Find the parts of a record among its fields.

    A record that has all six features is taken for features, unless a message field is given. A
    label is never guessed.

    Args:
        names: of the columns, or the paths of the leaves of some records.
        given: the user's options; they go before any guess.

    Returns:
        The fields; `message` is None iff the records are features.

    Raises:
        InputError: a given field is not there, or there is neither a message nor the features.
    """
    for part in given.__struct_fields__:
        name = getattr(given, part)
        if name is not None and name not in names:
            raise InputError(
                f"--{part}-field: no record has the field {quote(name)}; there are "
                f"{_list_names(names, name)}"
            )
    if given.message is None and set(FEATURE_NAMES) <= set(names):
        if given.level not in (None, "level") or given.service not in (None, "service"):
            raise InputError(
                "the records are the six features, whose names are fixed; leave out --level-field "
                "and --service-field, or give --message-field to read them as raw logs"
            )
        return Fields(time=given.time or first_of(names, TIMES), label=given.label)
    message = given.message or first_of(names, MESSAGES)
    if message is None:
        missing = [name for name in FEATURE_NAMES if name not in names]
        partly = len(missing) < len(FEATURE_NAMES) / 2
        raise InputError(
            f"no field for the message among {_list_names(names, 'message')}; give --message-field"
            + (f", or add the features {', '.join(missing)}" if partly else "")
        )
    return Fields(
        message=message,
        level=given.level or first_of(names, LEVELS),
        service=given.service or first_of(names, SERVICES),
        time=given.time or first_of(names, TIMES),
        label=given.label,
    )


def quote(name: str) -> str:
    """A name for people, cut if it is longer than a person would make it."""
    return f"`{name if len(name) <= _MAX_NAME_CHARS else name[: _MAX_NAME_CHARS - 3] + '...'}`"


def _list_names(names: Collection[str], wanted: str) -> str:
    """The names there are, the nearest to the wanted name first."""
    nearness = {
        name: difflib.SequenceMatcher(None, name[:_MAX_NAME_CHARS].lower(), wanted.lower()).ratio()
        for name in names
    }
    nearest = sorted(nearness, key=lambda name: -nearness[name])
    shown = ", ".join(quote(name) for name in nearest[:_MAX_NAMES_SHOWN])
    more = len(nearest) - _MAX_NAMES_SHOWN
    return (shown or "none") + (f" and {more} more" if more > 0 else "")
