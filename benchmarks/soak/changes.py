"""New versions while requests go on: trainings of ever other options, and rollbacks."""

import random
from collections.abc import Sequence
from typing import Final

import msgspec

from benchmarks.servers import request
from benchmarks.soak.audit import Audit
from benchmarks.soak.reference import Reference
from schemas.api.operations import API_PREFIX
from schemas.api.training import TrainResponse
from schemas.bundle.options import TrainOptions
from schemas.record.features import LogFeatures
from trainer.store.registry import ModelRegistry

LEARNED: Final = 2_000
"""Records a training, drawn anew for each."""


class Changes:
    """Changes the model that serves, and lets the audit know what each version must answer.

    Args:
        port: of the service through which trainings go.
        registry: of the store that the service reads.
        logs: of which each training gets some.
        reference: learns every version.
        audit: checks what has been answered meanwhile.

    Attributes:
        trainings: how many were answered with a version.
        rollbacks: how many were done.
    """

    def __init__(
        self,
        port: int,
        registry: ModelRegistry,
        logs: Sequence[LogFeatures],
        reference: Reference,
        audit: Audit,
    ) -> None:
        self._port = port
        self._registry = registry
        self._logs = logs
        self._reference = reference
        self._audit = audit
        self._choose = random.Random(1)  # noqa: S311 - reproducible, not secret
        self.trainings = 0
        self.rollbacks = 0

    def step(self) -> str:
        """Train; after every other training, roll back. Returns what went wrong, or nothing."""
        fault = self.train()
        if not fault and self.trainings % 2 == 0:
            self._registry.rollback()
            self.rollbacks += 1
        self._audit.settle()
        return fault

    def train(self) -> str:
        """Train through the service; returns what went wrong, or nothing."""
        logs = self._choose.sample(self._logs, min(LEARNED, len(self._logs)))
        options = TrainOptions(
            detector="isolation_forest",
            contamination=self._choose.choice((0.01, 0.05, 0.2)),
            n_estimators=self._choose.choice((20, 50, 100)),
            random_state=self._choose.randrange(1_000),
        )
        body = msgspec.json.encode({"training_data": logs, **msgspec.to_builtins(options)})
        status, answer = request(self._port, "POST", f"{API_PREFIX}/train", body)
        if status != 200:  # noqa: PLR2004
            return f"status {status} of a training: {answer[:200]!r}"
        version = msgspec.json.decode(answer, type=TrainResponse).model_version
        self._reference.learn(version, logs, options)
        self.trainings += 1
        return ""
