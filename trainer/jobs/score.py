"""Judges every record of an archive with a published model."""

import tempfile
import time
from pathlib import Path
from typing import Final

import msgspec

from trainer.jobs.dataset import Dataset
from trainer.jobs.listener import SILENCE, Listener
from trainer.jobs.unusable import check_bad
from trainer.store.candidate import current_version, load_candidate
from trainer.store.files import replacing
from trainer.store.opening import Models, registry_over

FORMATS: Final = {".parquet": "parquet", ".jsonl": "json", ".json": "json", ".ndjson": "json"}
"""Formats of the output by the ending of its name, in DuckDB's words."""


class Scores(msgspec.Struct, frozen=True):
    """The outcome of scoring.

    Attributes:
        version: of the model.
        n_records: all records, unusable ones included.
        n_verdicts: verdicts written, as many as usable records.
        n_anomalies: those that say anomaly.
        n_bad: records that cannot be used.
        duration_s: of the whole job.
    """

    version: int
    n_records: int
    n_verdicts: int
    n_anomalies: int
    n_bad: int
    duration_s: float


def score(
    dataset: Dataset,
    out: str | Path,
    *,
    model_dir: Models = "models",
    version: int | None = None,
    listener: Listener = SILENCE,
) -> Scores:
    """Write a verdict for every usable record.

    Args:
        dataset: the records.
        out: the file to write; its ending says how (`FORMATS`). It appears when all is written.
        model_dir: the model store, or a registry over it.
        version: the model; None for the current version.
        listener: receives the job's progress.

    Raises:
        TrainingError: nothing was written; says why.
        ValueError: the name of `out` has another ending.
    """
    from trainer.scoring.features import score_parquet  # noqa: PLC0415 - loads DuckDB
    from trainer.scoring.records import Target, score_records  # noqa: PLC0415 - as above

    started = time.perf_counter()
    path = Path(out)
    format_ = FORMATS.get(path.suffix)
    if format_ is None:
        raise ValueError(f"--out {path}: Expected a name that ends in {', '.join(FORMATS)}")
    registry = registry_over(model_dir)
    number = version or current_version(registry)
    candidate = load_candidate(registry, number)
    for sentence in dataset.detected:
        listener.say(sentence)
    with replacing(path) as temporary:
        if dataset.is_counted_by_engine:
            scored = score_parquet(dataset.sources, candidate.model, temporary, format_)
        else:
            # Beside the output, not in the system's temporary folder, which may be small; with a
            # cluster the workers must see it.
            with (
                tempfile.TemporaryDirectory(prefix=f"{path.name}.", dir=path.parent) as folder,
                listener.progress("scoring", dataset.size_bytes) as advance,
            ):
                target = Target(str(registry.root.parent), number, folder)
                scored = score_records(dataset.partitions, dataset.executor, target, advance)
                target.join(dataset.partitions, temporary, format_)
        bad = dataset.describe(scored.bad, scored.records)
        check_bad(
            scored.n_bad, scored.n_records, bad, dataset.max_bad_fraction, listener, scored.notes
        )
    return Scores(
        number,
        scored.n_records,
        scored.n_verdicts,
        scored.n_anomalies,
        scored.n_bad,
        time.perf_counter() - started,
    )
