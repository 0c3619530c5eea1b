"""The detectors of the serving half, by the names that manifests give them."""

from collections.abc import Callable, Mapping
from typing import Final

from inference.detectors.detector import Detector
from inference.detectors.isolation_forest_detector import IsolationForestDetector
from inference.detectors.surprisal_detector import SurprisalDetector
from schemas.bundle.manifest import Manifest

Load = Callable[[Manifest, Mapping[str, bytes]], Detector]
"""Makes a detector from a manifest and the files of its bundle by name."""

LOADERS: Final[dict[str, Load]] = {
    "isolation_forest": IsolationForestDetector,
    "surprisal": SurprisalDetector,
}
