"""The detector that adds up severity, keywords, rarity and the forest."""

import math

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET

from inference.detectors.registry import LOADERS
from inference.detectors.scorer import Scorer
from inference.model.explanations import explanation_json
from inference.model.model import Model
from inference.model.verdicts import prediction_json
from schemas.api.predictions import Prediction
from schemas.bundle.contents import Bundle
from schemas.bundle.manifest import MODEL_FILE, TABLES_FILE
from schemas.bundle.options import TrainOptions
from schemas.bundle.tables import Tables
from schemas.record.encoding import SERVICE_BUCKETS
from schemas.record.extraction import MessageFeatures, extract
from schemas.record.features import MAX_MESSAGE_LENGTH, SEVERITY, Level, LogFeatures
from schemas.record.key import (
    FLAGS,
    LEVELS,
    NO_TRAITS,
    TRAITS,
    Columns,
    Ints,
    pack,
    pack_record,
    unpack,
)
from schemas.record.surprisal import TERMS
from schemas.record.templates import pattern_id
from tests.made_logs import make_log
from trainer.counting.table import CountTable, count_logs
from trainer.fitting.pipeline import Fitted, fit
from trainer.fitting.quantiles import THOUSANDTHS


@pytest.fixture(scope="module")
def fitted(message_table: CountTable) -> Fitted:
    """A model of records with and without messages, and the training code behind it."""
    return fit(message_table, TrainOptions(detector="surprisal"))


@pytest.fixture
def model(surprisal_bundle: Bundle) -> Model:
    """A published model."""
    return Model(surprisal_bundle, memo_capacity=10_000)


def answer(model: Model, log: LogFeatures) -> Prediction:
    """What a client reads of a verdict, explained."""
    verdict = model.verdict(log)
    return msgspec.json.decode(
        prediction_json("a", verdict, explanation_json(model, log, verdict)), type=Prediction
    )


def test_training_and_serving_agree_to_the_last_bit(
    fitted: Fitted, message_table: CountTable
) -> None:
    """What plain Python adds up is what numpy's columns add up, for every column of a verdict.

    Training leaves contributions out: the terms explain this detector's verdicts.
    """
    keys = np.union1d(message_table.keys, message_table.keys - message_table.traits)
    serving = fitted.candidate.model.judge_keys(keys)
    training = fitted.detector.judge(keys)
    for name in ("is_anomaly", "decisions", "percentiles", "terms"):
        assert np.array_equal(getattr(serving, name), getattr(training, name)), name
    assert training.contributions.shape == (len(keys), 0)
    assert np.allclose(serving.anomaly_scores, training.anomaly_scores, rtol=0, atol=1e-15)


any_keys = st.lists(
    st.tuples(
        st.integers(0, MAX_MESSAGE_LENGTH) | st.integers(0, 300),
        st.integers(0, LEVELS - 1),
        st.integers(0, SERVICE_BUCKETS - 1) | st.just(725),
        st.integers(0, FLAGS - 1),
        st.integers(0, TRAITS - 1) | st.just(0),
    ),
    min_size=1,
    max_size=30,
).map(lambda rows: pack(*(np.array(column, np.int64) for column in zip(*rows, strict=True))))


@settings(deadline=None)
@given(any_keys)
def test_they_agree_on_what_was_never_seen(fitted: Fitted, keys: Ints) -> None:
    """Whatever a record is, both ways give the same decision and terms, and both add up."""
    serving = fitted.candidate.model.judge_keys(keys)
    training = fitted.detector.judge(keys)
    assert np.array_equal(serving.decisions, training.decisions)
    assert np.array_equal(serving.percentiles, training.percentiles)
    assert np.array_equal(serving.terms, training.terms)
    assert np.array_equal(serving.is_anomaly, serving.decisions < 0)
    assert np.all((serving.anomaly_scores > 0) & (serving.anomaly_scores <= 1))
    assert np.allclose(serving.anomaly_scores, 1 / (1 + 10**serving.decisions))


def test_each_kind_has_its_own_threshold(model: Model) -> None:
    """`decision` is the threshold of records with or without messages, less the four terms."""
    scores = model.manifest.scores
    assert scores.message_threshold is not None
    assert scores.message_threshold != scores.threshold
    with_message = model.extract("stock of article 7 is low, 7 left", Level.INFO, "cart")
    assert isinstance(with_message, MessageFeatures)
    fields = LogFeatures.__struct_fields__
    bare = LogFeatures(*(getattr(with_message, name) for name in fields))
    for log, tau in ((with_message, scores.message_threshold), (bare, scores.threshold)):
        found = answer(model, log)
        assert found.terms is not None
        surprisal = sum(found.terms[term] for term in TERMS)
        assert found.decision == pytest.approx(tau - surprisal, abs=1e-12)
        assert found.is_anomaly == (surprisal > tau)
        assert found.anomaly_score == pytest.approx(1 / (1 + 10 ** (tau - surprisal)))


def test_a_model_without_messages_judges_them_by_their_features(table: CountTable) -> None:
    """Where training saw no message, a raw log gets the verdict of its six features."""
    model = fit(table, TrainOptions(detector="surprisal")).candidate.model
    for message in ("all is well", "disk failed: no space left"):
        raw = model.extract(message, Level.WARN, "auth")
        bare = make_log(len(message), Level.WARN, "auth")
        ours, theirs = answer(model, raw), answer(model, bare)
        assert ours.pattern_id == f"{pattern_id(message):016x}"
        assert msgspec.structs.replace(ours, pattern_id=UNSET) == theirs


@pytest.fixture(scope="module")
def hand_made() -> Fitted:
    """990 ordinary lines, 9 rare at WARN, 1,000 records like the former without a message."""
    lines = [extract("order 17 placed", Level.INFO, "shop")] * 990
    lines += [extract("stock low", Level.WARN, "shop")] * 9
    table = count_logs([*lines, *([make_log(15, service="shop")] * 1_000)])
    # Of the quantile of these records alone: nobody noted their order.
    table = msgspec.structs.replace(table, first_seen=None, last_seen=None)
    return fit(table, TrainOptions(detector="surprisal", contamination=0.02))


def test_a_worked_example(hand_made: Fitted) -> None:
    """Every term of a new line, from counts alone; logarithms as on paper.

    n = 1,999 records, m = 999 of them with a message. At ERROR, `login failed` of `shop`: severity
    2; "failed" is a word of failure, so hint 0.5. Neither its template nor its signature was seen:
    rT = log10(1000 / 1) = 3, rG = log10(2000 / 1) = 3.3010, and of the service's 999 messages none
    had that template: rS = log10(1000 / 1) = 3. R = 1/2 rT + 1/4 rG + 1/4 rS = 3.0753. The forest
    is not asked.
    """
    model = hand_made.candidate.model
    found = answer(model, model.extract("login failed", Level.ERROR, "shop"))
    assert found.terms is not None
    assert found.terms["severity"] == 2
    assert found.terms["keywords"] == 0.5
    assert found.terms["rarity"] == pytest.approx(0.75 * 3 + 0.25 * 3.301030, abs=1e-6)
    assert found.terms["forest"] == 0
    assert found.contributions is None
    tau = hand_made.candidate.model.manifest.scores.message_threshold
    assert tau is not None
    assert found.decision == pytest.approx(tau - 5.5752575, abs=1e-6)
    assert found.is_anomaly
    assert found.percentile == 1


def test_the_threshold_of_the_worked_example(hand_made: Fitted) -> None:
    """990 of 999 messages are 99.1 %, at least the 98 % asked for: tau is the D of their lines.

    Left out itself, each has rT = log10(1000 / 990), rG = log10(2000 / 1990) and
    rS = log10(999 / 990). Their flags are down and their severity is 0. Without a message phi = 0,
    for all training records score as high.
    """
    scores = hand_made.candidate.model.manifest.scores
    expected = 0.5 * math.log10(1000 / 990) + 0.25 * math.log10(2000 / 1990)
    expected += 0.25 * math.log10(999 / 990)
    assert scores.message_threshold == pytest.approx(expected, abs=2e-6)
    assert scores.threshold == pytest.approx(math.log10(2000 / 1990), abs=1e-6)


def test_terms_of_a_training_record(hand_made: Fitted) -> None:
    """A line like the nine: all nine count, since it is not among the lines that trained."""
    model = hand_made.candidate.model
    found = answer(model, model.extract("stock low", Level.WARN, "shop"))
    assert found.terms is not None
    rarity = 0.75 * math.log10(1000 / 10) + 0.25 * math.log10(2000 / 10)
    assert found.terms["severity"] == 1
    assert found.terms["keywords"] == 0
    assert found.terms["rarity"] == pytest.approx(rarity, abs=1e-6)


def test_the_first_fatal_is_an_anomaly() -> None:
    """A level that training never saw makes an anomaly, by the sum and, of features, by the forest.

    An isolation forest alone cannot split on a constant column.
    """
    lines = [extract(f"order {number} placed", Level.INFO, "shop") for number in range(500)]
    lengths = [make_log(100 + number % 50, service="shop") for number in range(500)]
    model = fit(count_logs([*lines, *lengths]), TrainOptions(detector="surprisal")).candidate.model
    ordinary = answer(model, make_log(120, service="shop"))
    fatal = answer(model, make_log(120, Level.FATAL, service="shop"))
    written = answer(model, model.extract("order 7 placed", Level.FATAL, "shop"))
    assert not ordinary.is_anomaly
    for found in (fatal, written):
        assert found.is_anomaly
        assert found.terms is not None
        assert found.terms["severity"] == 3
    assert fatal.terms is not None
    assert fatal.terms["forest"] == 1
    assert ordinary.contributions is not None
    assert fatal.contributions is not None
    assert fatal.contributions.level > ordinary.contributions.level


def test_contributions_explain_the_forests_part(model: Model, surprisal_bundle: Bundle) -> None:
    """2 ** (base + sum) is the score of the exported forest for what it sees of the record."""
    tables = Tables.from_bytes(surprisal_bundle.files[TABLES_FILE])
    assert tables.signature_rarity is not None
    log = make_log(250, Level.ERROR, has_exception=True)
    found = answer(model, log).contributions
    assert found is not None
    keys = np.array([pack_record(log)])
    row = [math.log1p(250), 2, answer_rarity(model, log), 1, 0, 0]
    scorer = Scorer(surprisal_bundle.files[MODEL_FILE], 6)
    score = scorer.score(np.array([row], np.float32)).anomaly_scores[0]
    values = msgspec.to_builtins(found)
    assert 2 ** sum(values.values()) == pytest.approx(score, abs=1e-6)
    assert np.allclose(2 ** (-1 + model.judge_keys(keys).contributions.sum()), score, atol=1e-6)


def answer_rarity(model: Model, log: LogFeatures) -> float:
    """The rarity of a record without a message, which is that of its signature."""
    terms = answer(model, log).terms
    assert terms is not None
    return terms["rarity"]


@pytest.mark.parametrize("level", Level)
def test_a_more_severe_level_is_never_less_surprising(model: Model, level: Level) -> None:
    """Of a service that was never seen, only the level and the forest count, and both rise."""
    log = make_log(level=level, service="never-seen")
    worse = make_log(level=list(Level)[min(SEVERITY[level] + 1, 4)], service="never-seen")
    assert answer(model, worse).decision <= answer(model, log).decision


def test_percentiles_grow_with_surprisal(model: Model, message_table: CountTable) -> None:
    """Of two records of one kind, the one with the greater D has no lower percentile."""
    judged = model.judge_keys(message_table.keys)
    for kind in (message_table.traits != 0, message_table.traits == 0):
        order = np.argsort(-judged.decisions[kind], kind="stable")
        percentiles = judged.percentiles[kind][order]
        assert np.all(np.diff(percentiles) >= 0)
        assert set(percentiles.tolist()) <= {0.0, *THOUSANDTHS.tolist()}


def test_the_bundle_is_small(surprisal_bundle: Bundle) -> None:
    """A model with both tables is at most a megabyte."""
    assert sum(map(len, surprisal_bundle.files.values())) <= 1_000_000


def test_columns_and_records_agree_where_training_records_tie(
    surprisal_bundle: Bundle, message_table: CountTable
) -> None:
    """A record as surprising as many in training has the percentile of those below all of them."""
    keys = message_table.keys[message_table.traits == NO_TRAITS]
    detector = LOADERS["surprisal"](surprisal_bundle.manifest, surprisal_bundle.files)
    columns = detector.judge_columns([], Columns(*unpack(keys)[:4]))
    singly = detector.judge_keys(keys)
    assert len(keys) > 40
    assert columns.percentiles.tolist() == singly.percentiles.tolist()
    assert columns.decisions.tolist() == singly.decisions.tolist()
