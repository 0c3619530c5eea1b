"""The interface of a detector, training half."""

from collections.abc import Mapping
from typing import Protocol

from inference.detectors.judgements import Judgements
from schemas.bundle.contents import Bundle
from schemas.bundle.manifest import Method, ParitySummary, ScoreSpec
from schemas.bundle.options import TrainOptions
from schemas.record.key import Ints
from trainer.counting.table import CountTable
from trainer.fitting.reach import Reach


class FittedDetector(Protocol):
    """The result of fitting a detector.

    Attributes:
        files: of its bundle, by name, without the manifest.
        columns: names of the columns that its graph takes.
        scores: its thresholds and quantiles.
        method: how its thresholds were found, see `CalibrationSummary`.
        reached: what each threshold flags of what it is a quantile of; empty where that is the
            table.
        noise: what its decisions may differ by from those of its files; 0 where both come from
            the same graph.
    """

    files: Mapping[str, bytes]
    columns: tuple[str, ...]
    scores: ScoreSpec
    method: Method
    reached: tuple[Reach, ...]
    noise: float

    def judge(self, keys: Ints) -> Judgements:
        """Judge packed records by the training code, not by the code that serves."""
        ...

    def prove(self, table: CountTable) -> ParitySummary:
        """Prove that the files do what was fitted.

        Raises:
            ParityError: they do not.
        """
        ...


class Learner(Protocol):
    """Fits a detector."""

    def fit(self, table: CountTable, options: TrainOptions) -> FittedDetector:
        """Fit on a table.

        Args:
            table: without traits if the detector does not read messages.
            options: that its `DetectorSpec` takes.

        Raises:
            TooFewRowsError, ExportError: nothing came of it.
        """
        ...

    def recalibrate(
        self, bundle: Bundle, contamination: float, table: CountTable | None
    ) -> FittedDetector:
        """Give a model the thresholds that flag another share of records.

        Args:
            bundle: the model.
            contamination: the share, in (0, 0.5], in whole thousandths where there is no table.
            table: records to find the thresholds on, not empty; None for the model's own
                training records, of which it keeps thousandths.
        """
        ...
