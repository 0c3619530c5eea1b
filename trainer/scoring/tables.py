"""Verdicts as Parquet."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from trainer.quoting import literal, literals
from trainer.reading.database import connect

_COLUMNS: Final = {
    "source": "VARCHAR",
    "line": "BIGINT",
    "is_anomaly": "BOOLEAN",
    "anomaly_score": "DOUBLE",
    "decision": "DOUBLE",
    "percentile": "DOUBLE",
    "model_version": "VARCHAR",
    "pattern_id": "VARCHAR",
    "why": "VARCHAR",
}


def to_parquet(parts: Sequence[Path], out: Path) -> None:
    """Turn verdicts as JSON lines into Parquet, in the order of the parts."""
    columns = ", ".join(f"{name}: '{type_}'" for name, type_ in _COLUMNS.items())
    with connect() as connection:
        connection.execute("SET preserve_insertion_order = true")
        connection.execute(
            f"COPY (SELECT * FROM read_json({literals(parts)}, format = 'newline_delimited', "
            f"columns = {{{columns}}})) TO {literal(out)} (FORMAT parquet)"
        )
