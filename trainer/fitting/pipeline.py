"""From a count table to a bundle that may be published: fit, export, prove."""

import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import metadata
from typing import Final

import msgspec

from inference.detectors.judgements import Judgements
from inference.model.model import Model
from schemas.bundle.budget import AlertBudget
from schemas.bundle.contents import Bundle
from schemas.bundle.detectors import DETECTORS
from schemas.bundle.manifest import (
    ARTEFACT_FORMAT,
    MANIFEST_FILE,
    CalibrationSummary,
    FeatureSpec,
    HeldOutSummary,
    Manifest,
    ParitySummary,
    TrainingSummary,
    file_entry,
)
from schemas.bundle.options import TrainOptions
from schemas.record.bins import feature_shares
from schemas.record.encoding import SERVICE_BUCKETS, SERVICE_HASH
from schemas.record.extractor import EXTRACTOR
from schemas.record.features import SEVERITY, Level
from schemas.record.key import NO_TRAITS, unpack
from trainer.counting.table import CountTable
from trainer.fitting.agreement import prove_agreement
from trainer.fitting.budget import contamination_of, doubts, lines_per_day, with_rate
from trainer.fitting.forward import MIN_RECORDS
from trainer.fitting.learners.learner import FittedDetector
from trainer.fitting.learners.registry import LEARNERS
from trainer.fitting.own_thresholds import NONE_LARGE_ENOUGH
from trainer.fitting.sensitivity import check_sensitivity
from trainer.fitting.suitability import check_suitability
from trainer.store.candidate import Candidate

UNPUBLISHED: Final = 0
"""The number of a version that is in no store yet."""

NO_ORDER: Final = (
    "the times of these records are unknown, or all the same: the "
    "threshold takes what is new later for what is known, and may flag several times what was "
    "asked; count tables have the columns with python -m trainer sql --time-field"
)
"""A warning where thresholds could not be found forward in time."""

_LIBRARIES: Final = ("scikit-learn", "skl2onnx", "onnx", "onnxruntime", "numpy")


class Fitted(msgspec.Struct, frozen=True):
    """A fitted model that is not published yet.

    Attributes:
        table: what it was fitted on, as its detector distinguishes records.
        detector: what fitting it yielded.
        judgements: on the table's records, by the training code.
        candidate: the same, loaded as a service loads it.
        warnings: what the user should know, a sentence each.
    """

    table: CountTable
    detector: FittedDetector
    judgements: Judgements
    candidate: Candidate
    warnings: list[str]

    @property
    def n_anomalies(self) -> int:
        """Training records that are flagged."""
        return int(self.table.counts[self.judgements.is_anomaly].sum())


def fit(table: CountTable, options: TrainOptions, budget: AlertBudget | None = None) -> Fitted:
    """Fit on a table and export.

    The same table and options give the same graph and tables, byte for byte.

    Args:
        table: the records.
        options: how to fit.
        budget: what the contamination follows from, in the place of that of the options.

    Raises:
        BudgetError: the budget does not go with the records.
        TooFewRowsError, ExportError: no model can be made of the table.
        InsensitiveModelError: the model has learned nothing.
    """
    if not DETECTORS[options.detector].reads_message:
        table = table.without_traits()
    warnings = [] if budget is None else doubts(budget, table)
    options, budget = settle(table, options, budget)
    detector = LEARNERS[options.detector].fit(table, options)
    judgements = detector.judge(table.keys)
    manifest = _manifest(table, options, budget, detector, judgements)
    files = dict(detector.files)
    model = Model(Bundle(UNPUBLISHED, manifest, files), memo_capacity=1)
    asked = None if options.contamination == "auto" else options.contamination
    warnings += check_sensitivity(model, table, judgements, asked, detector.reached)
    if detector.method == "leave-one-out" and table.n_samples >= MIN_RECORDS:
        warnings.append(NO_ORDER)
    if options.per_service and not detector.scores.n_own:
        warnings.append(NONE_LARGE_ENOUGH)
    warnings += check_suitability(table)
    candidate = Candidate(options.detector, model, files)
    return Fitted(table, detector, judgements, candidate, warnings)


def settle(
    table: CountTable, options: TrainOptions, budget: AlertBudget | None
) -> tuple[TrainOptions, AlertBudget | None]:
    """Options with the contamination that follows from a budget, and the budget with its rate.

    Args:
        table: the records.
        options: as they were asked for; they stay where there is no budget.
        budget: likewise.

    Raises:
        BudgetError: the budget does not go with the records.
    """
    if budget is None:
        return options, None
    budget = with_rate(budget, lines_per_day(table))
    return msgspec.structs.replace(options, contamination=contamination_of(budget)), budget


def prove(fitted: Fitted, held_out: HeldOutSummary | None = None) -> Mapping[str, bytes]:
    """Prove a model equal to what training computed.

    Args:
        fitted: the model.
        held_out: how it does on what it did not learn from, for its manifest.

    Returns:
        The files of its bundle by name, the manifest with the proof among them.

    Raises:
        ParityError: the exported model says something else; it must not be published.
    """
    model = fitted.candidate.model
    parity = prove_agreement(
        model,
        fitted.detector,
        fitted.table,
        fitted.judgements,
        fitted.detector.prove(fitted.table),
    )
    model.manifest = msgspec.structs.replace(model.manifest, parity=parity, held_out=held_out)
    return {**fitted.candidate.files, MANIFEST_FILE: model.manifest.to_json()}


def _manifest(
    table: CountTable,
    options: TrainOptions,
    budget: AlertBudget | None,
    detector: FittedDetector,
    judgements: Judgements,
) -> Manifest:
    _, severity, _, _, traits = unpack(table.keys)
    n_anomalies = int(table.counts[judgements.is_anomaly].sum())
    return Manifest(
        artefact_format=ARTEFACT_FORMAT,
        detector=options.detector,
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        files={name: file_entry(data) for name, data in detector.files.items()},
        features=FeatureSpec(list(detector.columns), SERVICE_BUCKETS, SERVICE_HASH),
        extractor=EXTRACTOR,
        options=options,
        scores=detector.scores,
        training=TrainingSummary(
            n_samples=table.n_samples,
            n_distinct=table.n_distinct,
            rows_per_level={
                known.value: int(table.counts[severity == SEVERITY[known]].sum()) for known in Level
            },
            n_messages=int(table.counts[traits != NO_TRAITS].sum()),
            shares=feature_shares(table.keys, table.counts),
            lines_per_day=lines_per_day(table),
        ),
        calibration=CalibrationSummary(
            "training", table.n_samples, n_anomalies / table.n_samples, detector.method, budget
        ),
        parity=ParitySummary(),  # nothing is proved yet
        libraries={
            "python": platform.python_version(),
            **{name: metadata.version(name) for name in _LIBRARIES},
        },
    )
