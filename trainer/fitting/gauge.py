"""D of the training records, as they are and as they came: what thresholds are quantiles of."""

from collections.abc import Iterator

import msgspec
import numpy as np
import numpy.typing as npt

from inference.detectors.scorer import Scorer
from schemas.bundle.options import TrainOptions
from schemas.record.key import Ints
from schemas.record.surprisal import HINT, PHIS, total
from trainer.counting.table import CountTable
from trainer.fitting.forward import Calibration, Measured, split_forward
from trainer.fitting.own_thresholds import find_offsets
from trainer.fitting.quantiles import THOUSANDTHS, Floats
from trainer.fitting.rarities import Occurrences
from trainer.fitting.reach import Reach
from trainer.fitting.records import Records


class Measurements(msgspec.Struct, frozen=True):
    """The D of training records.

    Attributes:
        present: of the records, each left out of the counts itself.
        later: of the same as they came, after each of several moments by what came before it; no
            record of those that did not come. Each is measured when it is asked for.
    """

    present: Measured
    later: Iterator[Measured]


class Calibrated(msgspec.Struct, frozen=True):
    """The thresholds that follow from measurements.

    Attributes:
        threshold: of all records.
        offsets: of services from it, see `find_offsets`; None if not asked for.
        reach: what the threshold flags of what it is a quantile of.
        percentiles: the edges of the thousandths of the records, each left out of the counts
            itself.
        thresholds: the edges of the thousandths of what the threshold is a quantile of, where that
            is more; else None.
    """

    threshold: float
    offsets: Floats | None
    reach: Reach
    percentiles: Floats
    thresholds: Floats | None

    @classmethod
    def of(cls, measured: Measurements, options: TrainOptions, judged: str) -> "Calibrated":
        """The threshold for the contamination of some options, which is a share.

        Args:
            measured: what it is a quantile of.
            options: how to fit.
            judged: which records it judges, for people.
        """
        assert options.contamination != "auto"
        # Services are told apart by the parts, which are else added up one after the other.
        later = list(measured.later) if options.per_service else measured.later
        calibration = Calibration.of(measured.present, later)
        threshold, offsets = calibration.threshold(options.contamination), None
        if isinstance(later, list):
            offsets = find_offsets(measured.present, later, threshold, options.contamination)
        return cls(
            threshold,
            offsets,
            calibration.reach(threshold, judged),
            calibration.present.at_least(THOUSANDTHS),
            calibration.at_least(THOUSANDTHS) if calibration.is_forward else None,
        )


class Gauge(msgspec.Struct, frozen=True):
    """Measures the D of training records.

    Attributes:
        occurrences: of all of them.
        scorer: of the forest.
        forest_scores: its scores of them, the descending table of a bundle.
    """

    occurrences: Occurrences
    scorer: Scorer
    forest_scores: Floats

    def without_message(
        self,
        table: CountTable,
        records: Records,
        of_signature: npt.NDArray[np.float32],
        scores: Floats,
    ) -> Measurements:
        """Of all records as if they came without their messages.

        Args:
            table: the records.
            records: the same.
            of_signature: the rarities of their signatures, each left out of the counts itself.
            scores: of the forest, for these.
        """
        present = self._bare(records, of_signature, scores, table.counts)
        return Measurements(present, self._bare_later(table, records))

    def _bare_later(self, table: CountTable, records: Records) -> Iterator[Measured]:
        features = table.without_traits()
        if features is not table:
            records = Records.of(features.keys)
        for split in split_forward(features):
            before = self._before(records, split.before)
            came = split.after > 0
            seen = records.take(came)
            of_signature, _ = before.of_each(seen)
            scores = self.scorer.score_batch(seen.forest_rows(of_signature)).anomaly_scores
            yield self._bare(seen, of_signature, scores, split.after[came])

    def with_message(self, table: CountTable, records: Records, rarities: Floats) -> Measurements:
        """Of the records that have a message.

        Args:
            table: all records.
            records: the same.
            rarities: theirs, each left out of the counts itself.
        """
        written = records.has_message
        present = _written(records.take(written), rarities[written], table.counts[written])
        return Measurements(present, self._written_later(table, records))

    def _written_later(self, table: CountTable, records: Records) -> Iterator[Measured]:
        for split in split_forward(table):
            before = self._before(records, split.before)
            came = records.has_message & (split.after > 0)
            if came.any():
                seen = records.take(came)
                _, rarities = before.of_each(seen)
                yield _written(seen, rarities, split.after[came])

    def _before(self, records: Records, counts: Ints) -> Occurrences:
        """Counts before a moment; a record not seen by then is as rare as by all records."""
        return Occurrences.of(records, counts).as_of(self.occurrences)

    def _bare(
        self,
        seen: Records,
        of_signature: npt.NDArray[np.float32],
        scores: Floats,
        counts: Ints,
    ) -> Measured:
        hints = HINT * (seen.flags != 0)
        phi = phi_of(scores, self.forest_scores)
        values = total(seen.severity, hints, of_signature.astype(np.float64), phi)
        return Measured(values, counts, seen.service)


def _written(seen: Records, rarities: Floats, counts: Ints) -> Measured:
    hints = HINT * ((seen.flags != 0) | seen.has_failure)
    values = total(seen.severity, hints, rarities, np.zeros(len(rarities)))
    return Measured(values, counts, seen.service)


def phi_of(scores: Floats, forest_scores: Floats) -> Floats:
    """Phi of forest scores, from the descending table of training scores."""
    below = np.searchsorted(forest_scores[::-1], scores, side="left")
    return np.array(PHIS)[below]
