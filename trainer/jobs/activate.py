"""Makes a published version current unless it is worse than the version that serves."""

import msgspec

from trainer.counting.table import CountTable
from trainer.errors import NoVersionError, TooFewRowsError, UnfitVersionError
from trainer.jobs.data import Data
from trainer.jobs.listener import SILENCE, Listener
from trainer.judging.check import Check
from trainer.store.candidate import Candidate, current_version, load_candidate
from trainer.store.opening import Models, registry_over
from trainer.store.registry import ModelRegistry


class Decision(msgspec.Struct, frozen=True):
    """Whether a version became current, and why.

    Attributes:
        version: the new version.
        replaced: the version it was compared with; None if none served that loads.
        checks: the outcome of each rule; empty if there was nothing to compare with.
        current: the version that became current: the new version, or the same model with the
            corrections that people made since it was published. None if none did.
    """

    version: int
    replaced: int | None
    checks: list[Check]
    current: int | None = None

    @property
    def faults(self) -> list[Check]:
        """The rules that do not hold."""
        return [check for check in self.checks if not check.passed]

    @property
    def is_current(self) -> bool:
        """Whether the version was made current."""
        return not self.faults


def activate_unless_worse(
    data: Data, version: int, *, model_dir: Models = "models", listener: Listener = SILENCE
) -> Decision:
    """Compare a version with the serving version, and make it current unless it is worse.

    Args:
        data: the records that both judge; at best, neither learned from them.
        version: the new version.
        model_dir: the model store, or a registry over it.
        listener: receives the job's progress.

    Raises:
        TrainingError: there is no such version, it does not load, or the data cannot be read;
            nothing became current.
    """
    registry = registry_over(model_dir)
    candidate = load_candidate(registry, version)
    table = data.count(listener).table
    if not table.n_distinct:
        raise TooFewRowsError("the data has no usable record")
    return decide(registry, version, table, candidate)


def decide(
    registry: ModelRegistry, version: int, table: CountTable, candidate: Candidate
) -> Decision:
    """Make a version current unless the serving version is better.

    Args:
        registry: where both are.
        version: the new version.
        table: the records that both judge; not empty.
        candidate: the new version, loaded.
    """
    from trainer.judging.gate import hold_against  # noqa: PLC0415 - a second of imports
    from trainer.judging.judged import judge  # noqa: PLC0415 - as above

    while True:  # until the model that it was compared with serves still
        named = _current_of(registry)
        decision = Decision(version, None, [])
        active = None if named is None else _load(registry, named)
        if active is not None:
            checks = hold_against(table, judge(table, candidate), judge(table, active))
            decision = Decision(version, named, checks)
        if not decision.is_current:
            return decision
        current = registry.succeed(version, named)
        if current is not None:
            return msgspec.structs.replace(decision, current=current)


def _current_of(registry: ModelRegistry) -> int | None:
    try:
        return current_version(registry)
    except NoVersionError:
        return None


def _load(registry: ModelRegistry, version: int) -> Candidate | None:
    """The model that serves; None if it does not load."""
    try:
        return load_candidate(registry, version, "active")
    except (NoVersionError, UnfitVersionError):
        return None
