"""Counts of alerts over all workers of a service.

Each worker keeps what it has seen of its live incidents on its row of the board: a digest of what
identifies an incident, how many logs, and when the last came. Whoever sends the alert adds the rows
up. What a worker that has ended had seen goes with its row.
"""

from collections.abc import Iterable
from typing import Final

import msgspec

from inference.incidents.live import Incident
from inference.metrics.board import Board

_DIGEST, _COUNT, _LAST_SEEN = range(3)
_CELLS: Final = 3
"""Of an incident, in this order."""


class Seen(msgspec.Struct, frozen=True):
    """What all workers have seen of an incident.

    Attributes:
        count: logs.
        last_seen: when the last of them came, in seconds of the workers' common clock.
    """

    count: int
    last_seen: float


class SharedCounts:
    """Adds up the incidents of the workers; a worker writes from a single event loop.

    Args:
        board: where it is kept, before it is opened.
        limit: incidents of a worker.
    """

    def __init__(self, board: Board, limit: int) -> None:
        self._board = board
        self._limit = limit
        self._first = board.block(_CELLS * limit, passing=True)

    def write(self, live: Iterable[Incident]) -> None:
        """Keep what this worker has seen of its incidents; those that have ended go.

        An incident stays in its place, and its digest is written last and erased first, so that
        a worker that reads meanwhile finds no count of another incident under it.
        """
        incidents = {incident.digest: incident for incident in live}
        cells = self._board.cells
        free = []
        for place in self._places():
            incident = incidents.pop(int(cells[place + _DIGEST]), None)
            if incident is None:
                cells[place + _DIGEST] = 0
                free.append(place)
            else:
                cells[place + _COUNT] = incident.count
                cells[place + _LAST_SEEN] = incident.last_seen
        for place, (digest, incident) in zip(free, incidents.items(), strict=False):
            cells[place + _COUNT] = incident.count
            cells[place + _LAST_SEEN] = incident.last_seen
            cells[place + _DIGEST] = digest

    def read(self) -> dict[int, Seen]:
        """What all workers keep, by digest."""
        places = self._places()
        (rows,) = self._board.by_worker(slice(places.start, places.stop))
        seen: dict[int, Seen] = {}
        for digest, count, last_seen in rows.reshape(-1, _CELLS).tolist():
            if digest:
                known = seen.get(int(digest), Seen(0, last_seen))
                seen[int(digest)] = Seen(known.count + int(count), max(known.last_seen, last_seen))
        return seen

    def _places(self) -> range:
        """Where the cells of each incident begin."""
        return range(self._first, self._first + _CELLS * self._limit, _CELLS)
