"""The patterns of a count table that an SQL engine made."""

import duckdb
import numpy as np

from schemas.record.key import Ints
from trainer.counting.pattern_table import NO_PATTERNS, PatternTable, merge_patterns
from trainer.counting.table import NEVER_SEEN, NO_TIME, CountTable
from trainer.counting.time_slots import no_spread


def read_patterns(
    connection: duckdb.DuckDBPyConnection, rows: Ints, table: CountTable
) -> PatternTable:
    """The patterns of `numbered`, as far as it has them; their texts stand in no count table.

    Args:
        connection: to what holds it.
        rows: as `packed_counts` returns them.
        table: likewise.
    """
    which = "FROM numbered WHERE problem IS NULL AND pattern IS NOT NULL"
    columns = connection.execute(f"SELECT row, pattern, service_place {which}").fetchnumpy()
    if not len(columns["row"]):
        return NO_PATTERNS
    # Names by their place: a column of as many strings as there are rows would be slow.
    named = connection.execute(f"SELECT DISTINCT service, service_place {which}").fetchall()
    named.sort()
    order = np.argsort(rows)
    at = order[np.searchsorted(rows[order], columns["row"])]
    number = np.zeros(1 + max(place for _, place in named), np.int64)
    number[[place for _, place in named]] = np.arange(len(named))
    services = number[columns["service_place"]]
    n = len(at)
    made = PatternTable(
        names=tuple(name for name, _ in named),
        services=services,
        patterns=np.asarray(columns["pattern"], np.uint64),
        keys=table.keys[at],
        counts=table.counts[at],
        positives=np.zeros(n, np.int64) if table.positives is None else table.positives[at],
        first_places=np.zeros(n, np.int64) if table.places is None else table.places[at],
        last_places=np.zeros(n, np.int64),
        first_times=np.full(n, NEVER_SEEN) if table.first_seen is None else table.first_seen[at],
        last_times=np.full(n, NO_TIME) if table.last_seen is None else table.last_seen[at],
        texts={},
        spread=no_spread(n),
    )
    return merge_patterns([made])
