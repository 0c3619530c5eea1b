"""The loaded model says what training computed, or nothing is published."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import inference.detectors.scorer
import trainer.fitting.forest
from inference.detectors.parts import in_parts
from schemas.bundle.manifest import ParitySummary
from schemas.bundle.options import TrainOptions
from trainer.counting.table import CountTable
from trainer.errors import ParityError
from trainer.fitting.agreement import prove_agreement
from trainer.fitting.made_up import made_up_table
from trainer.fitting.pipeline import fit, prove

Columns = tuple[npt.NDArray[Any], ...]
Rows = npt.NDArray[np.float32]


def reversed_parts(
    function: Callable[[Rows], Columns], rows: Rows, *, alike_together: bool = True
) -> Columns:
    """What `in_parts` gave if it put the results of a large table back in reversed order."""
    columns = in_parts(function, rows, alike_together=alike_together)
    return tuple(column[::-1] for column in columns) if len(rows) > 500 else columns


@pytest.mark.parametrize("n", [2_000, 20_000])
@pytest.mark.parametrize("detector", ["isolation_forest", "surprisal"])
def test_rows_put_back_in_another_order_are_found(
    monkeypatch: pytest.MonkeyPatch, detector: str, n: int
) -> None:
    """Thresholds and counts go through the spreading over threads; neither proof may rely on it.

    They do by the graph, and by the tables that score many rows.

    A fault there would make a model whose manifest says another flagged share than it serves.
    """
    table = made_up_table(n)
    monkeypatch.setattr(inference.detectors.scorer, "in_parts", reversed_parts)
    monkeypatch.setattr(trainer.fitting.forest, "in_parts", reversed_parts)
    fitted = fit(
        table,
        TrainOptions(n_estimators=20, max_samples=64, detector=detector, contamination=0.05),
    )
    with pytest.raises(ParityError, match="the loaded model disagrees with the training code"):
        prove_agreement(
            fitted.candidate.model,
            fitted.detector,
            fitted.table,
            fitted.judgements,
            ParitySummary(label_differences=0),
        )
    with pytest.raises(ParityError, match="the exported graph disagrees with scikit-learn"):
        prove(fitted)


@pytest.mark.parametrize("detector", ["isolation_forest", "surprisal"])
def test_verdicts_are_compared_as_a_service_gives_them(
    message_table: CountTable, detector: str
) -> None:
    """Singly and in batches, and again in bulk, with the message and without it."""
    fitted = fit(message_table, TrainOptions(detector=detector, n_estimators=20))
    proof = prove_agreement(
        fitted.candidate.model,
        fitted.detector,
        fitted.table,
        fitted.judgements,
        ParitySummary(label_differences=0),
    )
    assert proof.n_verdicts >= 2 * fitted.table.n_distinct
    assert proof.max_verdict_error == 0


def test_tables_without_names_are_proved_as_well(message_table: CountTable) -> None:
    """A table that lost the names of its services is judged under names with the same numbers."""
    nameless = CountTable(keys=message_table.keys, counts=message_table.counts)
    fitted = fit(
        nameless, TrainOptions(detector="isolation_forest", contamination=0.05, n_estimators=5)
    )
    assert "manifest.json" in prove(fitted)
