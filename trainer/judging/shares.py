"""The share of the records that each model flags: by level, by service, and over its scores."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from schemas.record.features import Level
from schemas.record.key import NO_TRAITS, unpack
from trainer.counting.table import CountTable
from trainer.judging.judged import Judged
from trainer.report.content import Distribution, Share

MAX_SERVICES: Final = 30
N_BINS: Final = 40


def levels_of(table: CountTable, judged: Sequence[Judged]) -> list[Share]:
    """What each model flags of each level, from DEBUG on."""
    level = unpack(table.keys)[1]
    return [_share(name.value, level == number, table, judged) for number, name in enumerate(Level)]


def services_of(table: CountTable, judged: Sequence[Judged]) -> list[Share]:
    """What each model flags of each of the `MAX_SERVICES` largest services, and of the others."""
    service = unpack(table.keys)[2]
    numbers, inverse = np.unique(service, return_inverse=True)
    rows = np.zeros(len(numbers), np.int64)
    np.add.at(rows, inverse, table.counts)
    largest = np.argsort(-rows, kind="stable")[:MAX_SERVICES]
    shares = [
        _share(
            table.services.get(int(numbers[index]), f"#{numbers[index]}"),
            inverse == index,
            table,
            judged,
        )
        for index in largest
    ]
    if len(numbers) > MAX_SERVICES:
        shares.append(_share("others", ~np.isin(inverse, largest), table, judged))
    return shares


def distribution_of(table: CountTable, judged: Judged) -> Distribution:
    """How a model's scores are spread, and the share it flags."""
    manifest, judgements = judged.candidate.model.manifest, judged.judgements
    n_flagged = int(table.counts[judgements.is_anomaly].sum())
    n_messages = int(table.counts[table.traits != NO_TRAITS].sum())
    threshold = manifest.scores.main_threshold(n_messages, table.n_samples)
    # Scores are shifted by the record's own threshold: records with and without a message are then
    # comparable.
    values = threshold - judgements.decisions
    rows, edges = np.histogram(values, bins=N_BINS, weights=table.counts)
    contamination = manifest.options.contamination
    return Distribution(
        detector=judged.candidate.name,
        edges=edges.tolist(),
        n_rows=rows.astype(np.int64).tolist(),
        threshold=threshold,
        n_flagged=n_flagged,
        flagged_share=n_flagged / table.n_samples,
        contamination=None if contamination == "auto" else contamination,
        measure=judged.candidate.model.spec.measure,
    )


def _share(
    name: str, chosen: npt.NDArray[np.bool_], table: CountTable, judged: Sequence[Judged]
) -> Share:
    return Share(
        name,
        int(table.counts[chosen].sum()),
        {
            entry.candidate.name: int(table.counts[chosen & entry.judgements.is_anomaly].sum())
            for entry in judged
        },
    )
