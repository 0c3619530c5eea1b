"""A soak: both services, requests at a fixed rate, new versions meanwhile, and the audit."""

import tempfile
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Final

import msgspec

from benchmarks.competitors import own_service, own_trainer
from benchmarks.models import publish
from benchmarks.open_loop.background import Background
from benchmarks.open_loop.sender import Sender
from benchmarks.results import Run
from benchmarks.servers import Service
from benchmarks.soak.audit import Audit
from benchmarks.soak.changes import LEARNED, Changes
from benchmarks.soak.memory import Memory, sample
from benchmarks.soak.outcome import Outcome
from benchmarks.soak.questions import EACH, make_questions
from benchmarks.soak.reference import Reference
from benchmarks.workloads import DISTINCT, REAL, load_records
from schemas.bundle.options import TrainOptions
from trainer.store.registry import ModelRegistry

CONNECTIONS: Final = 16
FIRST: Final = TrainOptions(detector="isolation_forest")
TICK_S: Final = 0.001
"""Latencies do not count here, and the sender shares its process with the audit."""

SAMPLE_EVERY_S: Final = 1.0


class Plan(msgspec.Struct, frozen=True):
    """How long and how hard.

    Attributes:
        seconds: how long requests are sent.
        rate: requests a second.
        change_every_s: from the start of a training to that of the next.
    """

    seconds: float
    rate: float
    change_every_s: float


def soak(plan: Plan) -> Outcome:
    """Run both services for a while; nothing of them is left behind.

    Raises:
        ServiceError: a service did not start.
    """
    records = load_records(EACH)
    questions = make_questions(records)
    reference = Reference([log for question in questions for log in question.logs])
    audit = Audit(questions, reference)
    memory, trainer_memory = Memory([]), Memory([])
    with tempfile.TemporaryDirectory(prefix="log-anomaly-soak-") as temporary, ExitStack() as stack:
        folder = Path(temporary)
        store = folder / "models"
        first = records.by_kind[REAL][:LEARNED]
        publish(store, first, FIRST)
        reference.learn("1", first, FIRST)
        trainer_command = own_trainer(store)
        service_command = own_service(store, trainer_port=trainer_command.port)
        trainer = stack.enter_context(Service(trainer_command, folder / "trainer.log"))
        service = stack.enter_context(Service(service_command, folder / "service.log"))
        trainer.wait_ready()
        service.wait_ready()
        logs = [*records.by_kind[REAL], *records.by_kind[DISTINCT]]
        changes = Changes(service.port, ModelRegistry(store), logs, reference, audit)
        meanwhile = [
            Background(changes.step, every_s=plan.change_every_s),
            Background(partial(sample, service, memory), every_s=SAMPLE_EVERY_S),
            Background(partial(sample, trainer, trainer_memory), every_s=SAMPLE_EVERY_S),
        ]
        sender = Sender(
            service.port,
            [question.request for question in questions],
            connections=CONNECTIONS,
            on_answer=audit.hear,
            tick_s=TICK_S,
        )
        run = _send(sender, plan, meanwhile)
    audit.close()
    return Outcome(
        seconds=plan.seconds,
        requests=run.requests + sum(run.failures.values()),
        lost=run.failures,
        checked=audit.checked,
        wrong=audit.wrong,
        versions=len(audit.versions),
        trainings=changes.trainings,
        rollbacks=changes.rollbacks,
        faults=sum((background.faults for background in meanwhile), Counter()),
        service=memory,
        trainer=trainer_memory,
    )


def _send(sender: Sender, plan: Plan, meanwhile: Sequence[Background]) -> Run:
    with ExitStack() as stack:
        for background in meanwhile:
            stack.enter_context(background)
        return sender.send(plan.rate, plan.seconds).run
