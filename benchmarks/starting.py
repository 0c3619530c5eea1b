"""From the start of the process to the first 200 of its readiness check."""

from typing import Final

from benchmarks.competitors import fastapi_service, mlserver_service, own_service
from benchmarks.lab import Lab
from benchmarks.progress import say
from benchmarks.results import Timing, TimingSection
from benchmarks.servers import Command

MIN_ROUNDS: Final = 5


def measure_starting(lab: Lab) -> TimingSection:
    """Start everybody in turn, with a model in place; asked every 5 ms whether it is ready."""
    about = lab.options.about()
    folder = lab.subfolder("starting")
    rounds = lab.options.rounds if lab.options.quick else max(lab.options.rounds, MIN_ROUNDS)
    seconds: dict[str, list[float]] = {}
    for number in range(rounds + 1):
        commands: list[Command] = [own_service(lab.models.own)]
        if lab.peers.fastapi:
            commands.append(fastapi_service(lab.peers.fastapi, lab.models.forest_file))
        if lab.peers.mlserver:
            forest_file = lab.models.forest_file
            commands.append(mlserver_service(lab.peers.mlserver, forest_file, folder / str(number)))
        for command in commands:
            with lab.service(command) as service:
                took = service.wait_ready()
            if number:  # round 0 brings programs and libraries into memory
                seconds.setdefault(command.name, []).append(took)
    timings = [Timing(name, "start", took) for name, took in seconds.items()]
    for timing in timings:
        say(f"start of {timing.target}: {timing.median_s or 0:.3f} s")
    return TimingSection(about, timings)
