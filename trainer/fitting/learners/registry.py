"""The detectors of the training half, by name."""

from typing import Final

from trainer.fitting.learners.isolation_forest_learner import IsolationForestLearner
from trainer.fitting.learners.learner import Learner
from trainer.fitting.learners.surprisal_learner import SurprisalLearner

LEARNERS: Final[dict[str, Learner]] = {
    "isolation_forest": IsolationForestLearner(),
    "surprisal": SurprisalLearner(),
}
