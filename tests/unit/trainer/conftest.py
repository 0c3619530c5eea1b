"""Models that several modules of tests share."""

import pytest

from schemas.bundle.contents import Bundle
from tests.recalibrated import DETECTORS, publish
from trainer.counting.table import CountTable


@pytest.fixture(scope="session")
def bundles(message_table: CountTable) -> dict[str, Bundle]:
    """A model of each detector, of the same records."""
    return {detector: publish(message_table, detector=detector) for detector in DETECTORS}
