"""The manifest beside every model: what the graph takes, what it answers and where it comes from.

A bundle is a directory with `manifest.json` and the files it lists. The manifest is all that a
reader needs to decide whether it can serve the model.
"""

import hashlib
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from schemas.bundle.budget import AlertBudget
from schemas.bundle.corrections import MAX_CORRECTIONS, Correction
from schemas.bundle.options import DetectorName, TrainOptions
from schemas.record.bins import Shares

ARTEFACT_FORMAT: Final = 4
"""Raised whenever an older reader could not serve a newer bundle correctly."""

MODEL_FILE: Final = "model.onnx"
MANIFEST_FILE: Final = "manifest.json"
TABLES_FILE: Final = "tables.npz"
REPORT_FILE: Final = "report.html"
"""For people; no file of the bundle: a model serves without it."""

PATTERNS_FILE: Final = "patterns.jsonl.gz"
"""The patterns of the training data; no file of the bundle either."""

Sha256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]


class UnreadableManifestError(ValueError):
    """The file is no manifest, or of a format that this release does not read."""


class FileEntry(msgspec.Struct, frozen=True):
    """A file of the bundle.

    Attributes:
        sha256: of its content.
        size_bytes: its size.
    """

    sha256: Sha256
    size_bytes: Annotated[int, Meta(ge=1)]


class FeatureSpec(msgspec.Struct, frozen=True):
    """The graph's input columns, and how they are made.

    Attributes:
        names: the columns, in order.
        service_buckets: modulus of the hash that makes a number of a service name.
        service_hash: name of that hash.
    """

    names: Annotated[list[str], Meta(min_length=1)]
    service_buckets: Annotated[int, Meta(ge=1, le=16_777_216)]
    service_hash: str


MAX_OWN_THRESHOLDS: Final = 100
"""Services whose thresholds a manifest lists; the bundle's tables have all."""


class OwnThreshold(msgspec.Struct, frozen=True):
    """The threshold of a service that has its own.

    Attributes:
        service: its name.
        n_records: its training records.
        threshold: tau for its logs without a message.
        message_threshold: tau for its logs with a message; None if training had none.
    """

    service: str
    n_records: Annotated[int, Meta(ge=1)]
    threshold: float
    message_threshold: float | None


class ScoreSpec(msgspec.Struct, frozen=True):
    """Where the model draws the line, and how its scores spread over the training data.

    Attributes:
        threshold: `isolation_forest`: a log with a higher anomaly_score is an anomaly.
            `surprisal`: tau, in decades, for logs without a message.
        message_threshold: `surprisal`: tau for logs with a message; None if training had none.
        offset: scikit-learn's `offset_` of the forest. For `isolation_forest` it is the negative
            of the threshold; for `surprisal` it decides nothing.
        quantiles: of what the threshold is compared with (with `surprisal`, without messages), at
            the given shares of the training rows, as "0.5" -> 0.41.
        n_own: services with thresholds of their own; all others are held against the above.
        own: of these, the services with the most training records, up to `MAX_OWN_THRESHOLDS`.
    """

    threshold: float
    message_threshold: float | None
    offset: float
    quantiles: dict[str, float]
    n_own: Annotated[int, Meta(ge=0)] = 0
    own: Annotated[list[OwnThreshold], Meta(max_length=MAX_OWN_THRESHOLDS)] = []

    def main_threshold(self, n_messages: int, n_records: int) -> float:
        """The threshold that most of some records are held against.

        Args:
            n_messages: how many of them came with a message.
            n_records: of how many.
        """
        if self.message_threshold is None or 2 * n_messages < n_records:
            return self.threshold
        return self.message_threshold


class TrainingSummary(msgspec.Struct, frozen=True):
    """The data that the model learned from.

    Attributes:
        n_samples: training rows.
        n_distinct: distinct training rows, as the detector distinguishes them.
        rows_per_level: training rows of each level.
        n_messages: training rows that came with their message.
        shares: how they spread over the bins of each feature, which services hold against what
            they judge; empty in models of earlier releases.
        lines_per_day: training rows a day over the span of their times; None where some have none.
    """

    n_samples: Annotated[int, Meta(ge=1)]
    n_distinct: Annotated[int, Meta(ge=1)]
    rows_per_level: dict[str, int]
    n_messages: int
    shares: Shares = {}
    lines_per_day: float | None = None


Method = Literal["forward", "leave-one-out", "quantile"]


class CalibrationSummary(msgspec.Struct, frozen=True):
    """The records that the thresholds come from, and the share that they flag.

    Attributes:
        source: `training`, the training records; `records`, other records that were given;
            `thousandths`, what the model keeps of its training records.
        n_records: how many records these are.
        flagged_share: the share of them that is flagged.
        method: `forward`, they are judged as they came, by what came before them, and each by all
            others, and a threshold is a quantile of both together; `leave-one-out`, the latter
            alone, since their times are unknown; `quantile`, judged by the model itself.
        budget: the alert budget that the contamination follows from; None where it was asked for.
    """

    source: Literal["training", "records", "thousandths"]
    n_records: Annotated[int, Meta(ge=1)]
    flagged_share: Annotated[float, Meta(ge=0, le=1)]
    method: Method = "quantile"
    budget: AlertBudget | None = None


class HeldOutSummary(msgspec.Struct, frozen=True):
    """How the model does on records that it did not learn from.

    Attributes:
        n_records: how many these are.
        flagged_share: the share of them that is flagged.
        since: from when on records were held out (RFC 3339); None where they were chosen otherwise.
        average_precision: of the model's ranking; None without labels of both kinds.
        auc: likewise, the area under the ROC curve.
    """

    n_records: Annotated[int, Meta(ge=1)]
    flagged_share: Annotated[float, Meta(ge=0, le=1)]
    since: str | None = None
    average_precision: float | None = None
    auc: float | None = None


class ParitySummary(msgspec.Struct, frozen=True):
    """The comparisons before the model was published; 0 where a detector has no such proof.

    Attributes:
        n_training_rows: distinct rows of the records behind the thresholds of which the graph was
            compared with scikit-learn, or with the trees of the model that it comes from.
        n_adversarial_rows: made-up rows compared, at and around the trees' thresholds.
        label_differences: always 0, or the model would not have been published.
        max_score_error: largest absolute difference of the forest's score to theirs.
        n_verdicts: records that the loaded model judged singly, in batches and in bulk, each
            verdict equal to that of the training code.
        max_verdict_error: largest absolute difference of their decisions.
    """

    n_training_rows: int = 0
    n_adversarial_rows: int = 0
    label_differences: int = 0
    max_score_error: float = 0.0
    n_verdicts: int = 0
    max_verdict_error: float = 0.0


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about a model version except the graph itself.

    Attributes:
        artefact_format: of the bundle; a reader takes its own alone.
        created_at: when it was trained (RFC 3339).
        files: the files of the bundle, by name.
        features: what the graph's input columns are.
        extractor: identifies the rules that turned raw lines into the records that the model
            learned from.
        options: what it was trained by.
        scores: where it draws the line.
        training: what it learned from.
        calibration: what the thresholds come from.
        parity: what was compared before it was published.
        libraries: versions of the libraries that made it.
        corrections: people's corrections, which go before the detector's verdicts.
        held_out: how it does on what it did not learn from; None where nothing was held out, or the
            thresholds have changed since.
    """

    artefact_format: int
    detector: DetectorName
    created_at: str
    files: dict[str, FileEntry]
    features: FeatureSpec
    extractor: Sha256
    options: TrainOptions
    scores: ScoreSpec
    training: TrainingSummary
    calibration: CalibrationSummary
    parity: ParitySummary
    libraries: dict[str, str]
    corrections: Annotated[list[Correction], Meta(max_length=MAX_CORRECTIONS)] = []
    held_out: HeldOutSummary | None = None

    @property
    def main_threshold(self) -> float:
        """The threshold that most of the training records are held against."""
        return self.scores.main_threshold(self.training.n_messages, self.training.n_samples)

    def to_json(self) -> bytes:
        """The manifest as indented JSON, ending in a newline."""
        return msgspec.json.format(msgspec.json.encode(self), indent=2) + b"\n"

    @classmethod
    def from_json(cls, data: bytes) -> "Manifest":
        """Read a manifest.

        Raises:
            UnreadableManifestError: not JSON, of another format, or with values out of range.
        """
        try:
            data.decode()  # msgspec passes over keys that it does not know, whatever is in them
            version = msgspec.json.decode(data, type=_Format).artefact_format
            if version != ARTEFACT_FORMAT:
                raise UnreadableManifestError(
                    f"the manifest has artefact format {version}, this release reads "
                    f"{ARTEFACT_FORMAT}; serve it with the release that wrote it, or train again"
                )
            return msgspec.json.decode(data, type=cls)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise UnreadableManifestError(f"the manifest cannot be read: {error}") from error


class _Format(msgspec.Struct):
    artefact_format: int


def file_entry(data: bytes) -> FileEntry:
    """Describe a file's content for the manifest."""
    return FileEntry(hashlib.sha256(data).hexdigest(), len(data))
