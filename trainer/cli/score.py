"""`python -m trainer score`: verdicts on an archive, without a service."""

import argparse
import tempfile
import time
from pathlib import Path
from typing import Final

from inference.environment import SettingsError
from trainer.cli.data import Data, find_data
from trainer.cli.parsing import DATA_HELP, Command, add_data
from trainer.cli.terminal import progress, say
from trainer.counting.run import Locator
from trainer.errors import InputError
from trainer.reading.cutting import cut
from trainer.reading.formats.table import is_counted_by_engine
from trainer.scoring.features import score_parquet, to_parquet
from trainer.scoring.records import Scored, Target, join_parts, score_sources
from trainer.store.candidate import current_version, load_candidate
from trainer.store.files import replacing
from trainer.store.registry import ModelRegistry

_FORMATS: Final = {".parquet": "parquet", ".jsonl": "json", ".json": "json", ".ndjson": "json"}

_DESCRIPTION: Final = f"""\
Judge every record with a published model, by the scorer that serves, and write a verdict for each:
`source`, `line`, `is_anomaly`, `anomaly_score`, `decision`, `percentile`, `model_version`; for
Parquet files of features, their own columns and the verdict's. The ending of FILE says how:
.parquet or .jsonl. FILE appears when all of it is written.

{DATA_HELP}"""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_data(parser)
    parser.add_argument("--out", required=True, type=Path, metavar="FILE", help="the verdicts")
    parser.add_argument(
        "--version", type=int, metavar="N", help="the model (default: the current one)"
    )


def _run(arguments: argparse.Namespace) -> None:
    started = time.perf_counter()
    out: Path = arguments.out
    format_ = _FORMATS.get(out.suffix)
    if format_ is None:
        raise SettingsError(f"--out {out}: Expected a name that ends in {', '.join(_FORMATS)}")
    registry = ModelRegistry(arguments.model_dir)
    version = arguments.version or current_version(registry)
    candidate = load_candidate(registry, version)
    data = find_data(arguments)
    with replacing(out) as temporary:
        if is_counted_by_engine(data.plan):
            scored = score_parquet(data.sources, candidate.model, temporary, format_)
        else:
            target = Target(str(arguments.model_dir), version, "")
            scored = _score_records(data, target, temporary, format_)
        _check(scored, data, arguments.max_bad_fraction)
    rate = scored.n_records / (time.perf_counter() - started)
    share = scored.n_anomalies / max(scored.n_verdicts, 1)
    print(
        f"{scored.n_verdicts:,} verdicts by version {version} written to {out}, "
        f"{scored.n_anomalies:,} of them anomalies ({share:.2%}); {rate:,.0f} records a second"
    )


def _score_records(data: Data, target: Target, out: Path, format_: str) -> Scored:
    # Beside the output, not in the system's temporary folder, which may be small; with --dask the
    # workers must see it.
    with tempfile.TemporaryDirectory(prefix=f"{out.name}.", dir=out.parent) as folder:
        target = Target(target.model_dir, target.version, folder)
        with progress("scoring", data.size_bytes) as advance:
            scored = score_sources(data.sources, data.plan, data.executor, target, advance)
        partitions = cut(data.sources, data.plan, data.executor.partition_bytes)
        if format_ == "parquet":
            to_parquet([target.part(partition) for partition in partitions], out)
        else:
            join_parts(partitions, target, out)
    return scored


def _check(scored: Scored, data: Data, max_bad_fraction: float) -> None:
    locate = Locator(data.sources, data.plan, data.executor, scored.records)
    told = [f"{locate(place)}: {problem}" for place, problem in scored.bad[:3]]
    if scored.n_bad > max_bad_fraction * scored.n_records:
        raise InputError(
            f"{scored.n_bad} of {scored.n_records} records cannot be used, more than the share of "
            f"{max_bad_fraction:g} that --max-bad-fraction allows; the first: {'; '.join(told)}"
        )
    if scored.n_bad:
        say(f"warning: {scored.n_bad:,} records cannot be used and have no verdict, as in")
        for one in told:
            say(f"  {one}")


COMMAND: Final = Command("judge every record of an archive", _add_arguments, _run, _DESCRIPTION)
