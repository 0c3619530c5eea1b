"""The course of a run: normal work, then faults with normal work between them."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Sequence

from samples.generator.collect import GenerationError
from samples.generator.faults import FAULTS
from samples.generator.routine import ROUTINE
from samples.generator.stage import Stage

BUSY_SECONDS = 4.5
QUIET_SECONDS = 2.5
LEAD_OUT_SECONDS = 8.0


def play(stage: Stage, lead_in: float, only: Sequence[str] | None = None) -> None:
    """Starts everything and goes through the faults.

    Normal work alternates between busy and quiet phases throughout. Faults are provoked in
    quiet phases: so few visitors are no sign of a fault, and most lines are normal.

    Args:
        stage: The programs, set up.
        lead_in: Seconds of normal work before the first fault.
        only: Names of the faults to provoke; None for all.

    Raises:
        GenerationError: If a name is unknown or a program does not do what it should.
    """
    unknown = set(only or ()) - {fault.name for fault in FAULTS}
    if unknown:
        names = ", ".join(fault.name for fault in FAULTS)
        raise GenerationError(f"unknown fault {', '.join(sorted(unknown))}; there are: {names}")
    stage.start()
    routine = itertools.cycle(ROUTINE)
    end = time.monotonic() + lead_in
    while time.monotonic() < end:
        _busy(stage, routine)
        time.sleep(QUIET_SECONDS)
    for fault in FAULTS:
        if only is not None and fault.name not in only:
            continue
        _busy(stage, routine)
        time.sleep(QUIET_SECONDS / 2)
        stage.provoke(fault)
    _busy(stage, routine)
    time.sleep(LEAD_OUT_SECONDS)


def _busy(stage: Stage, routine: Iterator[Callable[[Stage], None]]) -> None:
    stage.load.busy()
    time.sleep(BUSY_SECONDS / 2)
    next(routine)(stage)
    time.sleep(BUSY_SECONDS / 2)
    stage.load.quiet()
