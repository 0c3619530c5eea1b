"""The faults that a model, and an alert on ERROR, meet: a fault has many labelled lines.

A fault is what a field names or, without names, a run of labelled lines of a service: from its
first labelled line to the next line of that service that is not. Counts know no order,
so the data is read a second time.
"""

from collections.abc import Iterable
from functools import partial
from typing import Final

import msgspec

from schemas.record.features import SEVERITY
from schemas.record.key import Ints, pack_record
from trainer.counting.run import Executor
from trainer.judging.headline import ALERT
from trainer.reading.assembling import Record
from trainer.reading.faults import Faults
from trainer.reading.partitions import Partition
from trainer.reading.records import read_records
from trainer.report.goodness import FaultCount

_FLAGGED: Final = 1
_ALERTED: Final = 2


class Runs(msgspec.Struct):
    """Runs of labelled lines of a service in a part of the data, in their order.

    Attributes:
        begins_in: its first line there is labelled, so that a run may have begun before.
        met: of each run what met it: `_FLAGGED`, `_ALERTED`, both or neither.
        ends_in: its last line there is labelled.
    """

    begins_in: bool
    met: list[int]
    ends_in: bool

    def add(self, later: "Runs") -> None:
        """Add the runs of the part behind this part."""
        runs = list(later.met)
        if self.ends_in and later.begins_in:
            self.met[-1] |= runs.pop(0)
        self.met += runs
        self.ends_in = later.ends_in


class Met(msgspec.Struct):
    """The faults and runs met in a part of the data.

    Attributes:
        names: by the name of a fault, what met it.
        runs: by the name of a service.
    """

    names: dict[str, int] = {}
    runs: dict[str, Runs] = {}

    def add(self, later: "Met") -> None:
        """Add the part behind this part."""
        for name, met in later.names.items():
            self.names[name] = self.names.get(name, 0) | met
        for service, runs in later.runs.items():
            if service in self.runs:
                self.runs[service].add(runs)
            else:
                self.runs[service] = runs


def count_faults(
    partitions: list[Partition], executor: Executor, flagged: Ints, *, named: bool
) -> FaultCount:
    """Count faults, and those that a model and an alert meet.

    Args:
        partitions: the parts of the data, in their order; with a label field.
        executor: what reads them.
        flagged: keys of the records that the model flags, int64 of shape (k,).
        named: labels name faults; else runs of labelled lines are faults.

    Raises:
        InputError: a source cannot be read.
    """
    step = partial(meet, flagged=frozenset(flagged.tolist()))
    parts = {part.number: met for part, met in executor.run(step, partitions)}
    total = Met({}, {})
    for number in sorted(parts):
        total.add(parts[number])
    met = (
        list(total.names.values())
        if named
        else [met_run for runs in total.runs.values() for met_run in runs.met]
    )
    return FaultCount(
        named=named,
        n_faults=len(met),
        n_flagged=sum(met_fault & _FLAGGED > 0 for met_fault in met),
        n_alerted=sum(met_fault & _ALERTED > 0 for met_fault in met),
    )


def meet(partition: Partition, flagged: frozenset[int]) -> Met:
    """The faults met in a part of the data."""
    return meet_records(read_records(partition, Faults()), flagged)


def meet_records(records: Iterable[Record], flagged: frozenset[int]) -> Met:
    """The same of records in their order."""
    met = Met({}, {})
    for record in records:
        features = record.features
        runs = met.runs.get(features.service)
        if runs is None:
            runs = met.runs[features.service] = Runs(bool(record.positive), [], ends_in=False)
        if not record.positive:
            runs.ends_in = False
            continue
        if not runs.ends_in:
            runs.met.append(0)
            runs.ends_in = True
        how = _FLAGGED * (pack_record(features) in flagged)
        how |= _ALERTED * (SEVERITY[features.level] >= SEVERITY[ALERT])
        runs.met[-1] |= how
        met.names[record.label] = met.names.get(record.label, 0) | how
    return met
