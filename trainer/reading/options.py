"""How to read data: the options that reading commands share."""

from collections.abc import Collection
from typing import Final, Literal

import msgspec

from schemas.record.features import MAX_SERVICE_CHARS, Level
from trainer.errors import InputError
from trainer.reading.plan import Fields

Option = Literal["fields", "layout", "pattern", "multiline", "delimiter", "columns"]
"""Options that mean something for some formats only."""

_TABS: Final = ("\\t", "tab")


class ReadingOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The user's options of reading; None or empty where nothing was given.

    Attributes:
        format: how files are written, a name in `trainer.reading.formats.table`.
        fields: where a record's parts stand.
        layout: name of a layout of plain text.
        pattern: a regular expression for lines of plain text.
        multiline: a line that does not match belongs to the record before it.
        delimiter: between the columns of CSV.
        columns: names of the columns of CSV that has no header.
        scale: what numbers of levels mean, a name in `schemas.record.levels.SCALES`.
        levels: names of levels of the user's own.
        default_level: for records without a level.
        default_service: for records without a service.
        named_faults: labels are names of faults.
    """

    format: str | None = None
    fields: Fields = Fields()
    layout: str | None = None
    pattern: str | None = None
    multiline: bool = False
    delimiter: str | None = None
    columns: tuple[str, ...] = ()
    scale: str | None = None
    levels: dict[str, Level] = {}
    default_level: Level | None = None
    default_service: str | None = None
    named_faults: bool = False

    @property
    def separator(self) -> str | None:
        """The delimiter as a single character; None if none was given."""
        return "\t" if self.delimiter in _TABS else self.delimiter

    @property
    def names_a_layout(self) -> bool:
        """Whether a layout or a pattern was given."""
        return self.layout is not None or self.pattern is not None

    def flags(self) -> dict[Option, list[str]]:
        """The flags that were given, of the options that some formats know and others do not."""
        fields = [part for part in self.fields.__struct_fields__ if getattr(self.fields, part)]
        return {
            "fields": [f"--{part}-field" for part in fields],
            "layout": ["--layout"] * (self.layout is not None),
            "pattern": ["--pattern"] * (self.pattern is not None),
            "multiline": ["--multiline"] * self.multiline,
            "delimiter": ["--delimiter"] * (self.delimiter is not None),
            "columns": ["--columns"] * bool(self.columns),
        }

    def check(self, title: str, options: Collection[Option]) -> None:
        """Refuse what is out of range, or would have no effect on data of a format.

        Args:
            title: the format's.
            options: those that mean something for it, of those that do not for every format.

        Raises:
            InputError: names the options.
        """
        useless = [
            flag for name, flags in self.flags().items() if name not in options for flag in flags
        ]
        if useless:
            raise InputError(f"{', '.join(useless)} cannot be used with {title}")
        if self.layout is not None and self.pattern is not None:
            raise InputError("give either --layout or --pattern")
        separator = self.separator
        if separator is not None and (len(separator) != 1 or separator in '\r\n"\0'):
            raise InputError(
                f"--delimiter {self.delimiter!r}: expected one character, or \\t for tabs"
            )
        service = self.default_service
        if service is not None and not 0 < len(service) <= MAX_SERVICE_CHARS:
            raise InputError(f"--default-service: expected 1 to {MAX_SERVICE_CHARS} characters")
