"""Runs a query on Spark for test_spark.py, by the Python of Spark's own environment.

Reads JSON from standard input, `{"query": text, "columns": {name: type}, "rows": [[value, ...]]}`,
makes the rows the table `logs` and writes the result's rows to standard output as JSON.
"""

import json
import sys

from pyspark.sql import SparkSession  # type: ignore[import-not-found]  # in .venv/spark only

PARTITIONS = 2


def main() -> None:
    """Answer one request."""
    request = json.load(sys.stdin)
    spark = (
        SparkSession.builder.master(f"local[{PARTITIONS}]")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.memory", "1g")
        .config("spark.sql.shuffle.partitions", PARTITIONS)
        .config("spark.ui.enabled", "false")
        .getOrCreate()
    )
    schema = ", ".join(f"`{name}` {kind}" for name, kind in request["columns"].items())
    rows = spark.createDataFrame(request["rows"], schema).repartition(PARTITIONS)
    rows.createOrReplaceTempView("logs")
    result = [list(row) for row in spark.sql(request["query"]).collect()]
    spark.stop()
    sys.stdout.write(json.dumps(result))


if __name__ == "__main__":
    main()
