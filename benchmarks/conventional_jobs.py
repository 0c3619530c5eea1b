"""What is run on one machine without this project: all rows in memory, one fit, one pickle.

    python -m benchmarks.conventional_jobs features FILE ROWS MODEL
    python -m benchmarks.conventional_jobs lines FILE LINES MODEL

The first takes Parquet of features through DuckDB and numpy, the second raw JSON lines through a
loop of Python with the keyword rules of the project.
"""

import itertools
import json
import sys
from pathlib import Path
from typing import Final

import duckdb
import joblib  # type: ignore[import-untyped]  # has no types
import numpy as np
import numpy.typing as npt
from sklearn.ensemble import IsolationForest

from schemas.record.encoding import SERVICE_BUCKETS, service_number
from schemas.record.features import FEATURE_NAMES, SEVERITY, Level
from schemas.record.keywords import find_flags

CONTAMINATION: Final = 0.05

Matrix = npt.NDArray[np.float32]


def read_features(file: Path, rows: int) -> Matrix:
    """The first rows of a Parquet file as a matrix."""
    with duckdb.connect() as connection:
        columns = connection.execute(
            f"SELECT {', '.join(FEATURE_NAMES)} FROM read_parquet(?) LIMIT {rows}", [str(file)]
        ).fetchnumpy()
    levels, level = np.unique(columns["level"], return_inverse=True)
    columns["level"] = np.array([SEVERITY[Level(name)] for name in levels])[level]
    services, service = np.unique(columns["service"], return_inverse=True)
    numbers = [service_number(name, SERVICE_BUCKETS) for name in services]
    columns["service"] = np.array(numbers)[service]
    return np.column_stack([columns[name] for name in FEATURE_NAMES]).astype(np.float32)


def read_lines(file: Path, lines: int) -> Matrix:
    """The first raw lines of a file as a matrix."""
    rows = []
    with open(file, encoding="utf-8") as text:
        for line in itertools.islice(text, lines):
            log = json.loads(line)
            message = log["message"]
            flags = find_flags(message)
            rows.append(
                (
                    len(message),
                    SEVERITY[Level(log["level"])],
                    service_number(log["service"], SERVICE_BUCKETS),
                    flags.has_exception,
                    flags.has_timeout,
                    flags.has_connection_error,
                )
            )
    return np.array(rows, np.float32)


def main(kind: str, file: str, rows: str, model: str) -> None:
    """Read, fit and write."""
    read = {"features": read_features, "lines": read_lines}[kind]
    forest = IsolationForest(contamination=CONTAMINATION, random_state=0)
    forest.fit(read(Path(file), int(rows)))
    joblib.dump(forest, model)


if __name__ == "__main__":
    main(*sys.argv[1:])
