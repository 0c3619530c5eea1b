"""Verdicts on whole archives, by the detector that serves: JSON lines or Parquet out.

Each usable record gets a verdict, in the order of the input: `source` and `line` name the record,
the rest is what the service would answer. Unusable records get no verdict; they are counted and
reported.
"""

import shutil
from collections.abc import Iterator, Sequence
from functools import lru_cache, partial
from itertools import islice
from pathlib import Path
from typing import Final

import msgspec

from inference.model.explanations import why
from inference.model.model import Model
from inference.model.verdicts import Verdict
from inference.store.versions import ModelStore
from schemas.record.features import LogFeatures
from trainer.counting.run import Advance, Executor
from trainer.reading.assembling import Record
from trainer.reading.faults import MAX_SAMPLES, Faults, Notes
from trainer.reading.partitions import Partition, Place
from trainer.reading.records import read_records
from trainer.reading.sources import open_source
from trainer.scoring.tables import to_parquet

BATCH_RECORDS: Final = 2_000
MEMO_CAPACITY: Final = 65_536

_encode = msgspec.json.Encoder().encode
_BLOCK_BYTES: Final = 4_194_304


class Scored(msgspec.Struct, frozen=True):
    """The outcome of scoring.

    Attributes:
        records: for each partition, how many records it holds, unusable ones included.
        n_verdicts: verdicts written.
        n_anomalies: verdicts that say anomaly.
        n_bad: records that cannot be used.
        bad: the first of these, and why.
        notes: what a person may want to check.
    """

    records: dict[int, int]
    n_verdicts: int
    n_anomalies: int
    n_bad: int
    bad: list[tuple[Place, str]]
    notes: Notes = Notes()

    @property
    def n_records(self) -> int:
        """All records, unusable ones included."""
        return sum(self.records.values())


class Target(msgspec.Struct, frozen=True):
    """What to score with, and where the parts go; plain data for other processes.

    Attributes:
        model_dir: the model store.
        version: of the model.
        folder: where each partition's verdicts are written.
    """

    model_dir: str
    version: int
    folder: str

    def part(self, partition: Partition) -> Path:
        """The file of a partition's verdicts."""
        return Path(self.folder) / f"{partition.number:08}.jsonl"

    def join(self, partitions: Sequence[Partition], out: Path, format_: str) -> None:
        """Join the verdicts of all partitions in a file, in the order of the input.

        Args:
            partitions: all of them.
            out: the file to write.
            format_: `parquet` or `json`.
        """
        parts = [self.part(partition) for partition in partitions]
        if format_ == "parquet":
            to_parquet(parts, out)
            return
        with open(out, "wb") as whole:
            for path in parts:
                with open(path, "rb") as part:
                    shutil.copyfileobj(part, whole, _BLOCK_BYTES)


def score_records(
    partitions: Sequence[Partition],
    executor: Executor,
    target: Target,
    advance: Advance,
) -> Scored:
    """Score all records; each partition's verdicts are then in its file below `target.folder`.

    Raises:
        InputError: a source cannot be read.
    """
    step = partial(score_partition, target=target, first_lines=_first_lines(partitions))
    records: dict[int, int] = {}
    n_verdicts = n_anomalies = n_bad = 0
    bad: list[tuple[Place, str]] = []
    notes = Notes()
    for partition, part in executor.run(step, partitions):
        records |= part.records
        n_verdicts += part.n_verdicts
        n_anomalies += part.n_anomalies
        n_bad += part.n_bad
        notes += part.notes
        bad = sorted(bad + part.bad, key=lambda fault: fault[0].pack())[:MAX_SAMPLES]
        advance(partition.size_bytes, part.n_records)
    return Scored(records, n_verdicts, n_anomalies, n_bad, bad, notes)


def score_partition(partition: Partition, target: Target, first_lines: dict[int, int]) -> Scored:
    """Score a partition and write its verdicts.

    Args:
        partition: what to score.
        target: what to score with and where verdicts go.
        first_lines: how many lines stand before it in its file, by partition number.
    """
    model = _load(target.model_dir, target.version)
    faults = Faults()
    before = first_lines.get(partition.number, 0)
    head = b'{"source":' + _encode(partition.source.uri) + b',"line":'
    n_verdicts = n_anomalies = 0
    with open(target.part(partition), "wb") as out:
        for records in _in_batches(read_records(partition, faults, model.extract)):
            logs = [record.features for record in records]
            verdicts = model.verdicts(logs)
            n_verdicts += len(verdicts)
            n_anomalies += [verdict.is_anomaly for verdict in verdicts].count(True)
            out.writelines(
                b"%b%d%b%b}\n"
                % (head, before + record.line, verdict.json, _why(model, log, verdict))
                for record, log, verdict in zip(records, logs, verdicts, strict=True)
            )
    bad = [(Place(partition.number, fault.line), fault.problem) for fault in faults.samples]
    records_here = {partition.number: faults.n_records}
    return Scored(records_here, n_verdicts, n_anomalies, faults.n_bad, bad, faults.notes)


@lru_cache(maxsize=1)
def _load(model_dir: str, version: int) -> Model:
    """The model of this process, loaded once."""
    return Model(ModelStore(Path(model_dir)).bundle(version), memo_capacity=MEMO_CAPACITY)


def _first_lines(partitions: Sequence[Partition]) -> dict[int, int]:
    """How many lines begin before each partition in its file, for files that are split."""
    before: dict[int, int] = {}
    for source in dict.fromkeys(part.source for part in partitions if part.start > 0):
        lines, offset = 1, 0
        with open_source(source) as stream:
            for partition in partitions:
                if partition.source == source and partition.start > 0:
                    # A line that begins in the partition follows a newline at `start - 1` or later.
                    while offset < partition.start - 1:
                        block = stream.read(min(_BLOCK_BYTES, partition.start - 1 - offset))
                        lines += block.count(b"\n")
                        offset += len(block)
                    before[partition.number] = lines
    return before


def _why(model: Model, log: LogFeatures, verdict: Verdict) -> bytes:
    """The member `why`, for anomalies alone: each costs time."""
    return b',"why":' + _encode(why(model, log, verdict)) if verdict.is_anomaly else b""


def _in_batches(records: Iterator[Record]) -> Iterator[list[Record]]:
    while batch := list(islice(records, BATCH_RECORDS)):
        yield batch
