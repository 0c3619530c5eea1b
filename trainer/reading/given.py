"""What a user says of the data: the options of all commands that read some."""

from typing import Final

import msgspec

from schemas.record.features import MAX_SERVICE_CHARS, Level
from trainer.errors import InputError
from trainer.reading.plan import Fields, Format

_FORMATS: Final[dict[Format, str]] = {
    "jsonl": "JSON lines",
    "csv": "CSV",
    "parquet": "Parquet",
    "text": "plain text",
}
_TABS: Final = ("\\t", "tab")


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """What the user said of the data; None or empty where nothing was said.

    Attributes:
        format: how files are written.
        fields: where a record's parts stand.
        layout: name of a layout of plain text.
        pattern: a regular expression for lines of plain text.
        multiline: a line that does not match belongs to the record before it.
        delimiter: between the columns of CSV.
        default_level: for records without a level.
        default_service: for records without a service.
    """

    format: Format | None = None
    fields: Fields = Fields()
    layout: str | None = None
    pattern: str | None = None
    multiline: bool = False
    delimiter: str | None = None
    default_level: Level | None = None
    default_service: str | None = None

    @property
    def separator(self) -> str | None:
        """The delimiter as one character; None if none was given."""
        return "\t" if self.delimiter in _TABS else self.delimiter

    def check(self, format_: Format) -> None:
        """Refuse what is out of range, or would have no effect on data of a format.

        Raises:
            InputError: names the options.
        """
        fields = [part for part in self.fields.__struct_fields__ if getattr(self.fields, part)]
        useless = {
            **dict.fromkeys([f"--{part}-field" for part in fields], format_ == "text"),
            "--layout": self.layout is not None and format_ != "text",
            "--pattern": self.pattern is not None and format_ != "text",
            "--multiline": self.multiline and format_ != "text",
            "--delimiter": self.delimiter is not None and format_ != "csv",
        }
        if any(useless.values()):
            options = ", ".join(option for option, is_useless in useless.items() if is_useless)
            raise InputError(f"{options} cannot be used with {_FORMATS[format_]}")
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
