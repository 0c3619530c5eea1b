"""A pattern of data, as lists of patterns have it: in tables, files and pages."""

from datetime import UTC, datetime
from typing import Annotated, Final

import msgspec
from msgspec import Meta

ID_DIGITS: Final = 16

PatternId = Annotated[str, Meta(pattern=rf"^[0-9a-f]{{{ID_DIGITS}}}$")]


class Pattern(msgspec.Struct, frozen=True, kw_only=True):
    """The lines of a service by a template.

    Attributes:
        pattern_id: of the template (`schemas.record.templates`), 16 hexadecimal digits.
        service: who wrote it.
        text: the masked text; empty where only the id is known.
        level: the highest at which it was written.
        count: how many lines.
        share: of the lines with a message.
        rarity: log10((N + 1) / (count + 1)) of N lines with a message, in decades; 0 is all of
            them.
        levels: lines of each level that occurred.
        is_flagged: whether a model flags any of the lines; None where none was asked.
        n_flagged: how many it flags.
        n_labelled: lines that are labelled as anomalies; None without labels.
        first_seen, last_seen: RFC 3339 in UTC; empty where no line has a time.
        first_place, last_place: where the first and the last line stand; empty if unknown.
    """

    pattern_id: PatternId
    service: str
    text: str = ""
    level: str
    count: Annotated[int, Meta(ge=1)]
    share: float = 0.0
    rarity: float = 0.0
    levels: dict[str, int] = {}
    is_flagged: bool | None = None
    n_flagged: int | None = None
    n_labelled: int | None = None
    first_seen: str = ""
    last_seen: str = ""
    first_place: str = ""
    last_place: str = ""


def id_digits(pattern: int) -> str:
    """A pattern id as it is written everywhere: 16 hexadecimal digits."""
    return f"{pattern:0{ID_DIGITS}x}"


def moment(micros: int) -> str:
    """Microseconds since 1970 as RFC 3339 in UTC; empty for what is out of its range."""
    try:
        return datetime.fromtimestamp(micros / 1_000_000, UTC).isoformat().replace("+00:00", "Z")
    except (ValueError, OverflowError, OSError):
        return ""


def by_count(pattern: Pattern) -> tuple[int, str, str]:
    """The sorting key: the most frequent first, equally frequent patterns in a fixed order."""
    return -pattern.count, pattern.service, pattern.pattern_id
