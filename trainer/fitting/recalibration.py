"""New thresholds for a published model, proved as a new model is."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

import msgspec

from inference.model.model import Model
from schemas.bundle.budget import AlertBudget
from schemas.bundle.contents import Bundle
from schemas.bundle.manifest import (
    MANIFEST_FILE,
    TABLES_FILE,
    CalibrationSummary,
    Manifest,
    file_entry,
)
from schemas.bundle.tables import Tables
from trainer.counting.table import CountTable
from trainer.errors import InputError
from trainer.fitting.agreement import prove_agreement
from trainer.fitting.budget import contamination_of, doubts, lines_per_day, with_rate
from trainer.fitting.learners.registry import LEARNERS
from trainer.fitting.learners.thresholds import thousandth_at
from trainer.fitting.made_up import made_up_table
from trainer.fitting.pipeline import UNPUBLISHED
from trainer.fitting.reach import far_from_asked
from trainer.fitting.sensitivity import check_sensitivity

THOUSANDTH: Final = 0.001


class Recalibrated(msgspec.Struct, frozen=True):
    """A model with other thresholds that is not published yet.

    Attributes:
        model: loaded as a service loads it.
        files: of its bundle by name, the manifest among them.
        warnings: what the user should know, a sentence each.
    """

    model: Model
    files: Mapping[str, bytes]
    warnings: list[str]


def recalibrate(
    bundle: Bundle, asked: float | AlertBudget, table: CountTable | None
) -> Recalibrated:
    """Give a model the thresholds that flag another share of records.

    Args:
        bundle: the model.
        asked: the share, in (0, 0.5], or the alert budget that it follows from.
        table: records to find the thresholds on; None for the model's own training records, of
            which it keeps thousandths.

    Raises:
        BudgetError: the budget does not go with the records.
        InputError: without records, a share that is finer than thousandths; or no record.
        ExportError: the forest has no exact threshold there.
        ParityError: the new model is not the old with other thresholds.
        InsensitiveModelError: the thresholds have no effect.
    """
    if table is not None and not table.n_distinct:
        raise InputError("the data has no usable record")
    before = bundle.manifest
    contamination, budget = _share(asked, before, table)
    if table is None and round(contamination, 9) < THOUSANDTH:
        raise InputError(
            f"a contamination of {contamination:g}: a model keeps thousandths of its training "
            f"records; give DATA for a finer share"
        )
    detector = LEARNERS[before.detector].recalibrate(bundle, contamination, table)
    manifest = msgspec.structs.replace(
        before,
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        files={name: file_entry(data) for name, data in detector.files.items()},
        options=msgspec.structs.replace(before.options, contamination=contamination),
        scores=detector.scores,
    )
    model = Model(Bundle(UNPUBLISHED, manifest, dict(detector.files)), memo_capacity=1)
    compared = table
    if compared is None:
        compared = made_up_table(
            services=[own_threshold.service for own_threshold in before.scores.own]
        )
    if not model.spec.reads_message:
        compared = compared.without_traits()
    judgements = detector.judge(compared.keys)
    parity = prove_agreement(model, detector, compared, judgements, detector.prove(compared))
    warnings: list[str] = []
    if isinstance(asked, AlertBudget) and table is not None:
        warnings = doubts(asked, table)
    if table is None:
        warnings += far_from_asked(contamination, detector.reached)
        # Training counted what each thousandth flags as the threshold.
        flagged = Tables.from_bytes(detector.files[TABLES_FILE]).flagged
        assert flagged is not None  # a bundle without is refused when it is read
        n_samples = before.training.n_samples
        share = int(flagged[thousandth_at(contamination)]) / n_samples
        if before.scores.n_own and not contamination / 2 <= share <= contamination * 2:
            warnings.append(
                f"contamination is {contamination:g}, but {share:.2%} of the training records are "
                "flagged: services with thresholds of their own keep their distance to that of all "
                "records; give DATA to have that share of it flagged, or train again"
            )
        calibration = CalibrationSummary("thousandths", n_samples, share, budget=budget)
        # The training rows are gone: all rows that were compared are made up.
        parity = msgspec.structs.replace(
            parity,
            n_training_rows=0,
            n_adversarial_rows=parity.n_training_rows + parity.n_adversarial_rows,
        )
    else:
        n_flagged = int(compared.counts[judgements.is_anomaly].sum())
        calibration = CalibrationSummary(
            "records", compared.n_samples, n_flagged / compared.n_samples, budget=budget
        )
        warnings += check_sensitivity(model, compared, judgements, contamination)
    # What people have corrected is taken over from the version that serves, when it is published.
    model.manifest = msgspec.structs.replace(
        manifest, calibration=calibration, parity=parity, held_out=None, corrections=[]
    )
    return Recalibrated(
        model, {**detector.files, MANIFEST_FILE: model.manifest.to_json()}, warnings
    )


def _share(
    asked: float | AlertBudget, before: Manifest, table: CountTable | None
) -> tuple[float, AlertBudget | None]:
    """The contamination and the budget that it follows from, if it does.

    Args:
        asked: either.
        before: of the model, whose rate is taken where the records do not show it.
        table: the records, if there are any.
    """
    if not isinstance(asked, AlertBudget):
        return asked, None
    rate = None if table is None else lines_per_day(table)
    if rate is None and before.calibration.budget is not None:
        rate = before.calibration.budget.lines_per_day
    budget = with_rate(asked, rate or before.training.lines_per_day)
    return contamination_of(budget), budget
