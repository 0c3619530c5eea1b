"""The one way from a count table to a published model: fit, export, prove, publish."""

import platform
import time
from datetime import UTC, datetime
from importlib import metadata
from typing import Final

import msgspec

from inference.detectors.judgements import Judgements
from inference.model.model import Model
from schemas.api.training import TrainResponse
from schemas.bundle.contents import Bundle
from schemas.bundle.manifest import (
    ARTEFACT_FORMAT,
    MANIFEST_FILE,
    MODEL_FILE,
    TABLES_FILE,
    FeatureSpec,
    Manifest,
    ParitySummary,
    TrainingSummary,
    file_entry,
)
from schemas.bundle.options import TrainOptions
from schemas.record.encoding import SERVICE_BUCKETS
from schemas.record.extractor import EXTRACTOR
from schemas.record.features import SEVERITY, Level
from schemas.record.key import NO_TRAITS, unpack
from trainer.counting.table import CountTable
from trainer.fitting.detectors import FITS, Artefacts
from trainer.store.candidate import Candidate
from trainer.store.registry import ModelRegistry

SERVICE_HASH: Final = "crc32"
FEW_DISTINCT_ROWS: Final = 50
_LIBRARIES: Final = ("scikit-learn", "skl2onnx", "onnx", "onnxruntime", "numpy")
_UNPUBLISHED: Final = 0


class Fitted(msgspec.Struct, frozen=True):
    """A fitted model that is not published yet.

    Attributes:
        table: what it was fitted on, as its detector tells records apart.
        artefacts: the parts of its bundle.
        judgements: what it says of the table's records, by the training code.
        candidate: the same, loaded as production loads it.
        warnings: what the user should know, a sentence each.
    """

    table: CountTable
    artefacts: Artefacts
    judgements: Judgements
    candidate: Candidate
    warnings: list[str]


def train(table: CountTable, options: TrainOptions, registry: ModelRegistry) -> TrainResponse:
    """Train on a table and publish the model.

    Raises:
        TooFewRowsError, ExportError, ParityError, StoreError: nothing was published.
    """
    started = time.perf_counter()
    fitted = fit(table, options)
    files = prove(fitted)
    version = registry.publish(lambda _version: files)
    return response(fitted, version, time.perf_counter() - started)


def fit(table: CountTable, options: TrainOptions) -> Fitted:
    """Fit on a table and export.

    The same table and options give the same graph and tables, byte for byte.

    Raises:
        TooFewRowsError, ExportError: no model came of it.
    """
    if options.detector == "isolation_forest":
        table = table.without_traits()
    artefacts = FITS[options.detector](table, options)
    files = {MODEL_FILE: artefacts.graph, TABLES_FILE: artefacts.tables.to_bytes()}
    judgements = artefacts.judge(table.keys)
    n_anomalies = int(table.counts[judgements.is_anomaly].sum())
    manifest = _manifest(table, options, artefacts, files, n_anomalies)
    model = Model(Bundle(_UNPUBLISHED, manifest, files), memo_capacity=1)
    candidate = Candidate(options.detector, model, files)
    return Fitted(table, artefacts, judgements, candidate, _warnings(table, options, n_anomalies))


def prove(fitted: Fitted) -> dict[str, bytes]:
    """Prove a model equal to what training computed.

    Returns:
        The files of its bundle by name, the manifest with the proof among them.

    Raises:
        ParityError: the exported model says something else; it must not be published.
    """
    model = fitted.candidate.model
    parity = fitted.artefacts.prove(fitted.table, model)
    model.manifest = msgspec.structs.replace(model.manifest, parity=parity)
    return {**fitted.candidate.files, MANIFEST_FILE: model.manifest.to_json()}


def response(fitted: Fitted, version: int, duration_s: float) -> TrainResponse:
    """What a training answers."""
    manifest = fitted.candidate.model.manifest
    return TrainResponse(
        model_version=str(version),
        n_samples=manifest.training.n_samples,
        n_distinct=manifest.training.n_distinct,
        n_anomalies=manifest.training.n_anomalies,
        options=manifest.options,
        threshold=manifest.scores.threshold,
        duration_s=round(duration_s, 4),
        warnings=fitted.warnings,
    )


def _manifest(
    table: CountTable,
    options: TrainOptions,
    artefacts: Artefacts,
    files: dict[str, bytes],
    n_anomalies: int,
) -> Manifest:
    _, level, _, _, traits = unpack(table.keys)
    return Manifest(
        artefact_format=ARTEFACT_FORMAT,
        detector=options.detector,
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        files={name: file_entry(data) for name, data in files.items()},
        features=FeatureSpec(list(artefacts.columns), SERVICE_BUCKETS, SERVICE_HASH),
        extractor=EXTRACTOR,
        options=options,
        scores=artefacts.scores,
        training=TrainingSummary(
            n_samples=table.n_samples,
            n_distinct=table.n_distinct,
            n_anomalies=n_anomalies,
            rows_per_level={
                one.value: int(table.counts[level == SEVERITY[one]].sum()) for one in Level
            },
            n_messages=int(table.counts[traits != NO_TRAITS].sum()),
        ),
        parity=ParitySummary(0, 0, 0, 0.0),  # nothing is proved yet
        libraries={
            "python": platform.python_version(),
            **{name: metadata.version(name) for name in _LIBRARIES},
        },
    )


def _warnings(table: CountTable, options: TrainOptions, n_anomalies: int) -> list[str]:
    warnings = []
    if table.n_distinct < FEW_DISTINCT_ROWS:
        warnings.append(
            f"only {table.n_distinct} distinct rows: a verdict of this model means little; "
            f"train on at least a few thousand real logs"
        )
    if options.contamination != "auto":
        flagged = n_anomalies / table.n_samples
        if not options.contamination / 2 <= flagged <= options.contamination * 2:
            warnings.append(
                f"contamination is {options.contamination:g}, but {flagged:.4g} of the training "
                f"rows are flagged: many rows share one score, and a tie is no anomaly"
            )
    return warnings
