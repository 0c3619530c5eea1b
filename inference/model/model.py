"""A model that is loaded and ready to judge logs."""

import itertools
import math
import time
from collections.abc import Sequence
from typing import Final, cast

import msgspec
import numpy as np

from inference.detectors.judgements import Judgement, Judgements
from inference.detectors.registry import LOADERS
from inference.detectors.scorer import UnfitGraphError
from inference.errors import BrokenVersionError
from inference.model.column_verdicts import ColumnVerdicts
from inference.model.correcting import Corrector
from inference.model.marker import Marker
from inference.model.memo import Memo
from inference.model.verdicts import Mark, Verdict, make_verdicts, verdicts_in_columns
from schemas.bundle.contents import Bundle
from schemas.bundle.corrections import utc_now
from schemas.bundle.detectors import DETECTORS
from schemas.bundle.manifest import Manifest
from schemas.record.encoding import SERVICE_HASH, UnknownFeaturesError
from schemas.record.extraction import patterns_of, without_message
from schemas.record.extractor import EXTRACTOR
from schemas.record.features import Level, LogFeatures
from schemas.record.key import Ints, columns_of, without_traits

_OTHER_EXTRACTOR: Final = (
    "version {} learned from records of another extractor than this release has, so raw lines may "
    "get other flags or templates than in training; train again, or serve it with its own release"
)

LOGS_WORTH_COLUMNS: Final = 32
"""With as many logs, numpy's columns cost less than a call for each log."""

LOGS_WORTH_SAMPLING: Final = 64
SAMPLED: Final = 16
"""Each sixteenth record of a batch is looked up first."""

KNOWN_SHARE: Final = 0.5
"""If more of these are known, the batch is judged record by record. That costs half as much as
columns if all records are known, and twice as much if none is."""


class Model:
    """A published version in memory: its detector and the verdicts given so far.

    Immutable but for its memo, so that swapping a model is replacing a reference.

    Attributes:
        version: the number of its version, as answers give it.
        digest: what identifies the version, see `Bundle`.
        spec: what its detector is called, and how its answers are to be read.
        extract: makes what is seen of a raw log: the features, and what its message holds.
        reason: says in words why a record is judged as it is.
        novelty: says what of a record training has never met.
        corrector: gives logs the verdicts that people want them to have.
        notice: what an operator should know although the model serves; mostly empty.
    """

    def __init__(self, bundle: Bundle, *, memo_capacity: int, marker: Marker | None = None) -> None:
        """Load a verified bundle and run it once, so that the first client does not wait for it.

        Args:
            bundle: what was published.
            memo_capacity: verdicts that are remembered, per generation of two.
            marker: marks the verdicts for metrics; None without metrics.

        Raises:
            BrokenVersionError: the bundle does not load or does not judge.
        """
        name = bundle.manifest.detector
        try:
            _check_encoding(bundle.manifest)
            self.spec = DETECTORS[name]
            self._detector = LOADERS[name](bundle.manifest, bundle.files)
            for count in (1, 2):  # a single log and several are run in different ways
                for judgement in self._detector.judge([_ORDINARY] * count):
                    _check_judgement(judgement)
        except KeyError as error:
            raise BrokenVersionError(
                f"version {bundle.version}: the manifest lists no {error.args[0]}"
            ) from error
        except Exception as error:  # of whatever kind: the worker goes on with another version
            raise BrokenVersionError(f"version {bundle.version}: {error!s}") from error
        self.version = str(bundle.version)
        self.digest = bundle.digest
        self.manifest: Manifest = bundle.manifest
        self.loaded_at = time.time()
        self.notice = ""
        if self.manifest.extractor != EXTRACTOR:
            self.notice = _OTHER_EXTRACTOR.format(self.version)
        self.extract = self._detector.extract
        self.reason = self._detector.reason
        self.novelty = self._detector.novelty
        self.corrector = Corrector(
            self.manifest.corrections, self._detector.score_of, self.spec.clear, utc_now()
        )
        self._marker = marker
        self._memo: Memo[LogFeatures, Verdict] = Memo(memo_capacity)
        self._samples = itertools.count()
        self._judged: Memo[LogFeatures, Judgement] = Memo(memo_capacity)

    @property
    def is_outdated(self) -> bool:
        """Whether a correction has ended since it was loaded."""
        return time.time() >= self.corrector.ends_at

    def verdict(self, log: LogFeatures) -> Verdict:
        """Judge a log."""
        verdict = self._memo.get(log)
        if verdict is None:
            verdict = self._judge([log])[0]
        return verdict

    def verdicts(self, logs: Sequence[LogFeatures]) -> list[Verdict]:
        """Judge logs, in their order; logs that are equal are judged once."""
        verdicts = self._memo.get_all(logs)
        if all(verdicts):
            return cast(list[Verdict], verdicts)
        unknown = {log: log for log, verdict in zip(logs, verdicts, strict=True) if not verdict}
        judged = self._judge(list(unknown))
        if len(unknown) == len(logs):  # all new and all distinct: in the order given
            return judged
        found = dict(zip(unknown, judged, strict=True))
        return [verdict or found[log] for log, verdict in zip(logs, verdicts, strict=True)]

    def verdicts_in_columns(self, logs: Sequence[LogFeatures]) -> ColumnVerdicts | None:
        """Judge a batch of records without messages, most of which are new.

        A sample of the batch shows whether most are new, and only the sample is remembered. New
        records will hardly come again: so they cost no look-up and no verdict object, and drive
        nothing out of the memo. Each sample begins at another record, so that a batch that comes
        again and again is soon known as a whole.

        Returns:
            None for any other batch, which `verdicts` judges; the verdicts are the same.
        """
        if (
            len(logs) < LOGS_WORTH_SAMPLING
            or self.corrector
            or set(map(type, logs)) != {LogFeatures}
        ):
            return None
        sample = range(next(self._samples) % SAMPLED, len(logs), SAMPLED)
        found = self._memo.get_all([logs[at] for at in sample])
        new = [at for at, verdict in zip(sample, found, strict=True) if verdict is None]
        if len(new) < (1 - KNOWN_SHARE) * len(sample):
            return None
        judged = self._judge_columns(logs)
        kept = judged.take(new)
        self._memo.put_all(kept.logs, verdicts_in_columns(kept, self._marks_in_columns(kept)))
        return judged

    def contributions(self, log: LogFeatures, verdict: Verdict) -> bytes:
        """The contributions of a verdict, see `Judgement`; computed now if they were left out."""
        if verdict.contributions is not None:
            return verdict.contributions
        return self._detector.judge([log])[0].contributions

    def explained(self, logs: Sequence[LogFeatures], verdicts: Sequence[Verdict]) -> list[Verdict]:
        """The verdicts with contributions; missing contributions are computed together."""
        lacking = [at for at, verdict in enumerate(verdicts) if verdict.contributions is None]
        complete = list(verdicts)
        judged = self._detector.judge([logs[at] for at in lacking]) if lacking else []
        for at, judgement in zip(lacking, judged, strict=True):
            complete[at] = msgspec.structs.replace(
                complete[at], contributions=judgement.contributions
            )
        return complete

    def distinguished(self, keys: Ints) -> Ints:
        """The keys of what the detector reads: equal for records that it judges alike."""
        return keys if self.spec.reads_message else without_traits(keys)

    def judge_logs(self, logs: Sequence[LogFeatures]) -> list[Judgement]:
        """Judge logs as a request brings them, past the memo."""
        return self._detector.judge(logs)

    def judge_keys(self, keys: Ints) -> Judgements:
        """Judge packed records, as jobs over whole tables do: int64 of shape (n,).

        Raises:
            UnknownFeaturesError: the model takes other features than packed records have.
        """
        return self._detector.judge_keys(keys)

    def _judge(self, logs: Sequence[LogFeatures]) -> list[Verdict]:
        if (
            len(logs) >= LOGS_WORTH_COLUMNS
            and not self.corrector
            and set(map(type, logs)) == {LogFeatures}
        ):
            judged = self._judge_columns(logs)
            verdicts = verdicts_in_columns(judged, self._marks_in_columns(judged))
        else:
            verdicts = self._judge_each(logs)
        self._memo.put_all(logs, verdicts)
        return verdicts

    def _judge_columns(self, logs: Sequence[LogFeatures]) -> ColumnVerdicts:
        columns = columns_of(logs)
        services = [log.service for log in logs]  # now, while the caches of the processor have them
        judged = self._detector.judge_columns(logs, columns)
        parts = np.empty((len(logs), 0), np.int32)
        if self._marker is not None:
            self._marker.computed(len(logs))
            novelties = self._detector.novelties(columns)
            parts = self._marker.parts(
                services, columns, judged.is_anomaly, judged.anomaly_scores, novelties
            )
        return ColumnVerdicts(logs, judged, parts, self.version)

    def _marks_in_columns(self, judged: ColumnVerdicts) -> Sequence[Mark]:
        return [0] * len(judged) if self._marker is None else self._marker.marks(judged.parts)

    def _judge_each(self, logs: Sequence[LogFeatures]) -> list[Verdict]:
        judgements = self._judgements(logs)
        if self.corrector:
            correct = self.corrector.correct
            judgements = [
                correct(log, judgement) for log, judgement in zip(logs, judgements, strict=True)
            ]
        patterns = patterns_of(logs)
        marks = self._marks(logs, judgements, patterns)
        return make_verdicts(judgements, self.version, marks, patterns, logs)

    def _judgements(self, logs: Sequence[LogFeatures]) -> list[Judgement]:
        if self.spec.reads_message:
            return self._detector.judge(logs)
        # Many patterns, few features: logs that differ only in their messages are judged once.
        bare = [without_message(log) for log in logs]
        judged = dict(zip(bare, self._judged.get_all(bare), strict=True))
        unknown = [log for log, judgement in judged.items() if judgement is None]
        found = self._detector.judge(unknown)
        judged.update(zip(unknown, found, strict=True))
        self._judged.put_all(unknown, found)
        return [cast(Judgement, judged[log]) for log in bare]

    def _marks(
        self,
        logs: Sequence[LogFeatures],
        judgements: Sequence[Judgement],
        patterns: Sequence[int | None],
    ) -> list[Mark]:
        marker = self._marker
        if marker is None:
            return [0] * len(logs)
        marker.computed(len(logs))
        if len(logs) >= LOGS_WORTH_COLUMNS:
            columns = columns_of(logs)
            services = [log.service for log in logs]
            novelties = self._detector.novelties(columns, patterns)
            is_anomaly = np.array([judgement.is_anomaly for judgement in judgements])
            scores = np.array([judgement.anomaly_score for judgement in judgements])
            return marker.marks(
                marker.parts(services, columns, is_anomaly, scores, novelties, patterns)
            )
        novelty = self._detector.novelty
        return [
            marker.mark(log, judgement, novelty(log))
            for log, judgement in zip(logs, judgements, strict=True)
        ]


def _check_encoding(manifest: Manifest) -> None:
    """Refuse a model that learned from service numbers of another hash: it would judge nonsense."""
    if manifest.features.service_hash != SERVICE_HASH:
        raise UnknownFeaturesError(
            f"service names were hashed by {manifest.features.service_hash[:40]!r}, this release "
            f"hashes them by {SERVICE_HASH!r}; serve it with the release that trained it"
        )


def _check_judgement(judgement: Judgement) -> None:
    """Refuse a model whose numbers are out of range."""
    if not (0 <= judgement.anomaly_score <= 1 and math.isfinite(judgement.decision)):
        raise UnfitGraphError(
            f"an ordinary record gets the score {judgement.anomaly_score} and the decision "
            f"{judgement.decision}"
        )


_ORDINARY: Final = LogFeatures(100, Level.INFO, "-", False, False, False)  # noqa: FBT003 - its three flags
