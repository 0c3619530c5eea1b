"""Makes the sample logs again: ``python -m samples.generator.generate --out samples``."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from samples.generator.collect import Collector, GenerationError
from samples.generator.parse import records
from samples.generator.program import Sandbox, check_requirements

_DESCRIPTION = """\
Runs PostgreSQL, Redis, nginx, HAProxy and a small order shop on the loopback address, lets
visitors use the shop, provokes faults in known windows, and writes what all programs logged:

  DIR/logs.jsonl.gz   one JSON object a line: timestamp, level, service, message, fault
  DIR/faults.json     the faults: name, services, start, end, what

It takes about five minutes. Counts are printed at the end. Times, ports taken by others, and
the interleaving of the programs differ from run to run, so the lines do too.
"""


def parser() -> argparse.ArgumentParser:
    """Returns the parser of the command line."""
    made = argparse.ArgumentParser(
        prog="python -m samples.generator.generate",
        description=_DESCRIPTION,
        epilog="Needs Debian's postgresql, redis-server, nginx and haproxy, and the Python "
        "packages in samples/requirements.txt.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("--out", metavar="DIR", type=Path, required=True, help="where to write")
    made.add_argument(
        "--run-dir",
        metavar="DIR",
        type=Path,
        default=Path("/tmp/samples-run"),
        help="where the programs run; made and removed; its name shows in some lines "
        "(default: %(default)s)",
    )
    made.add_argument(
        "--seed", type=int, default=7, help="of the visitors' choices (default: %(default)s)"
    )
    made.add_argument(
        "--lead-in",
        metavar="SECONDS",
        type=float,
        default=90.0,
        help="normal work before the first fault (default: %(default)s)",
    )
    made.add_argument(
        "--only", metavar="FAULT", nargs="+", help="provoke only the faults with these names"
    )
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the generator.

    Args:
        arguments: The command line; None takes the process's own.

    Returns:
        0, or 2 if the samples could not be made.
    """
    options = parser().parse_args(arguments)
    try:
        check_requirements()
        print(generate(options))
    except GenerationError as error:
        print(f"samples.generator.generate: {error}", file=sys.stderr)
        return 2
    return 0


def generate(options: argparse.Namespace) -> str:
    """Runs everything, writes the files and returns the counts.

    Args:
        options: What `parser` has read.

    Returns:
        Markdown tables of the counts.

    Raises:
        GenerationError: If a program does not do what it should, or a fault leaves no trace.
    """
    # Only now: these import psycopg and redis, which check_requirements has just looked for.
    from samples.generator import output, scenario  # noqa: PLC0415
    from samples.generator.stage import Stage  # noqa: PLC0415

    collector = Collector()
    sandbox = Sandbox(options.run_dir, collector)
    try:
        stage = Stage(sandbox, options.seed)
        try:
            scenario.play(stage, options.lead_in, options.only)
        finally:
            stage.stop()
        made = output.rows(records(collector.finish()), stage.windows)
    finally:
        sandbox.remove()
    silent = output.silent(made, stage.windows)
    if silent:
        raise GenerationError(f"nothing came of {', '.join(silent)}: try again")
    output.write(options.out, made, stage.windows)
    return output.summary(made, stage.windows)


if __name__ == "__main__":
    started = time.monotonic()
    code = main()
    print(f"{time.monotonic() - started:.0f} seconds", file=sys.stderr)
    sys.exit(code)
