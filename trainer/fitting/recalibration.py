"""New thresholds for a published model, proved as a new model is."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

import msgspec

from inference.model.model import Model
from schemas.bundle.contents import Bundle
from schemas.bundle.manifest import MANIFEST_FILE, TABLES_FILE, CalibrationSummary, file_entry
from schemas.bundle.tables import Tables
from trainer.counting.table import CountTable
from trainer.errors import InputError
from trainer.fitting.agreement import prove_agreement
from trainer.fitting.learners.registry import LEARNERS
from trainer.fitting.learners.thresholds import thousandth_at
from trainer.fitting.made_up import made_up_table
from trainer.fitting.pipeline import UNPUBLISHED
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


def recalibrate(bundle: Bundle, contamination: float, table: CountTable | None) -> Recalibrated:
    """Give a model the thresholds that flag another share of records.

    Args:
        bundle: the model.
        contamination: the share, in (0, 0.5].
        table: records to find the thresholds on; None for the model's own training records, of
            which it keeps thousandths.

    Raises:
        InputError: without records, a share that is finer than thousandths; or no record.
        ExportError: the forest has no exact threshold there.
        ParityError: the new model is not the old one with other thresholds.
        InsensitiveModelError: the thresholds have no effect.
    """
    if table is None and round(contamination, 9) < THOUSANDTH:
        raise InputError(
            f"--contamination {contamination:g}: a model keeps thousandths of its training "
            f"records; give DATA for a finer share"
        )
    if table is not None and not table.n_distinct:
        raise InputError("the data has no usable record")
    before = bundle.manifest
    detector = LEARNERS[before.detector].recalibrate(bundle, contamination, table)
    manifest = msgspec.structs.replace(
        before,
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        files={name: file_entry(data) for name, data in detector.files.items()},
        options=msgspec.structs.replace(before.options, contamination=contamination),
        scores=detector.scores,
    )
    model = Model(Bundle(UNPUBLISHED, manifest, dict(detector.files)), memo_capacity=1)
    compared = made_up_table() if table is None else table
    if not model.spec.reads_message:
        compared = compared.without_traits()
    judgements = detector.judge(compared.keys)
    parity = prove_agreement(model, detector, compared, judgements, detector.prove(compared))
    warnings: list[str] = []
    if table is None:
        # What each of the thousandths flags was counted when the model was trained.
        flagged = Tables.from_bytes(detector.files[TABLES_FILE]).flagged
        assert flagged is not None  # no bundle is read without
        n_samples = before.training.n_samples
        share = int(flagged[thousandth_at(contamination)]) / n_samples
        calibration = CalibrationSummary("thousandths", n_samples, share)
        # The rows of its records are gone: all that were compared are made up.
        parity = msgspec.structs.replace(
            parity,
            n_training_rows=0,
            n_adversarial_rows=parity.n_training_rows + parity.n_adversarial_rows,
        )
    else:
        n_flagged = int(compared.counts[judgements.is_anomaly].sum())
        calibration = CalibrationSummary(
            "records", compared.n_samples, n_flagged / compared.n_samples
        )
        warnings = check_sensitivity(model, compared, judgements, contamination)
    model.manifest = msgspec.structs.replace(manifest, calibration=calibration, parity=parity)
    return Recalibrated(
        model, {**detector.files, MANIFEST_FILE: model.manifest.to_json()}, warnings
    )
