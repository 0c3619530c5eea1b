"""Whether a model has learned anything: records planted before it is published.

Exactness says nothing about a detector that gives every record the same score. Planted records
differ from the most frequent training record in a single way that a person would want to hear of,
and the loaded model judges them.
"""

from collections.abc import Callable
from itertools import count
from typing import Final, Literal

import msgspec
import numpy as np

from inference.detectors.judgements import Judgement, Judgements
from inference.model.model import Model
from schemas.record.encoding import SERVICE_BUCKETS, service_number
from schemas.record.extraction import MessageFeatures
from schemas.record.features import FEATURE_NAMES, MAX_MESSAGE_LENGTH, Level, LogFeatures
from schemas.record.key import FLAG_BITS, messages_of, unpack, unpack_record
from schemas.record.templates import TEMPLATE_BUCKETS, first_pattern
from trainer.counting.table import CountTable
from trainer.errors import InsensitiveModelError
from trainer.fitting.names import service_names
from trainer.fitting.quantiles import MARGIN, NOISE
from trainer.fitting.reach import Reach, far_from_asked

FEW_DISTINCT: Final = 50
"""Distinct records below which every fault is a warning: so few rarely differ in a way to learn."""

EXTREME: Final = 0.99
"""The percentile that a planted record must reach unless it is flagged."""


class Evidence(msgspec.Struct, frozen=True):
    """The facts that the rules check.

    Attributes:
        asked: the share of records that was to be flagged; None for contamination "auto".
        flagged: the share of training records that is flagged.
        reached: what each threshold flags of what it is a quantile of.
        n_samples: training records.
        n_distinct: distinct training records.
        scores_differ: whether scores differ by more than noise, over training and planted records.
        planted: what the model says of each planted record, by what is odd about it.
        worst: what it says of a record that is odd in every way at once.
    """

    asked: float | None
    flagged: float
    reached: tuple[Reach, ...]
    n_samples: int
    n_distinct: int
    scores_differ: bool
    planted: dict[str, Judgement]
    worst: Judgement


class Rule(msgspec.Struct, frozen=True):
    """A rule that a model must keep before it is published.

    Attributes:
        name: unique.
        holds: whether it does.
        outcome: of a model for which it does not.
        sentence: what is wrong then, and what to do.
    """

    name: str
    holds: Callable[[Evidence], bool]
    outcome: Literal["refuse", "warn"]
    sentence: Callable[[Evidence], str]


RULES: Final = (
    Rule(
        "scores-differ",
        lambda seen: seen.scores_differ,
        "refuse",
        lambda _seen: (
            "every record gets the same score: the model has learned nothing; train on "
            "more varied records"
        ),
    ),
    Rule(
        "threshold-lets-something-pass",
        lambda seen: seen.flagged < 1,
        "refuse",
        lambda _seen: "every training record is flagged: the threshold has no effect",
    ),
    Rule(
        "threshold-stops-something",
        lambda seen: (
            seen.asked is None
            or max(seen.flagged, *(reach.flagged for reach in seen.reached)) > 0
            or seen.worst.decision <= 2 * MARGIN  # a tie with the threshold is no anomaly
        ),
        "refuse",
        lambda seen: (
            "no record is flagged, however odd: "
            + (_too_fine(seen) if _is_too_fine(seen) else "the threshold has no effect")
        ),
    ),
    Rule(
        "share-as-asked",
        lambda seen: seen.asked is None or _is_too_fine(seen) or not far_from_asked(*_asked(seen)),
        "warn",
        lambda seen: "; and ".join(far_from_asked(*_asked(seen))),
    ),
    Rule(
        "share-not-too-fine",
        lambda seen: not _is_too_fine(seen),
        "warn",
        lambda seen: (
            f"contamination is {seen.asked:g}, less than 1 in {seen.n_samples:,} records: the "
            "threshold is the highest score, and the share that will be flagged is unknown; train "
            "on more records, or ask for a larger contamination"
        ),
    ),
    Rule(
        "planted-records-stand-out",
        lambda seen: not unseen(seen),
        "warn",
        lambda seen: (
            "the model does not see what is odd about "
            f"{_either(unseen(seen))}: a planted record of that kind is neither flagged nor "
            "among the most anomalous hundredth; where that matters, train on logs with fewer "
            "faults, or ask for a larger contamination"
        ),
    ),
    Rule(
        "enough-to-learn-from",
        lambda seen: seen.n_distinct >= FEW_DISTINCT,
        "warn",
        lambda seen: (
            f"only {seen.n_distinct} distinct records: a verdict of this model means "
            "little; train on at least a few thousand real logs"
        ),
    ),
)
"""In the order in which they are tried. docs/models.md lists them for users."""


def _is_too_fine(seen: Evidence) -> bool:
    return seen.asked is not None and seen.asked * seen.n_samples < 1


def _too_fine(seen: Evidence) -> str:
    """The fault of so small a share, and what to do."""
    return (
        f"a contamination of {seen.asked:.3g} is less than 1 in {seen.n_samples:,} records; train "
        "on more records, or ask for a larger contamination or more alerts a day"
    )


def _asked(seen: Evidence) -> tuple[float, tuple[Reach, ...]]:
    assert seen.asked is not None
    return seen.asked, seen.reached


def _either(names: list[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} or {last}" if most else last


def unseen(seen: Evidence) -> list[str]:
    """What is odd about the planted records that do not stand out."""
    return [
        odd
        for odd, judged in seen.planted.items()
        if judged.percentile < EXTREME and not judged.is_anomaly
    ]


def judge_planted(model: Model, table: CountTable) -> dict[str, Judgement]:
    """What a model says of records planted among a table's, by what is odd about each."""
    planted = plant(table, with_message=model.spec.reads_message)
    return dict(zip(planted, model.judge_logs([*planted.values()]), strict=True))


def check_sensitivity(
    model: Model,
    table: CountTable,
    judgements: Judgements,
    asked: float | None,
    reached: tuple[Reach, ...] = (),
) -> list[str]:
    """Check a model by the rules.

    Args:
        model: loaded as a service loads it.
        table: the records that its thresholds come from; not empty.
        judgements: of the model on them.
        asked: the share that was to be flagged; None for contamination "auto".
        reached: what each threshold flags of what it is a quantile of; empty where that is the
            table.

    Returns:
        A sentence for each rule that warns.

    Raises:
        InsensitiveModelError: a rule refuses the model.
    """
    planted = plant(table, with_message=model.spec.reads_message)
    *singly, worst = model.judge_logs([*planted.values(), _worst(planted)])
    judged = dict(zip(planted, singly, strict=True))
    scores = np.append(
        judgements.anomaly_scores, [verdict.anomaly_score for verdict in (*singly, worst)]
    )
    flagged = float(table.counts[judgements.is_anomaly].sum() / table.n_samples)
    seen = Evidence(
        asked,
        flagged,
        reached or (Reach.of_table(judgements, table.counts),),
        table.n_samples,
        table.n_distinct,
        bool(np.ptp(scores) > NOISE),
        judged,
        worst,
    )
    broken = [rule for rule in RULES if not rule.holds(seen)]
    if seen.n_distinct >= FEW_DISTINCT:
        for rule in broken:
            if rule.outcome == "refuse":
                raise InsensitiveModelError(f"{rule.sentence(seen)}; nothing was published")
    return [rule.sentence(seen) for rule in broken if rule.outcome == "warn"]


def plant(table: CountTable, *, with_message: bool) -> dict[str, LogFeatures]:
    """Records that each differ from the most frequent record in a single way, by what is odd.

    A known message from a new service, or in an absurd length, adds only a quarter of its rarity
    where the message counts; so these records are planted without a message.
    """
    key = table.keys[[int(np.argmax(table.counts))]]
    usual = unpack_record(int(key[0]), service_names(key, table.services)[0])
    levels = set(unpack(table.keys)[1].tolist())
    odd: dict[str, LogFeatures] = {}

    bare = LogFeatures(*(getattr(usual, name) for name in FEATURE_NAMES))

    def differ(what: str, record: LogFeatures = usual, /, **changes: object) -> None:
        odd[what] = msgspec.structs.replace(record, **changes)

    if list(Level).index(Level.FATAL) not in levels:
        differ("a first FATAL", level=Level.FATAL)
    differ("a new service", bare, service=_new_service(table))
    differ("an absurd length", bare, message_length=MAX_MESSAGE_LENGTH)
    seen_flags = int(np.bitwise_or.reduce(unpack(table.keys)[3]))
    for flag, bit in FLAG_BITS.items():
        if not seen_flags & bit:
            differ(f"a first {flag.removeprefix('has_').replace('_', ' ')}", **{flag: True})
    if with_message and isinstance(usual, MessageFeatures):
        differ("a message never seen", pattern=first_pattern(_new_template(table)))
    return odd


def _worst(planted: dict[str, LogFeatures]) -> LogFeatures:
    """A record that is odd in every way at once."""
    strange = planted.get("a message never seen", planted["a new service"])
    flags = dict.fromkeys(FLAG_BITS, True)
    worst = msgspec.structs.replace(
        strange,
        message_length=MAX_MESSAGE_LENGTH,
        level=Level.FATAL,
        service=planted["a new service"].service,
        **flags,
    )
    if isinstance(worst, MessageFeatures):
        return msgspec.structs.replace(worst, has_failure=True)
    return worst


def _new_service(table: CountTable) -> str:
    """A name whose number no record has; there are far more numbers than services."""
    known = set(unpack(table.keys)[2].tolist())
    names = (f"new-service-{serial}" for serial in count())
    return next(name for name in names if service_number(name, SERVICE_BUCKETS) not in known)


def _new_template(table: CountTable) -> int:
    """The first bucket that no message fell into, or the rarest if there is none."""
    has_message, templates, _ = messages_of(table.traits)
    seen = np.bincount(templates[has_message], minlength=TEMPLATE_BUCKETS)
    return int(np.argmin(seen))
