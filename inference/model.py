"""A model that is loaded and ready to judge logs."""

import time
from collections.abc import Sequence
from typing import cast

import numpy as np

from inference.errors import BrokenVersionError
from inference.memo import Memo
from inference.scorer import Scorer, UnfitGraphError
from inference.store import Bundle
from inference.verdicts import Verdict, explain, make_verdicts
from schemas.encoding import FeatureEncoder, UnknownFeaturesError
from schemas.features import LogFeatures
from schemas.manifest import Manifest
from schemas.predictions import Explanation


class Model:
    """One published version in memory: encoder, scorer and the verdicts given so far.

    Immutable but for its memo, so that swapping a model is replacing one reference.
    """

    def __init__(self, bundle: Bundle, *, memo_capacity: int) -> None:
        """Load a verified bundle and run it once, so that the first client does not wait for it.

        Raises:
            BrokenVersionError: the graph does not load or does not take the features it says.
        """
        features = bundle.manifest.features
        try:
            self._encoder = FeatureEncoder(features.names, features.service_buckets)
            self._scorer = Scorer(bundle.graph, len(features.names))
            self._scorer.score(np.zeros((2, len(features.names)), np.float32))
        except (UnfitGraphError, UnknownFeaturesError) as error:
            raise BrokenVersionError(f"version {bundle.version}: {error}") from error
        self.version = str(bundle.version)
        self.manifest: Manifest = bundle.manifest
        self.loaded_at = time.time()
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

    def explain(self, verdict: Verdict) -> Explanation:
        """What each feature contributes to a verdict of this model."""
        return explain(verdict, self._encoder.names)

    def _judge(self, logs: Sequence[LogFeatures]) -> list[Verdict]:
        scores = self._scorer.score(self._encoder.matrix(logs))
        verdicts = make_verdicts(scores, self.version)
        for log, verdict in zip(logs, verdicts, strict=True):
            self._memo.put(log, verdict)
        return verdicts
