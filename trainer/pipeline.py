"""The one way from a count table to a published model: fit, export, prove, publish."""

import platform
import time
from datetime import UTC, datetime
from importlib import metadata
from typing import Final

import numpy as np

from inference.scorer import Scorer
from schemas.encoding import FeatureEncoder
from schemas.features import SEVERITY, Level
from schemas.manifest import (
    ARTEFACT_FORMAT,
    MANIFEST_FILE,
    MODEL_FILE,
    FeatureSpec,
    Manifest,
    ParitySummary,
    ScoreSpec,
    TrainingSummary,
    file_entry,
)
from schemas.training import TrainOptions, TrainResponse
from trainer.export import export_forest
from trainer.forest import fit_forest, weighted_percentile
from trainer.parity import prove_parity
from trainer.registry import ModelRegistry
from trainer.table import CountTable

DETECTOR: Final = "isolation_forest"
SERVICE_HASH: Final = "crc32"
FEW_DISTINCT_ROWS: Final = 50
QUANTILES: Final = (0.0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1.0)

_LIBRARIES: Final = ("scikit-learn", "skl2onnx", "onnx", "onnxruntime", "numpy")


def train(
    table: CountTable, options: TrainOptions, encoder: FeatureEncoder, registry: ModelRegistry
) -> TrainResponse:
    """Train on a table and publish the model.

    Args:
        table: distinct encoded rows with counts, made by `encoder`.
        options: how to fit.
        encoder: what made the rows; goes into the manifest.
        registry: where to publish.

    Raises:
        TooFewRowsError, ExportError, ParityError, StoreError: nothing was published.
    """
    started = time.perf_counter()
    forest = fit_forest(table, options)
    graph = export_forest(forest)
    parity = prove_parity(forest, graph, table.rows)
    scores = Scorer(graph, table.rows.shape[1]).score(table.rows)
    n_anomalies = int(table.counts[scores.labels < 0].sum())
    spec = ScoreSpec(
        offset=float(forest.offset_),
        threshold=-float(forest.offset_),
        quantiles={
            str(share): weighted_percentile(scores.anomaly_scores, table.counts, 100 * share)
            for share in QUANTILES
        },
    )
    manifest = _manifest(graph, table, options, encoder, spec, parity, n_anomalies)
    version = registry.publish({MODEL_FILE: graph, MANIFEST_FILE: manifest.to_json()})
    return TrainResponse(
        model_version=str(version),
        n_samples=table.n_samples,
        n_distinct=table.n_distinct,
        n_anomalies=n_anomalies,
        options=options,
        threshold=spec.threshold,
        duration_s=round(time.perf_counter() - started, 4),
        warnings=_warnings(table, options, n_anomalies),
    )


def _manifest(
    graph: bytes,
    table: CountTable,
    options: TrainOptions,
    encoder: FeatureEncoder,
    spec: ScoreSpec,
    parity: ParitySummary,
    n_anomalies: int,
) -> Manifest:
    return Manifest(
        artefact_format=ARTEFACT_FORMAT,
        detector=DETECTOR,
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        files={MODEL_FILE: file_entry(graph)},
        features=FeatureSpec(list(encoder.names), encoder.service_buckets, SERVICE_HASH),
        options=options,
        scores=spec,
        training=TrainingSummary(
            n_samples=table.n_samples,
            n_distinct=table.n_distinct,
            n_anomalies=n_anomalies,
            rows_per_level=_rows_per_level(table, encoder),
        ),
        parity=parity,
        libraries={
            "python": platform.python_version(),
            **{name: metadata.version(name) for name in _LIBRARIES},
        },
    )


def _rows_per_level(table: CountTable, encoder: FeatureEncoder) -> dict[str, int]:
    column = table.rows[:, encoder.names.index("level")]
    return {
        level.value: int(table.counts[column == np.float32(SEVERITY[level])].sum())
        for level in Level
    }


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
