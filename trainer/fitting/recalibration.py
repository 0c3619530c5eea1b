"""A new threshold for a published model, with the same forest.

The forest is not fitted again. With `isolation_forest` its graph is published once more with
another threshold in it, found as at the export: the smallest sum of path lengths that
scikit-learn's own expression calls an inlier. With `surprisal` the graph stays as it is, byte for
byte.
"""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

import msgspec
import numpy as np
import onnx
from onnx import numpy_helper

from inference.model.model import Model
from schemas.bundle.contents import Bundle
from schemas.bundle.manifest import (
    MANIFEST_FILE,
    MODEL_FILE,
    TABLES_FILE,
    Manifest,
    ScoreSpec,
    file_entry,
)
from schemas.bundle.tables import Tables
from schemas.record.key import NO_TRAITS
from trainer.counting.table import CountTable
from trainer.errors import InputError
from trainer.fitting.export import threshold_constants
from trainer.fitting.forest import MAX_FIT_ROWS, lower_quantiles
from trainer.fitting.threshold import depth_denominator

TIE_MARGIN: Final = 1e-7
"""Put on a forest's threshold: the graph's scores differ from scikit-learn's by less, and a record
whose score *is* the threshold is no anomaly."""


def recalibrate(
    manifest: Manifest, files: Mapping[str, bytes], contamination: float, table: CountTable | None
) -> tuple[Manifest, dict[str, bytes]]:
    """Give a model the threshold that flags another share of records.

    Args:
        manifest: of the model.
        files: of its bundle, by name.
        contamination: the share, in (0, 0.5].
        table: records to find the threshold on; None for the model's own training records, of
            which it keeps thousandths.

    Returns:
        The new manifest, and the files of the new bundle with it.

    Raises:
        InputError: without records, a share that is finer than thousandths; or no record.
    """
    tables = Tables.from_bytes(files[TABLES_FILE])
    if table is None and round(contamination, 9) * 1_000 < 1:
        raise InputError(
            f"--contamination {contamination:g}: a model keeps thousandths of its training "
            f"records; give DATA for a finer share"
        )
    if table is not None and not table.n_distinct:
        raise InputError("the data has no usable record")
    if manifest.detector == "surprisal":
        scores, graph = _surprisal(manifest, files, tables, contamination, table), files[MODEL_FILE]
    else:
        threshold = _forest(manifest, files, tables, contamination, table)
        scores = msgspec.structs.replace(manifest.scores, threshold=threshold, offset=-threshold)
        graph = _with_threshold(files[MODEL_FILE], _denominator(manifest), -threshold)
    renewed = {MODEL_FILE: graph, TABLES_FILE: files[TABLES_FILE]}
    new = msgspec.structs.replace(
        manifest,
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        files={name: file_entry(data) for name, data in renewed.items()},
        options=msgspec.structs.replace(manifest.options, contamination=contamination),
        scores=scores,
    )
    return new, {**renewed, MANIFEST_FILE: new.to_json()}


def _surprisal(
    manifest: Manifest,
    files: Mapping[str, bytes],
    tables: Tables,
    contamination: float,
    table: CountTable | None,
) -> ScoreSpec:
    if table is None:
        message = manifest.scores.message_threshold
        if tables.message_percentiles is not None:
            message = _kept(tables.message_percentiles, contamination)
        return msgspec.structs.replace(
            manifest.scores,
            threshold=_kept(tables.percentiles, contamination),
            message_threshold=message,
        )
    model = Model(Bundle(0, manifest, dict(files)), memo_capacity=1)
    bare = table.without_traits()
    spec = msgspec.structs.replace(manifest.scores, threshold=_found(model, bare, contamination))
    has_message = table.traits != NO_TRAITS
    if manifest.scores.message_threshold is not None and has_message.any():
        written = msgspec.structs.replace(
            table, keys=table.keys[has_message], counts=table.counts[has_message]
        )
        tau = _found(model, written, contamination)
        spec = msgspec.structs.replace(spec, message_threshold=tau)
    return spec


def _found(model: Model, table: CountTable, contamination: float) -> float:
    """The quantile of D over a table's records."""
    severity, hint, rarity, phi = model.judge_keys(table.keys).terms.T
    # Added up as for a verdict: a record whose D *is* the threshold is no anomaly.
    surprisal = severity + hint + rarity + phi
    return float(lower_quantiles(surprisal, table.counts, _share(contamination))[0])


def _forest(
    manifest: Manifest,
    files: Mapping[str, bytes],
    tables: Tables,
    contamination: float,
    table: CountTable | None,
) -> float:
    if table is None:
        return _kept(tables.percentiles, contamination) + TIE_MARGIN
    table = table.without_traits()
    model = Model(Bundle(0, manifest, dict(files)), memo_capacity=1)
    scores = model.judge_keys(table.keys).anomaly_scores
    return float(lower_quantiles(scores, table.counts, _share(contamination))[0]) + TIE_MARGIN


def _share(contamination: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.array([1 - contamination])


def _kept(percentiles: np.ndarray[tuple[int], np.dtype[np.float64]], contamination: float) -> float:
    """The quantile, of the thousandths that a model keeps."""
    return float(percentiles[math.ceil(round((1 - contamination) * 1_000, 6)) - 1])


def _denominator(manifest: Manifest) -> float:
    rows = min(manifest.training.n_samples, MAX_FIT_ROWS)
    return depth_denominator(manifest.options.n_estimators, min(manifest.options.max_samples, rows))


def _with_threshold(graph: bytes, denominator: float, offset: float) -> bytes:
    """The graph with another threshold; all else is the same."""
    model = onnx.load_model_from_string(graph)
    threshold, constants = threshold_constants(denominator, offset)
    for initializer in model.graph.initializer:
        if initializer.name in constants:
            value = np.array(constants[initializer.name], np.float64)
            initializer.CopyFrom(numpy_helper.from_array(value, initializer.name))
    for node in model.graph.node:
        for attribute in node.attribute:
            if attribute.name == "base_values_as_tensor":
                values = numpy_helper.to_array(attribute.t).copy()
                values[0] = -threshold
                attribute.t.CopyFrom(numpy_helper.from_array(values, attribute.t.name))
    return bytes(model.SerializeToString(deterministic=True))
