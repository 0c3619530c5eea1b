"""A model that is loaded and ready to judge logs."""

import time
from collections.abc import Callable, Sequence
from typing import Final, cast

from inference.detectors.isolation_forest import ForestDetector
from inference.detectors.judgements import Detector, Judgements
from inference.detectors.scorer import UnfitGraphError
from inference.detectors.surprisal import SurprisalDetector
from inference.errors import BrokenVersionError
from inference.model.memo import Memo
from inference.model.verdicts import Verdict, make_verdict
from schemas.bundle.contents import Bundle
from schemas.bundle.manifest import Manifest
from schemas.bundle.tables import UnreadableTablesError
from schemas.record.encoding import UnknownFeaturesError
from schemas.record.extractor import EXTRACTOR
from schemas.record.features import Level, LogFeatures
from schemas.record.key import Ints

_DETECTORS: Final[dict[str, Callable[[Manifest, dict[str, bytes]], Detector]]] = {
    "isolation_forest": ForestDetector,
    "surprisal": SurprisalDetector,
}

_OTHER_EXTRACTOR: Final = (
    "version {} learned from records of another extractor than this release has, so raw lines may "
    "get other flags or templates than in training; train again, or serve it with its own release"
)


class Model:
    """One published version in memory: its detector and the verdicts given so far.

    Immutable but for its memo, so that swapping a model is replacing one reference.

    Attributes:
        notice: what an operator should know of it although it serves; mostly empty.
    """

    def __init__(self, bundle: Bundle, *, memo_capacity: int) -> None:
        """Load a verified bundle and run it once, so that the first client does not wait for it.

        Raises:
            BrokenVersionError: the graph does not load or does not take the features it says.
        """
        try:
            self._detector: Detector = _DETECTORS[bundle.manifest.detector](
                bundle.manifest, bundle.files
            )
            for count in (1, 2):  # one and several are run in different ways
                self._detector.judge([_ORDINARY] * count)
        except (UnfitGraphError, UnknownFeaturesError, UnreadableTablesError) as error:
            raise BrokenVersionError(f"version {bundle.version}: {error}") from error
        self.version = str(bundle.version)
        self.manifest: Manifest = bundle.manifest
        self.loaded_at = time.time()
        self.notice = ""
        if self.manifest.extractor != EXTRACTOR:
            self.notice = _OTHER_EXTRACTOR.format(self.version)
        self.extract = self._detector.extract
        self._memo: Memo[LogFeatures, Verdict] = Memo(memo_capacity)

    def verdict(self, log: LogFeatures) -> Verdict:
        """Judge one log."""
        verdict = self._memo.get(log)
        if verdict is None:
            verdict = self._judge([log])[0]
        return verdict

    def verdicts(self, logs: Sequence[LogFeatures]) -> list[Verdict]:
        """Judge several logs, each distinct one once, in the order given."""
        verdicts = self._memo.get_all(logs)
        if all(verdicts):
            return cast(list[Verdict], verdicts)
        known = zip(logs, verdicts, strict=True)
        unknown = dict.fromkeys(log for log, verdict in known if verdict is None)
        judged = dict(zip(unknown, self._judge(list(unknown)), strict=True))
        return [
            judged[log] if verdict is None else verdict
            for log, verdict in zip(logs, verdicts, strict=True)
        ]

    def judge_keys(self, keys: Ints) -> Judgements:
        """Judge packed records, as jobs over whole tables do: int64 of shape (n,).

        Raises:
            UnknownFeaturesError: the model takes other features than packed records have.
        """
        return self._detector.judge_keys(keys)

    def _judge(self, logs: Sequence[LogFeatures]) -> list[Verdict]:
        judgements = self._detector.judge(logs)
        verdicts = [make_verdict(judgement, self.version) for judgement in judgements]
        for log, verdict in zip(logs, verdicts, strict=True):
            self._memo.put(log, verdict)
        return verdicts


_ORDINARY: Final = LogFeatures(100, Level.INFO, "-", False, False, False)  # noqa: FBT003 - its three flags
