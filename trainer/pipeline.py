"""The one way from a count table to a published model: fit, export, prove, publish."""

import platform
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib import metadata
from typing import Final

import msgspec
import numpy as np

from inference.model import Model
from inference.store import Bundle
from schemas.encoding import SERVICE_BUCKETS
from schemas.features import FEATURE_NAMES, SEVERITY, Level
from schemas.manifest import (
    ARTEFACT_FORMAT,
    MANIFEST_FILE,
    MODEL_FILE,
    TABLES_FILE,
    FeatureSpec,
    Manifest,
    ParitySummary,
    ScoreSpec,
    TrainingSummary,
    file_entry,
)
from schemas.packing import NO_TRAITS, TRAITS, unpack
from schemas.surprise import FOREST_COLUMNS, Tables
from schemas.training import TrainOptions, TrainResponse
from trainer.export import export_forest
from trainer.forest import fit_forest, lower_quantiles
from trainer.parity import prove_parity, prove_verdicts
from trainer.registry import ModelRegistry
from trainer.surprise import PERCENTILES, Floats, fit_surprise, surprise_of
from trainer.table import CountTable

SERVICE_HASH: Final = "crc32"
FEW_DISTINCT_ROWS: Final = 50
QUANTILES: Final = (
    "0.001",
    "0.01",
    "0.05",
    "0.25",
    "0.5",
    "0.75",
    "0.9",
    "0.95",
    "0.99",
    "0.999",
    "1.0",
)

_LIBRARIES: Final = ("scikit-learn", "skl2onnx", "onnx", "onnxruntime", "numpy")
_UNPUBLISHED: Final = 0


class Artefacts(msgspec.Struct, frozen=True):
    """What a detector's training yields: the files of a bundle and what the manifest says of it."""

    graph: bytes
    tables: Tables
    columns: tuple[str, ...]
    scores: ScoreSpec
    parity: ParitySummary


class Candidate(msgspec.Struct, frozen=True):
    """A loaded model that is looked at beside others.

    Attributes:
        name: what to call it; unique among those it stands beside.
        model: what judges.
        files: of its bundle, by name.
    """

    name: str
    model: Model
    files: Mapping[str, bytes]


class Fitted(msgspec.Struct, frozen=True):
    """A fitted and proved model that is not published yet.

    Attributes:
        files: of the bundle, by name; the manifest among them.
        model: the same, loaded as production loads it.
        warnings: what the user should know, a sentence each.
    """

    files: dict[str, bytes]
    model: Model
    warnings: list[str]

    @property
    def candidate(self) -> Candidate:
        """The model under the name of its detector."""
        return Candidate(self.model.manifest.detector, self.model, self.files)


def train(table: CountTable, options: TrainOptions, registry: ModelRegistry) -> TrainResponse:
    """Train on a table and publish the model.

    Raises:
        TooFewRowsError, ExportError, ParityError, StoreError: nothing was published.
    """
    started = time.perf_counter()
    fitted = fit(table, options)
    version = registry.publish(lambda _version: fitted.files)
    return response(fitted, version, time.perf_counter() - started)


def fit(table: CountTable, options: TrainOptions) -> Fitted:
    """Fit on a table, export and prove.

    The same table and options give the same graph and tables, byte for byte.

    Raises:
        TooFewRowsError, ExportError, ParityError: no model came of it.
    """
    if options.detector == "isolation_forest":
        table = table.without_traits()
    artefacts = _FITS[options.detector](table, options)
    files = {MODEL_FILE: artefacts.graph, TABLES_FILE: artefacts.tables.to_bytes()}
    manifest = _manifest(table, options, artefacts, files)
    model = Model(Bundle(_UNPUBLISHED, manifest, files), memo_capacity=1)
    parity = artefacts.parity
    if options.detector == "surprise":
        parity = _prove_surprise(table, model, artefacts)
    judged = model.judge_keys(table.keys)
    n_anomalies = int(table.counts[judged.is_anomaly].sum())
    training = msgspec.structs.replace(manifest.training, n_anomalies=n_anomalies)
    model.manifest = msgspec.structs.replace(manifest, training=training, parity=parity)
    files[MANIFEST_FILE] = model.manifest.to_json()
    return Fitted(files, model, _warnings(table, options, n_anomalies))


def response(fitted: Fitted, version: int, duration_s: float) -> TrainResponse:
    """What a training answers."""
    manifest = fitted.model.manifest
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


def _fit_isolation_forest(table: CountTable, options: TrainOptions) -> Artefacts:
    forest = fit_forest(table, options)
    graph = export_forest(forest)
    parity, scores = prove_parity(forest, graph, table.rows)
    percentiles = lower_quantiles(scores, table.counts, PERCENTILES)
    offset = float(forest.offset_)
    return Artefacts(
        graph,
        Tables(percentiles=percentiles),
        FEATURE_NAMES,
        ScoreSpec(-offset, None, offset, _quantiles(percentiles)),
        parity,
    )


def _fit_surprise(table: CountTable, options: TrainOptions) -> Artefacts:
    fitted = fit_surprise(table, options)
    parity, _scores = prove_parity(fitted.forest, fitted.graph, np.unique(fitted.rows, axis=0))
    scores = ScoreSpec(
        fitted.threshold,
        fitted.message_threshold,
        float(fitted.forest.offset_),
        _quantiles(fitted.tables.percentiles),
    )
    return Artefacts(fitted.graph, fitted.tables, FOREST_COLUMNS, scores, parity)


def _prove_surprise(table: CountTable, model: Model, artefacts: Artefacts) -> ParitySummary:
    """Every distinct record, with its message and without it."""
    keys = np.unique(np.concatenate([table.keys, table.keys - table.traits]))
    scores = artefacts.scores
    tau = np.full(len(keys), scores.threshold)
    if scores.message_threshold is not None:
        tau[keys % TRAITS != NO_TRAITS] = scores.message_threshold
    surprise = surprise_of(keys, artefacts.graph, artefacts.tables)
    return prove_verdicts(artefacts.parity, model.judge_keys(keys), surprise, tau)


_FITS: Final[dict[str, Callable[[CountTable, TrainOptions], Artefacts]]] = {
    "isolation_forest": _fit_isolation_forest,
    "surprise": _fit_surprise,
}


def _quantiles(percentiles: Floats) -> dict[str, float]:
    return {share: float(percentiles[round(1_000 * float(share)) - 1]) for share in QUANTILES}


def _manifest(
    table: CountTable, options: TrainOptions, artefacts: Artefacts, files: dict[str, bytes]
) -> Manifest:
    _, level, _, _, traits = unpack(table.keys)
    return Manifest(
        artefact_format=ARTEFACT_FORMAT,
        detector=options.detector,
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        files={name: file_entry(data) for name, data in files.items()},
        features=FeatureSpec(list(artefacts.columns), SERVICE_BUCKETS, SERVICE_HASH),
        options=options,
        scores=artefacts.scores,
        training=TrainingSummary(
            n_samples=table.n_samples,
            n_distinct=table.n_distinct,
            n_anomalies=0,
            rows_per_level={
                one.value: int(table.counts[level == SEVERITY[one]].sum()) for one in Level
            },
            n_messages=int(table.counts[traits != NO_TRAITS].sum()),
        ),
        parity=artefacts.parity,
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
                f"rows lie below the threshold: many rows share one score, and a tie is no anomaly"
            )
    return warnings
