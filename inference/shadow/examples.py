"""A few logs on which the two models differ, in cells that all workers of a service share.

Of a log its features and the id of its pattern are kept, and not a word of its message.
"""

from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from inference.metrics.board import Board
from inference.metrics.names import Names
from inference.shadow.comparing import Difference
from schemas.api.shadow import ShadowExample
from schemas.record.extraction import MessageFeatures
from schemas.record.features import SEVERITY, Level, LogFeatures
from schemas.record.key import FLAG_VALUES, flags_of

PER_SIDE: Final = 8
"""Kept by each worker of what the model alone flags, and of what the candidate alone flags."""

SERVICES: Final = 256
"""Names that are remembered; another service's logs are shown as those of `other`."""

_CELLS: Final = 9
_USED, _LEVEL, _SERVICE, _LENGTH, _FLAGS, _HIGH, _LOW, _MODEL, _CANDIDATE = range(_CELLS)
_HALF: Final = 32
_LEVELS: Final = list(Level)


class Examples:
    """Keeps the first kinds of logs that differ, with how many logs were of each kind.

    Args:
        board: where they are kept, before it is opened.
    """

    def __init__(self, board: Board) -> None:
        self._board = board
        self._services = Names(SERVICES)
        self.size = 2 * PER_SIDE * _CELLS
        self._first = board.block(self.size)
        self._places: dict[tuple[object, ...], int] = {}

    def clear(self) -> None:
        """Forget what this worker has kept."""
        self._board.cells[self._first : self._first + self.size] = memoryview(
            bytearray(8 * self.size)
        ).cast("d")
        self._places.clear()

    def keep(self, difference: Difference) -> None:
        """Keep an example, or count it with the example of its kind."""
        log = difference.log
        kind = _kind(log, difference.model_decision < 0)
        place = self._places.get(kind)
        cells = self._board.cells
        if place is None:
            side = 0 if difference.model_decision < 0 else PER_SIDE
            free = [
                place
                for place in range(side, side + PER_SIDE)
                if not cells[self._first + place * _CELLS]
            ]
            if not free:
                return
            place = self._places[kind] = free[0]
            self._write(place, difference)
        cells[self._first + place * _CELLS] += difference.n_logs

    def _write(self, place: int, difference: Difference) -> None:
        log = difference.log
        pattern = log.pattern + 1 if isinstance(log, MessageFeatures) else 0
        cells, first = self._board.cells, self._first + place * _CELLS
        cells[first + _LEVEL] = SEVERITY[log.level]
        cells[first + _SERVICE] = self._services.number(log.service)
        cells[first + _LENGTH] = log.message_length
        cells[first + _FLAGS] = flags_of(log)
        cells[first + _HIGH] = pattern >> _HALF
        cells[first + _LOW] = pattern & ((1 << _HALF) - 1)
        cells[first + _MODEL] = difference.model_decision
        cells[first + _CANDIDATE] = difference.candidate_decision

    @property
    def block(self) -> slice:
        """Their cells on the board."""
        return slice(self._first, self._first + self.size)

    def listed(self, kept: npt.NDArray[np.float64]) -> list[ShadowExample]:
        """The examples of workers, the most frequent first.

        Args:
            kept: their cells, of shape (n_workers, size).
        """
        names = self._services.listed()
        merged: dict[tuple[object, ...], ShadowExample] = {}
        for row in kept.reshape(len(kept), 2 * PER_SIDE, _CELLS).tolist():
            for cells in row:
                if not cells[_USED]:
                    continue
                example = _example(cells, names)
                kind = (
                    example.service,
                    example.level,
                    example.pattern_id or example.message_length,
                    example.model_decision < 0,
                )
                known = merged.get(kind)
                n_logs = example.log_count + (known.log_count if known else 0)
                merged[kind] = msgspec.structs.replace(known or example, log_count=n_logs)
        return sorted(merged.values(), key=lambda example: -example.log_count)


def _kind(log: LogFeatures, is_flagged: bool) -> tuple[object, ...]:  # noqa: FBT001 - a side
    what = log.pattern if isinstance(log, MessageFeatures) else log.message_length
    return (log.service, log.level, what, is_flagged)


def _example(cells: list[float], names: list[str]) -> ShadowExample:
    pattern = (int(cells[_HIGH]) << _HALF) + int(cells[_LOW])
    flags = FLAG_VALUES[int(cells[_FLAGS])]
    return ShadowExample(
        service=names[int(cells[_SERVICE])],
        level=_LEVELS[int(cells[_LEVEL])],
        message_length=int(cells[_LENGTH]),
        has_exception=bool(flags[0]),
        has_timeout=bool(flags[1]),
        has_connection_error=bool(flags[2]),
        pattern_id=f"{pattern - 1:016x}" if pattern else None,
        model_decision=cells[_MODEL],
        candidate_decision=cells[_CANDIDATE],
        log_count=int(cells[_USED]),
    )
