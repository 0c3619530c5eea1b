"""The parts of the inference service, from which resources take those that they need."""

from collections.abc import Callable, Iterable

import msgspec
from prometheus_client.core import Metric

from inference.resources.passing_on import PassingOn
from inference.resources.predictor import Predictor
from inference.settings import InferenceSettings
from inference.store.slot import ModelSlot
from schemas.api.shadow import ShadowReport


class Components(msgspec.Struct, frozen=True, kw_only=True):
    """The parts of a service.

    Attributes:
        settings: of the service.
        slot: holds the model that serves.
        predictor: judges logs.
        families: all that is counted; None without metrics.
        shadow: reports how a candidate does; None without a candidate.
        passing_on: passes calls on to the trainer; None if the service takes none.
    """

    settings: InferenceSettings
    slot: ModelSlot
    predictor: Predictor
    families: Callable[[], Iterable[Metric]] | None
    shadow: Callable[[], ShadowReport] | None
    passing_on: PassingOn | None
