"""`python -m trainer sql`: the query with which an SQL engine makes the count table."""

import argparse
from typing import Final, get_args

from schemas.record.features import Level
from trainer.cli.command import Command
from trainer.reading.plan import Fields
from trainer.sql import Dialect, features_query, logs_query, patterns_query

_DESCRIPTION: Final = """\
Print the query that makes the count table of your logs in an engine that already holds them. Its
result is trained on with `python -m trainer fit --counts FILE`, and gives the very model that
training on the logs themselves gives.

  python -m trainer sql --dialect duckdb --from "read_json('logs/*.jsonl')" > counts.sql
  duckdb -c "COPY ($(cat counts.sql)) TO 'counts.parquet'"
  python -m trainer fit --counts counts.parquet
"""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dialect", required=True, choices=get_args(Dialect), help="of the engine")
    parser.add_argument(
        "--from",
        dest="relation",
        default="logs",
        metavar="TABLE",
        help="table or table expression, taken as it is (default: %(default)s)",
    )
    parser.add_argument(
        "--kind",
        choices=("logs", "features", "patterns"),
        default="logs",
        help="count raw logs, records of the six features, or the patterns of raw logs, which is "
        "what `diff` compares (default: %(default)s)",
    )
    for part in ("message", "level", "service"):
        parser.add_argument(
            f"--{part}-field", default=part, metavar="NAME", help="column (default: %(default)s)"
        )
    parser.add_argument("--label-field", metavar="NAME", help="column with the labels")
    parser.add_argument(
        "--time-field",
        metavar="NAME",
        help="column with the time: thresholds are then found forward in time, as `fit` finds them",
    )
    parser.add_argument(
        "--default-level",
        type=Level,
        choices=list(Level),
        default=Level.INFO,
        metavar="LEVEL",
        help="for records without a level (default: INFO)",
    )
    parser.add_argument(
        "--default-service",
        default="unknown",
        metavar="NAME",
        help="for records without a service (default: %(default)s)",
    )


def _run(arguments: argparse.Namespace) -> None:
    if arguments.kind == "features":
        query = features_query(
            arguments.dialect,
            arguments.relation,
            label=arguments.label_field,
            spans={} if arguments.time_field is None else {"seen": arguments.time_field},
        )
    else:
        fields = Fields(
            message=arguments.message_field,
            level=arguments.level_field,
            service=arguments.service_field,
            label=arguments.label_field,
            time=arguments.time_field,
        )
        make = patterns_query if arguments.kind == "patterns" else logs_query
        query = make(
            arguments.dialect,
            arguments.relation,
            fields,
            default_level=arguments.default_level,
            default_service=arguments.default_service,
        )
    print(query)


COMMAND: Final = Command(
    "print the query that makes the count table in an SQL engine",
    _add_arguments,
    _run,
    _DESCRIPTION,
    uses_store=False,
)
