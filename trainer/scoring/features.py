"""Verdicts on Parquet files of features: DuckDB joins each row with its record's verdict.

As everywhere, each distinct record is judged once, by the detector that serves.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from inference.cores import usable_cores
from inference.detectors.judgements import Judgements
from inference.model.explanations import why_of_row
from inference.model.model import Model
from schemas.record.features import FEATURE_NAMES
from schemas.record.key import unpack_record
from trainer.counting.engine import (
    bad_rows,
    check_columns,
    find_row,
    number_counts,
    packed_counts,
    read_numbered,
)
from trainer.counting.table import CountTable
from trainer.fitting.names import service_names
from trainer.quoting import literal, literals
from trainer.reading.database import connect, parquet
from trainer.reading.sources import Source
from trainer.scoring.records import Scored

_VERDICT: Final = {
    "is_anomaly": "is_anomaly",
    "anomaly_score": "anomaly_scores",
    "decision": "decisions",
    "percentile": "percentiles",
}
LEAST_MEMORY_MB: Final = 512
MEMORY_MB_PER_CORE: Final = 128


def score_parquet(sources: Sequence[Source], model: Model, out: Path, format_: str) -> Scored:
    """Write the rows of Parquet files with their verdicts: all their columns, then ours.

    Args:
        sources: the files; rows stay in their order.
        model: what judges.
        out: the file to write.
        format_: `parquet` or `json`, DuckDB's name for it.

    Raises:
        InputError: a file cannot be read, or lacks a column.
    """
    with connect(sources) as connection:
        relation = parquet(sources)
        check_columns(connection, relation, FEATURE_NAMES)
        names = ", ".join(FEATURE_NAMES)
        connection.execute(
            f"CREATE TEMP TABLE counts AS "
            f"SELECT {names}, count(*) AS n FROM {relation} GROUP BY ALL"
        )
        number_counts(connection)
        rows, table = packed_counts(connection)
        judged = model.judge_keys(table.keys)
        # DuckDB finds the columns by the name of this variable.
        verdicts = {"row": rows} | {name: getattr(judged, of) for name, of in _VERDICT.items()}
        verdicts["why"] = _reasons(model, table, judged)
        connection.execute("CREATE TEMP TABLE judged AS SELECT * FROM verdicts")
        del verdicts
        same = " AND ".join(f"f.{name} IS NOT DISTINCT FROM c.{name}" for name in FEATURE_NAMES)
        wanted = ", ".join(f"v.{name}" for name in _VERDICT)
        wanted += f", {literal(model.version)} AS model_version, v.why"
        # Rows are sorted back into their order, out of core rather than in any amount of memory.
        memory_mb = max(LEAST_MEMORY_MB, MEMORY_MB_PER_CORE * usable_cores())
        connection.execute(f"SET memory_limit = '{memory_mb}MB'")
        # A join keeps no order, whatever `preserve_insertion_order` says.
        files = literals(source.uri for source in sources)
        numbered = parquet(sources, "filename = '_file'", "file_row_number = true")
        connection.execute(
            f"COPY (SELECT f.* EXCLUDE (_file, file_row_number), {wanted} FROM {numbered} AS f "
            f"JOIN counts AS c ON {same} JOIN judged AS v ON v.row = c.rowid "
            f"ORDER BY list_position({files}, _file), file_row_number"
            f") TO {literal(out)} (FORMAT {format_})"
        )
        part = read_numbered(connection, 0)
        bad = [
            (find_row(connection, sources, 0, number), why) for number, why in bad_rows(connection)
        ]
    n_anomalies = int(table.counts[judged.is_anomaly].sum())
    return Scored({0: part.n_records}, table.n_samples, n_anomalies, part.n_bad, bad)


def _reasons(model: Model, table: CountTable, judged: Judgements) -> np.ndarray:
    """Why each record is flagged, in words; None for a record that is not: shape (n,)."""
    reasons = np.full(table.n_distinct, None, object)
    names = service_names(table.keys, table.services)
    for index in np.flatnonzero(judged.is_anomaly).tolist():
        log = unpack_record(int(table.keys[index]), names[index])
        reasons[index] = why_of_row(model, log, judged, index)
    return reasons
