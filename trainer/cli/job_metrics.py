"""A job's metrics for Prometheus: a file for the textfile collector of its node exporter."""

import argparse
import time
from pathlib import Path
from typing import Final

import msgspec
from prometheus_client import write_to_textfile
from prometheus_client.core import Metric

from inference.metrics.families import Families, Spec
from trainer.cli.command import Work
from trainer.cli.terminal import say

EXPECTED: Final = "Expected a name that ends in .prom, in a folder that is there"

_LABELS: Final = ("command",)

SUCCESS: Final = Spec("log_anomaly_job_success", "gauge", "1 if the last job was done", _LABELS)
EXIT_CODE: Final = Spec("log_anomaly_job_exit_code", "gauge", "Exit code of the last job", _LABELS)
DURATION: Final = Spec(
    "log_anomaly_job_duration_seconds", "gauge", "Duration of the last job", _LABELS
)
END: Final = Spec(
    "log_anomaly_job_end_timestamp_seconds",
    "gauge",
    "When the last job ended, in seconds since 1970",
    _LABELS,
)
ROWS: Final = Spec(
    "log_anomaly_job_rows",
    "gauge",
    "Records that the last job used; left out if it came to none",
    _LABELS,
)
SPECS: Final = (SUCCESS, EXIT_CODE, DURATION, END, ROWS)


class Outcome(msgspec.Struct, frozen=True):
    """How a job ended.

    Attributes:
        command: its name.
        exit_code: as the shell sees it.
        duration_s: of the whole command.
        work: what it did; None if it failed.
    """

    command: str
    exit_code: int
    duration_s: float
    work: Work | None

    def families(self) -> list[Metric]:
        """The outcome as metrics."""
        values = {
            SUCCESS: float(self.exit_code == 0),
            EXIT_CODE: float(self.exit_code),
            DURATION: self.duration_s,
            END: time.time(),
        }
        if self.work is not None:
            values[ROWS] = float(self.work.n_rows)
        return [spec.gauge([((self.command,), value)]) for spec, value in values.items()]


def add_metrics_file(parser: argparse.ArgumentParser) -> None:
    """The option for the file to write them to."""
    parser.add_argument(
        "--metrics-file",
        type=Path,
        metavar="FILE",
        help="write duration, rows and result for Prometheus' textfile collector, as in fit.prom",
    )


def is_collected(path: Path) -> bool:
    """Whether a collector would find the file."""
    return path.suffix == ".prom" and path.parent.is_dir()


def write_metrics_file(path: Path, outcome: Outcome) -> None:
    """Replace the file at once; a failure to write it is reported, and changes no job's result."""
    try:
        write_to_textfile(str(path), Families(outcome.families()))
    except OSError as error:
        say(f"warning: --metrics-file {path} cannot be written: {error.strerror}")
