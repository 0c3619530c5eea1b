"""Models' judgements on a table of records, and their most anomalous records."""

from typing import Final

import msgspec
import numpy as np

from inference.detectors.judgements import Judgements
from schemas.record.key import Bools, without_traits
from trainer.counting.pattern_table import PatternTable
from trainer.counting.table import CountTable
from trainer.fitting.pipeline import Fitted
from trainer.store.candidate import Candidate

TOP_RECORDS: Final = 20


class Judged(msgspec.Struct, frozen=True):
    """A candidate's judgements on every record of a table."""

    candidate: Candidate
    judgements: Judgements


def judge(table: CountTable, candidate: Candidate) -> Judged:
    """Have a model judge every distinct record."""
    # Records that the model judges alike are judged once.
    keys = candidate.model.distinguished(table.keys)
    if (keys[1:] > keys[:-1]).all():
        return Judged(candidate, candidate.model.judge_keys(keys))
    distinct, inverse = np.unique(keys, return_inverse=True)
    return Judged(candidate, candidate.model.judge_keys(distinct).take(inverse))


def explained(table: CountTable, judged: Judged) -> Judged:
    """The same with contributions, computed now if they were left out and explain verdicts."""
    if judged.candidate.model.spec.terms or judged.judgements.contributions.shape[1]:
        return judged
    candidate = judged.candidate
    del judged  # what it holds of a large table, while that is judged again
    return judge(table, candidate)


def judged_already(table: CountTable, fitted: Fitted) -> Judged:
    """Training's judgements on the records of a table."""
    if fitted.table is table:
        return Judged(fitted.candidate, fitted.judgements)
    at = np.searchsorted(fitted.table.keys, fitted.candidate.model.distinguished(table.keys))
    return Judged(fitted.candidate, fitted.judgements.take(at))


def flags_of_rows(patterns: PatternTable, table: CountTable, judged: Judged) -> Bools:
    """Which rows of the table's patterns are flagged: bool of shape (n,)."""
    flagged: Bools = judged.judgements.is_anomaly[np.searchsorted(table.keys, patterns.keys)]
    return flagged


class Top(msgspec.Struct, frozen=True):
    """The most anomalous distinct records, as a detector distinguishes records, the worst first.

    Attributes:
        table: the records in that order, so its keys do not ascend.
        judgements: what the detector says of them.
    """

    table: CountTable
    judgements: Judgements


def find_top(table: CountTable, judged: Judged) -> Top:
    """The `TOP_RECORDS` most anomalous distinct records."""
    keys, judgements = table.keys, judged.judgements
    if not judged.candidate.model.spec.reads_message:
        keys, first = np.unique(without_traits(table.keys), return_index=True)
        judgements = judgements.take(first)
        table = table.without_traits()
    worst = np.argsort(judgements.decisions, kind="stable")[:TOP_RECORDS]
    shown = msgspec.structs.replace(
        table,
        keys=keys[worst],
        counts=table.counts[worst],
        positives=None if table.positives is None else table.positives[worst],
        places=None if table.places is None else table.places[worst],
    )
    return Top(shown, judgements.take(worst))
