"""Fields of a JSON record by their names or paths, decoded without building the rest of it."""

from typing import Any, Final

import msgspec

from schemas.api.validation import BodyDecoder
from trainer.reading.plan import Fields

Parts = tuple[object, object, object, object]

_PARTS: Final = ("message", "level", "service", "label")


class RecordDecoder:
    """Finds message, level, service and label of JSON records.

    A path such as `log.level` means the key of that very name, or else the key `level` in the
    object `log`. Plain names are decoded straight into a struct that knows no other keys; as soon
    as one path has a dot, records are decoded whole and looked up in.

    Args:
        fields: the paths; a part without one is None in every record.
    """

    def __init__(self, fields: Fields) -> None:
        self._paths = [getattr(fields, part) for part in _PARTS]
        names = {
            part: path for part, path in zip(_PARTS, self._paths, strict=True) if path is not None
        }
        paths = list(names.values())
        self._whole = len(set(paths)) < len(paths) or any("." in path for path in paths)
        plain = msgspec.defstruct(
            "RawRecord",
            [(part, Any, None) for part in _PARTS],
            # A part without a path gets a key of the private use area, which no record has.
            rename={part: names.get(part, f"\ue000{part}") for part in _PARTS}
            if not self._whole
            else None,
            frozen=True,
            gc=False,
        )
        self._decode_plain = msgspec.json.Decoder(plain).decode
        self._refuse = BodyDecoder(plain).decode
        self._decode_whole = BodyDecoder(dict).decode

    def decode(self, line: bytes) -> Parts:
        """Message, level, service and label of one record, None for each that it has not.

        Raises:
            MalformedJsonError: not JSON.
            InvalidBodyError: no object.
        """
        if not self._whole:
            try:
                record: Any = self._decode_plain(line)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                record = self._refuse(line)  # says what is wrong, where
            return record.message, record.level, record.service, record.label
        document: dict[str, Any] = self._decode_whole(line)
        message, level, service, label = (
            look_up(document, path) if path else None for path in self._paths
        )
        return message, level, service, label

    def label(self, line: bytes) -> object:
        """The label alone."""
        return self.decode(line)[3]


def look_up(document: dict[str, Any], path: str) -> object:
    """What stands at a path, None if nothing does."""
    if path in document:
        return document[path]
    head, dot, rest = path.partition(".")
    inner = document.get(head)
    return look_up(inner, rest) if dot and isinstance(inner, dict) else None
