"""Publishes a person's correction: a version that differs by that correction alone."""

from collections.abc import Mapping

import msgspec

from inference.model.model import Model
from schemas.bundle.contents import Bundle
from schemas.bundle.corrections import (
    MAX_CORRECTIONS,
    Correction,
    alike,
    corrected,
    in_force,
    utc_now,
)
from schemas.bundle.manifest import MANIFEST_FILE
from schemas.record.features import LogFeatures
from trainer.errors import ParityError, TooManyCorrectionsError
from trainer.store.opening import Models, registry_over


class Corrected(msgspec.Struct, frozen=True):
    """The published correction.

    Attributes:
        version: the number of the version in which it holds.
        corrections: all that this version has.
    """

    version: int
    corrections: list[Correction]


def correct(
    log: LogFeatures, correction: Correction | None, *, model_dir: Models = "models"
) -> Corrected:
    """Publish a person's correction of a log's verdict.

    Graph, tables and thresholds stay as they are, byte for byte, so all other logs keep their
    verdicts; the loaded model is asked about this log before it is published.

    Args:
        log: what is seen of it.
        correction: about that log; None takes back the correction of logs like it.
        model_dir: the model store, or a registry over it.

    Raises:
        TooManyCorrectionsError: the model has as many as it may.
        ParityError: the new model ignores the correction.
        StoreError: there is no model, or the store cannot be written.
    """
    registry = registry_over(model_dir)
    made: list[list[Correction]] = []

    def amend(bundle: Bundle) -> Mapping[str, bytes]:
        now = utc_now()
        corrections = corrected(in_force(bundle.manifest.corrections, now), alike(log), correction)
        if len(corrections) > MAX_CORRECTIONS:
            raise TooManyCorrectionsError(
                f"the model has {MAX_CORRECTIONS} corrections; take some back, or train it on logs "
                f"that hold what they are about"
            )
        manifest = msgspec.structs.replace(bundle.manifest, corrections=corrections)
        _prove(Bundle(bundle.version, manifest, bundle.files), log, correction)
        made.append(corrections)
        return {**bundle.files, MANIFEST_FILE: manifest.to_json()}

    return Corrected(registry.amend(amend), made[-1])


def _prove(bundle: Bundle, log: LogFeatures, correction: Correction | None) -> None:
    is_anomaly = Model(bundle, memo_capacity=1).verdict(log).is_anomaly
    if correction is not None and is_anomaly != (correction.verdict == "anomaly"):
        raise ParityError("the new model does not follow the correction; nothing was published")
