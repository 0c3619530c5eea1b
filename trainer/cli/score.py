"""`python -m trainer score`: verdicts on an archive, without a service."""

import argparse
from pathlib import Path
from typing import Final

from trainer.cli.command import Command, UsageError, Work
from trainer.cli.data_options import DATA_HELP, add_data, dataset
from trainer.cli.fit_options import add_version
from trainer.cli.store import open_models
from trainer.cli.terminal import Terminal
from trainer.jobs.score import FORMATS, score

_DESCRIPTION: Final = f"""\
Judge every record with a published model, by the scorer that serves, and write a verdict for each:
`source`, `line`, `is_anomaly`, `anomaly_score`, `decision`, `percentile`, `model_version` and, of
raw logs, `pattern_id`; for Parquet files of features, their own columns and the verdict's. The
ending of FILE says how: .parquet or .jsonl. FILE appears when all of it is written.

{DATA_HELP}"""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_data(parser)
    parser.add_argument("--out", required=True, type=Path, metavar="FILE", help="the verdicts")
    add_version(parser)


def _run(arguments: argparse.Namespace) -> Work:
    out: Path = arguments.out
    if out.suffix not in FORMATS:
        raise UsageError(f"--out {out}: Expected a name that ends in {', '.join(FORMATS)}")
    scored = score(
        dataset(arguments),
        out,
        model_dir=open_models(arguments),
        version=arguments.version,
        listener=Terminal(),
    )
    share = scored.n_anomalies / max(scored.n_verdicts, 1)
    print(
        f"{scored.n_verdicts:,} verdicts by version {scored.version} written to {out}, "
        f"{scored.n_anomalies:,} of them anomalies ({share:.2%}); "
        f"{scored.n_records / scored.duration_s:,.0f} records a second"
    )
    return Work(scored.n_records)


COMMAND: Final = Command(
    "judge every record of an archive", _add_arguments, _run, _DESCRIPTION, is_job=True
)
