"""The shapes of records that a process meets often, each with its decoder."""

from typing import Any, Final

from inference.intake.documents import DocumentReader
from inference.intake.levels import LevelNames
from inference.intake.paths import MAX_DEPTH, names_are_short, shape_key, value_at
from inference.intake.shapes import ShapeDecoder, shape_decoder
from inference.model.memo import Memo
from schemas.record.features import Level

__all__ = ["ShapeMemory"]

MAX_SHAPES: Final = 64
"""Shapes with a decoder, for each of two generations; a new decoder takes as long as 50 records."""

OFTEN: Final = 4
"""Records of a shape that are read whole before it gets a decoder."""

MAX_COUNTED: Final = 1_000
"""Shapes that are counted: a bound against hostile records."""

_Key = object


class ShapeMemory:
    """Remembers the shapes of records, and the meaning of their levels.

    Safe to use from several threads: a shape that is lost in a race is found again.

    Args:
        documents: finds where the parts of a shape stand.
        names: what names of levels mean.
        default_service: of records that do not say who wrote them.
    """

    def __init__(
        self, documents: DocumentReader, names: LevelNames, *, default_service: str
    ) -> None:
        self._documents = documents
        self._names = names
        self._default_service = default_service
        self._decoders: Memo[_Key, ShapeDecoder] = Memo(MAX_SHAPES)
        self._counts: dict[_Key, int] = {}

    def learn(self, document: dict[str, Any]) -> ShapeDecoder | None:
        """Note a record that was read whole, no export of several; its shape's decoder, if any."""
        key = shape_key(document, MAX_DEPTH)
        decoder = self._decoders.get(key)
        if decoder is None and not names_are_short(document):
            return None
        if decoder is None:
            count = self._counts.get(key, 0)
            if count < 0:
                return None
            if len(self._counts) >= MAX_COUNTED:
                self._counts.clear()
            self._counts[key] = count + 1
            if count + 1 < OFTEN:
                return None
            shape = self._documents.shape_of(document)
            decoder = shape_decoder(document, shape, self._default_service)
            if decoder is None:
                self._counts[key] = -1
                return None
            self._decoders.put(key, decoder)
        self._learn_level(decoder, document)
        return decoder

    def _learn_level(self, decoder: ShapeDecoder, document: dict[str, Any]) -> None:
        """Note the meaning of a level, unless another part of the record may have decided."""
        (_, path), *others = self._documents.shape_of(document).level
        written = value_at(document, path)
        if isinstance(written, str):
            level = self._names.read(written)
        elif type(written) is int and not others and written not in decoder.known:
            record = self._documents.read(document)
            level = None if record is None else record.level
        else:
            return
        if isinstance(level, Level):
            decoder.learn(written, level)
