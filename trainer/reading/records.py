"""Records of a partition, whatever its format.

A record that cannot be used is counted in `Faults` and skipped, so that a bad line does not stop
a job over millions.
"""

from collections.abc import Iterator

from schemas.record.extraction import extract
from trainer.errors import InputError
from trainer.reading.assembling import Assembler, Extract, Record
from trainer.reading.faults import Faults
from trainer.reading.formats.enveloped import read_enveloped
from trainer.reading.formats.table import FORMATS
from trainer.reading.partitions import Partition
from trainer.reading.sources import READ_ERRORS, describe_read_error


def read_records(
    partition: Partition, faults: Faults, extract: Extract = extract
) -> Iterator[Record]:
    """The usable records of a partition, in their order.

    Args:
        partition: what to read.
        faults: collects the records that cannot be used.
        extract: what is read of a raw log; by default, all that any detector uses.

    Raises:
        InputError: the file cannot be opened, or is damaged; names it and how far it was read.
    """
    plan = partition.plan
    try:
        assemble = Assembler(plan, extract, partition.source.uri, faults)
        read = FORMATS[plan.format].read if plan.envelope is None else read_enveloped
        yield from read(partition, plan, faults, assemble)
    except READ_ERRORS as error:
        raise InputError(
            f"{partition.source.uri}: {describe_read_error(error)} (behind record "
            f"{faults.n_records} of the part that begins at byte {partition.start})"
        ) from error
