"""What a soak found, and whether that is good."""

from collections.abc import Mapping
from typing import Final

import msgspec

from benchmarks.soak.memory import Memory

JUDGED_S: Final = 300.0
"""Shorter soaks say how memory went and judge nothing by it."""

_SHOWN: Final = 5


class Outcome(msgspec.Struct, frozen=True):
    """All that was seen.

    Attributes:
        seconds: how long it went on.
        requests: requests that were due.
        lost: those without a 200, by what happened to them instead.
        checked: verdicts that were checked; a batch has many.
        wrong: verdicts that were wrong, by what is wrong with them.
        versions: model versions that answered.
        trainings: trainings that were answered with a version.
        rollbacks: rollbacks that were done.
        faults: what else failed, trainings above all, by how.
        service: memory of the service that answers.
        trainer: memory of the trainer, which is not judged.
    """

    seconds: float
    requests: int
    lost: Mapping[str, int]
    checked: int
    wrong: Mapping[str, int]
    versions: int
    trainings: int
    rollbacks: int
    faults: Mapping[str, int]
    service: Memory
    trainer: Memory

    @property
    def problems(self) -> list[str]:
        """A line for each thing that must not be; none if all is well."""
        found = [f"{count:,} lost: {kind}" for kind, count in self.lost.items() if count]
        found += [f"{count:,} wrong: {what}" for what, count in list(self.wrong.items())[:_SHOWN]]
        if len(self.wrong) > _SHOWN:
            found.append(f"{len(self.wrong) - _SHOWN:,} more kinds of wrong verdicts")
        found += [f"{count:,} failed: {what}" for what, count in self.faults.items()]
        if not self.checked or not self.trainings:
            found.append("no answer was checked, or no training done")
        if self.seconds >= JUDGED_S and not self.service.is_flat:
            found.append(f"the service's memory is not flat: {self.service}")
        return found

    def __str__(self) -> str:
        changes = f"{self.trainings} trainings, {self.rollbacks} rollbacks"
        wrong = sum(self.wrong.values())
        lines = [
            f"{self.seconds:.0f} s, {changes}, {self.versions} versions that answered",
            f"lost    {sum(self.lost.values()):,} of {self.requests:,} requests",
            f"wrong   {wrong:,} of {self.checked:,} verdicts, beside scikit-learn's own",
            f"memory  service: {self.service} by quarters; trainer: {self.trainer}",
            *(f"PROBLEM {problem}" for problem in self.problems),
        ]
        return "\n".join(lines)
