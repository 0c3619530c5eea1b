"""The command line of the soak."""

import argparse
import signal
import sys
from collections.abc import Sequence
from typing import Final

from benchmarks.progress import say
from benchmarks.servers import ServiceError
from benchmarks.soak.run import Plan, soak

_DESCRIPTION: Final = """\
Run two workers and the trainer for a while, with trainings and rollbacks going on, and check each
answer against scikit-learn's own forest of the version that it names. Exit code 1 if an answer is
wrong or missing, a training fails, or (from five minutes on) the service's memory is not flat.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Soak as asked; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=_DESCRIPTION)
    parser.add_argument("--seconds", type=float, default=600.0, help="default: 600")
    parser.add_argument("--rate", type=float, default=1_000.0, help="requests a second (1000)")
    parser.add_argument(
        "--change-every", type=float, default=3.0, metavar="S", help="seconds a training (3)"
    )
    chosen = parser.parse_args(arguments)
    plan = Plan(chosen.seconds, chosen.rate, chosen.change_every)
    if not (plan.seconds > 0 and plan.rate > 0 and plan.change_every_s > 0):
        parser.error("all three must be above 0")
    # As Ctrl-C does: leave every context, and with it stop both services.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    say(f"soaking for {plan.seconds:.0f} s")
    try:
        outcome = soak(plan)
    except ServiceError as error:
        say(f"error: {error}")
        return 1
    print(outcome)
    return 1 if outcome.problems else 0


if __name__ == "__main__":
    sys.exit(main())
