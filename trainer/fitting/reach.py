"""The share that a threshold flags of the records that it is a quantile of, and the ties on it.

Logs repeat, so that many records may share the score at the threshold. A tie is no anomaly, since
it may hold most of the records: where a tie is large, far less is flagged than was asked.
"""

import math
from typing import Final

import msgspec
import numpy as np

from inference.detectors.judgements import Judgements
from schemas.record.key import Ints
from trainer.fitting.quantiles import MARGIN, Floats

BARE: Final = "records judged without a message"
WRITTEN: Final = "records with a message"


class Reach(msgspec.Struct, frozen=True):
    """The reach of a threshold.

    Attributes:
        records: which records it judges, for people.
        flagged: the share of them that lies above it.
        with_tie: the share above it and on it: the least contamination that flags the tie as well.
    """

    records: str
    flagged: float
    with_tie: float

    @classmethod
    def of_table(cls, judgements: Judgements, counts: Ints) -> "Reach":
        """By the judgements on distinct records.

        Args:
            judgements: of each.
            counts: how often each occurred, int64 of shape (n,).
        """
        n = counts.sum()
        flagged = judgements.is_anomaly
        on_it = judgements.decisions < 2 * MARGIN  # an edge lies that far above its value at most
        above, reached = counts[flagged].sum(), counts[flagged | on_it].sum()
        return cls("records", float(above / n), float(reached / n))

    @classmethod
    def of_thousandths(cls, edges: Floats, threshold: float, records: str = "records") -> "Reach":
        """By the edges of thousandths, the threshold among them; exact to a thousandth."""
        reached = np.searchsorted(edges, threshold, side="right")
        below = np.searchsorted(edges, threshold, side="left")
        n = len(edges)
        return cls(records, float((n - reached) / n), float((n - below) / n))

    def is_as_asked(self, asked: float) -> bool:
        """Whether at least half and at most twice of a contamination is flagged."""
        return asked / 2 <= self.flagged <= asked * 2

    def sentence(self, asked: float) -> str:
        """What is wrong where too much or too little is flagged, and what to do."""
        sentence = (
            f"contamination is {asked:g}, but {self.flagged:.2%} of the {self.records} are "
            f"flagged: {self.with_tie - self.flagged:.2%} of them share the score at the "
            "threshold, and a tie is no anomaly; "
        )
        if self.with_tie <= 0.5:  # noqa: PLR2004 - the largest contamination that there is
            sentence += f"a contamination of {_rounded_up(self.with_tie):g} flags them as well; "
        return sentence + "messages and levels tell records apart, where the data has them"


def _rounded_up(share: float) -> float:
    """To three digits, so that it is enough."""
    unit = 10.0 ** (math.floor(math.log10(share)) - 2)
    return math.ceil(round(share / unit, 6)) * unit


def far_from_asked(asked: float, reached: tuple[Reach, ...]) -> list[str]:
    """A sentence for each threshold that flags less than half of what was asked, or over twice."""
    return [reach.sentence(asked) for reach in reached if not reach.is_as_asked(asked)]
