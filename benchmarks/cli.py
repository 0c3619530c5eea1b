"""The command line of the benchmarks."""

import argparse
import signal
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks.archives import measure_archives
from benchmarks.competitors import install_peers
from benchmarks.feeding import measure_counted, measure_feeds
from benchmarks.graphs import measure_graphs
from benchmarks.lab import Lab, Options
from benchmarks.load import LoadError, ensure_wrk
from benchmarks.machine import describe_machine
from benchmarks.memory import measure_memory
from benchmarks.models import make_models
from benchmarks.open_loop.experiment import measure_open_loop
from benchmarks.progress import say
from benchmarks.rendering import render
from benchmarks.results import Results, load_results, save_results
from benchmarks.scaling import measure_scaling
from benchmarks.servers import ServiceError
from benchmarks.services_under_load import measure_batch, measure_predict
from benchmarks.sizes import measure_sizes
from benchmarks.starting import measure_starting
from benchmarks.training import measure_training
from benchmarks.venvs import HERE
from benchmarks.workloads import load_records

EXPERIMENTS: Final[dict[str, Callable[[Lab], Any]]] = {
    "sizes": measure_sizes,
    "graph": measure_graphs,
    "startup": measure_starting,
    "predict": measure_predict,
    "batch": measure_batch,
    "feeds": measure_feeds,
    "counted": measure_counted,
    "open-loop": measure_open_loop,
    "train": measure_training,
    "memory": measure_memory,
    "scaling": measure_scaling,
    "archives": measure_archives,
}
"""Named as the section of `Results` that each fills, with a hyphen for an underscore."""

DISTINCT_RECORDS: Final = 200_000
"""Over three times what two workers remember, so that a record that comes again is forgotten."""

_DESCRIPTION: Final = """\
Measure the service beside what would be run instead of it, and write
benchmarks/RESULTS.md, benchmarks/results.json and benchmarks/plots/*.svg.

All competitors of a comparison are up at once and measured in turn (A B C A B C ...); figures are
medians over the rounds; a figure with any failed request or any answer other than 2xx is void.
Peers are installed into environments of their own under benchmarks/.venvs on the first run.
"""

_EPILOG: Final = """\
experiments:
  sizes     installed size of the serving requirements, by package
  graph     our graph, the stock graph and scikit-learn, without a service
  startup   process start to the first 200 of the readiness check
  predict   POST /predict with 8, 64 and 256 connections
  batch     POST /predict/batch with 100 and 1,000 logs
  feeds     raw logs as collectors send them: JSON lines, OTLP, NDJSON with answers for all
  counted   POST /predict with metrics and without, beside a bare socket
  open-loop POST /predict at a fixed rate, whatever is answered, beside trainings and batches
  train     POST /train with 1,000 records and with all real records
  memory    proportional set size of all processes over 1,100,000 requests
  scaling   latency against trees, max_samples, workers and batch size
  archives  jobs over 10,000,000 and 100,000,000 rows, over count tables of 1,000,000,000 rows and
            over 1.1 GB of raw lines; needs 4 GB of disk. Quick: a tenth of the rows and 0.2 GB

examples:
  python -m benchmarks                       everything; about 30 minutes on two cores
  python -m benchmarks --quick               fewer and shorter rounds; a first impression
  python -m benchmarks --only predict batch  these two; the other sections stay as they were
  python -m benchmarks --render-only         tables and plots anew from results.json

Measure on a machine that does nothing else.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the experiments that are asked for; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--rounds", type=int, help="rounds of each comparison (default: 5)")
    parser.add_argument("--seconds", type=int, help="length of a round of load (default: 2)")
    parser.add_argument("--quick", action="store_true", help="2 rounds of 1 s, fewer cases")
    parser.add_argument(
        "--only",
        nargs="+",
        choices=EXPERIMENTS,
        default=list(EXPERIMENTS),
        metavar="NAME",
        help="run these experiments alone",
    )
    parser.add_argument("--render-only", action="store_true", help="measure nothing")
    chosen = parser.parse_args(arguments)
    defaults = (2, 1) if chosen.quick else (5, 2)
    options = Options(chosen.rounds or defaults[0], chosen.seconds or defaults[1], chosen.quick)
    if min(options.rounds, options.seconds) < 1:
        parser.error("--rounds and --seconds must be at least 1")
    # As Ctrl-C does: leave every context, and with it stop every service.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        results = load_results(HERE)
        if not chosen.render_only:
            _measure(results, options, [name for name in EXPERIMENTS if name in chosen.only])
        render(results)
    except (LoadError, ServiceError) as error:
        say(f"error: {error}")
        return 1
    return 0


def _measure(results: Results, options: Options, names: Sequence[str]) -> None:
    ensure_wrk()
    peers = install_peers()
    records = load_records(DISTINCT_RECORDS)
    say(f"real records: {records.source}")
    results.machine = describe_machine(peers, records.source)
    results.unavailable = peers.unavailable
    with tempfile.TemporaryDirectory(prefix="log-anomaly-benchmark-") as temporary:
        folder = Path(temporary)
        models = make_models(folder, records)
        lab = Lab(options, folder, records, models, peers)
        for name in names:
            say(f"experiment {name}")
            setattr(results, name.replace("-", "_"), EXPERIMENTS[name](lab))
            save_results(HERE, results)
