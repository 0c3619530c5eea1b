"""The step that every executor runs on every partition."""

from trainer.counting.record_counter import RecordCounter
from trainer.counting.sums import PartCount
from trainer.reading.faults import Faults
from trainer.reading.formats.table import is_counted_by_engine
from trainer.reading.partitions import Partition, Place
from trainer.reading.records import read_records


def count_partition(partition: Partition) -> PartCount:
    """Count the records of a partition.

    Raises:
        InputError: the file cannot be opened or is damaged.
    """
    plan = partition.plan
    if is_counted_by_engine(plan):
        from trainer.counting.engine import count_features  # noqa: PLC0415 - loads DuckDB

        return count_features([partition.source], plan, partition.number)
    faults = Faults()
    counter = RecordCounter(
        partition.number, labelled=plan.fields.label is not None, year=plan.year
    )
    counter.count(read_records(partition, faults))
    bad = [(Place(partition.number, fault.line), fault.problem) for fault in faults.samples]
    return PartCount(
        partition.number,
        counter.table(),
        faults.n_records,
        faults.n_bad,
        bad,
        faults.notes,
        counter.patterns(),
    )
