"""Why a verdict is what it is, in words: their grammar, and the counts behind them."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
import pytest

from benchmarks.quality import REAL_LOGS, SAMPLES, Line, features_of, read_lines
from inference.detectors.wording import forest_in_words, share_in_words, times_seen
from inference.model.explanations import explanation_json, why
from inference.model.model import Model
from schemas.api.predictions import Explanation
from schemas.bundle.options import TrainOptions
from schemas.record.extraction import extract, without_message
from schemas.record.features import FEATURE_NAMES, Level, LogFeatures
from schemas.record.key import FLAG_BITS
from schemas.record.surprisal import TERMS
from schemas.record.templates import template_bucket, template_of
from trainer.counting.table import count_logs
from trainer.fitting.pipeline import fit

SHARE = r"(?:1 in (?P<{0}_in>[0-9,]+) of|(?P<{0}_percent>[0-9]+) % of|(?P<{0}_all>all of)|)"
SENTENCE = re.compile(
    r"(?:(?P<level>DEBUG|WARN|ERROR|FATAL), )?"
    r"(?:tells of (?P<flags>(?:an exception|a time-out|a connection error"
    r"|(?:an exception|a time-out|a connection error) and (?:a time-out|a connection error)"
    r"|an exception, a time-out and a connection error)), )?"
    r"(?P<failure>holds a word of failure, )?like "
    + SHARE.format("like")
    + r" ?all lines, message seen (?:(?P<once>once)|(?P<twice>twice)|(?P<times>[0-9,]+) times), "
    + SHARE.format("here")
    + r" (?P<service>.+)'s messages"
)
"""The reason given for a training record that came with its message."""

N_READ = 100


class Members(msgspec.Struct):
    """What an explanation adds to an answer."""

    terms: dict[str, float]
    why: str
    contributions: Explanation | None = None


def whole(text: str) -> int:
    """A number as people write it."""
    return int(text.replace(",", ""))


def check_share(found: re.Match[str], name: str, count: int, n: int) -> None:
    """A stated share is what the counts say."""
    if found[f"{name}_in"]:
        assert n >= 10 * count
        assert abs(whole(found[f"{name}_in"]) - n / count) <= 0.5
    elif found[f"{name}_percent"]:
        assert count < n < 10 * count
        assert abs(int(found[f"{name}_percent"]) - 100 * count / n) <= 1
    else:
        assert count == n


def signature(log: LogFeatures) -> tuple[object, ...]:
    """What lines have in common that are like each other, by the formula of the documentation."""
    step = math.floor(4 * math.log2(1 + log.message_length) + 0.5)
    flags = (log.has_exception, log.has_timeout, log.has_connection_error)
    return log.service, log.level, flags, step


def read_reasons(lines: Sequence[Line]) -> int:
    """Read the reasons of a hundred lines, flagged lines first; how many there were."""
    logs = features_of(lines)
    model = fit(count_logs(logs), TrainOptions(detector="surprisal")).candidate.model
    like = Counter(map(signature, logs))
    # Templates are counted in buckets, which a few share.
    templates = Counter(template_bucket(line.message) for line in lines)
    services = Counter(line.service for line in lines)
    pairs = Counter((line.service, template_of(line.message)) for line in lines)
    # Each line that reads differently once, flagged lines first, then lines spread over all.
    distinct = {log: line for log, line in zip(logs, lines, strict=True)}  # noqa: C416 - the last
    flagged = [log for log in distinct if model.verdict(log).is_anomaly]
    others = [log for log in distinct if not model.verdict(log).is_anomaly]
    chosen = flagged[: N_READ // 2]
    chosen += others[:: len(others) // (N_READ - len(chosen))][: N_READ - len(chosen)]
    for log in chosen:
        line = distinct[log]
        sentence = why(model, log, model.verdict(log))
        found = SENTENCE.fullmatch(sentence)
        assert found, sentence
        assert found["service"] == line.service
        assert (found["level"] or "INFO") == log.level.value
        flags = (log.has_exception, log.has_timeout, log.has_connection_error)
        words = ("an exception", "a time-out", "a connection error")
        raised = [word for word, up in zip(words, flags, strict=True) if up]
        expected = " and ".join([", ".join(raised[:-1]), *raised[-1:]] if raised[1:] else raised)
        assert (found["flags"] or "") == expected
        has_failure = getattr(log, "has_failure", False)
        assert bool(found["failure"]) == (has_failure and not any(flags))
        template = template_of(line.message)
        seen = 1 if found["once"] else 2 if found["twice"] else whole(found["times"])
        assert seen == templates[template_bucket(line.message)], sentence
        check_share(found, "like", like[signature(log)], len(lines))
        check_share(found, "here", pairs[line.service, template], services[line.service])
    return len(chosen)


def test_a_hundred_reasons_of_the_samples() -> None:
    """Each is a sentence of the grammar, and each number is what counting the lines gives."""
    assert read_reasons(read_lines(SAMPLES)) == N_READ


def test_a_hundred_reasons_of_other_systems() -> None:
    """The same for lines of a system of 27 services."""
    path: Path = REAL_LOGS / "trainticket-faultfree.jsonl.gz"
    if not path.exists():
        pytest.skip("the logs of other systems are not beside the project (../shared/data)")
    assert read_reasons(read_lines(path)) == N_READ


FEATURE = (
    r"(?P<level{0}>its level (?:DEBUG|INFO|WARN|ERROR|FATAL))"
    r"|(?P<service{0}>its service [^,]+?)"
    r"|(?P<message_length{0}>its length of (?:1 character|[0-9,]+ characters))"
    r"|(?P<has_exception{0}>(?:the absence of )?an exception)"
    r"|(?P<has_timeout{0}>(?:the absence of )?a time-out)"
    r"|(?P<has_connection_error{0}>(?:the absence of )?a connection error)"
)
ISOLATED = re.compile(
    rf"isolated early by (?:{FEATURE.format(1)})"
    rf"(?:(?:, (?:{FEATURE.format(2)}))? and (?:{FEATURE.format(3)}))?"
)
"""The reason that the forest's own detector gives."""


def test_a_hundred_reasons_of_the_forest() -> None:
    """Each names, in plain words, the features that push most, as the record has them."""
    logs = [without_message(log) for log in features_of(read_lines(SAMPLES))]
    model = fit(count_logs(logs), TrainOptions(detector="isolation_forest")).candidate.model
    distinct = list(dict.fromkeys(logs))
    decisions = [judged.decision for judged in model.judge_logs(distinct)]
    for log in [distinct[at] for at in np.argsort(decisions)[:N_READ]]:
        verdict = model.verdict(log)
        values = np.frombuffer(model.contributions(log, verdict), np.float32).tolist()
        pushes = dict(zip(FEATURE_NAMES, values, strict=True))
        expected = [name for name in sorted(pushes, key=pushes.__getitem__) if pushes[name] > 0.02]
        sentence = why(model, log, verdict)
        found = ISOLATED.fullmatch(sentence)
        assert found, sentence
        said = {name[:-1]: text for name, text in found.groupdict().items() if text}
        assert list(reversed(expected))[:3] == sorted(said, key=lambda name: -pushes[name])
        assert len(said) == len(expected[:3])
        has = {name: text for name, text in said.items() if name in FLAG_BITS}
        assert all(text.startswith("the ") is not getattr(log, name) for name, text in has.items())
        assert said.get("level", f"its level {log.level.value}").split()[2] == log.level.value
        assert said.get("service", f"its service {log.service}").split()[2] == log.service
        n_characters = said.get("message_length", f"its length of {log.message_length}").split()[3]
        assert whole(n_characters) == log.message_length


@pytest.fixture(scope="module")
def model() -> Model:
    """Of 990 orders of a shop, 8 warnings of it and 2 lines of a bank."""
    logs = [
        extract(f"order {100 + number % 900} placed", Level.INFO, "shop") for number in range(990)
    ]
    logs += [extract("stock is low", Level.WARN, "shop")] * 8
    logs += [extract("stock is low", Level.WARN, "bank")] * 2
    return fit(count_logs(logs), TrainOptions(detector="surprisal")).candidate.model


@pytest.mark.parametrize(
    ("message", "level", "service", "sentence"),
    [
        (
            "order 555 placed",
            "INFO",
            "shop",
            "like 99 % of all lines, message seen 990 times, 99 % of shop's messages",
        ),
        (
            "stock is low",
            "WARN",
            "shop",
            "WARN, like 1 in 125 of all lines, message seen 10 times, 1 in 125 of shop's messages",
        ),
        (
            "order 555 placed",
            "INFO",
            "bank",
            "nothing like it seen from bank, message seen 990 times, never by bank",
        ),
        (
            "a call failed",
            "ERROR",
            "shop",
            "ERROR, holds a word of failure, nothing like it seen from shop, message never seen",
        ),
        (
            "stock is low",
            "DEBUG",
            "mill",
            "DEBUG, nothing like it seen from mill, no message of mill seen",
        ),
    ],
)
def test_the_reason_in_words(
    model: Model, message: str, level: str, service: str, sentence: str
) -> None:
    """Of messages that are common, rare, new for their service, new at all, of a new service."""
    log = extract(message, Level(level), service)
    assert why(model, log, model.verdict(log)) == sentence


def test_the_forest_is_named_where_it_decides(model: Model) -> None:
    """Records without a message are the forest's: the tenth that it isolates first is named."""
    log = without_message(extract("a call failed", Level.FATAL, "mill"))
    sentence = why(model, log, model.verdict(log))
    assert sentence == (
        "FATAL, nothing like it seen from mill, among the 10 % that the forest isolates first"
    )


def test_words_and_numbers_stand_together(model: Model) -> None:
    """The members that explain hold the words, and terms that add up to tau - decision."""
    tau = model.manifest.scores.message_threshold
    assert tau is not None
    log = extract("a call failed", Level.ERROR, "shop")
    verdict = model.verdict(log)
    members = b"{" + explanation_json(model, log, verdict)[1:] + b"}"
    found = msgspec.json.decode(members, type=Members)
    assert found.why == why(model, log, verdict)
    assert list(found.terms) == list(TERMS)
    judged = model.judge_logs([log])[0]
    assert sum(found.terms.values()) == pytest.approx(tau - judged.decision, abs=1e-12)


def test_shares_and_counts_in_words() -> None:
    """A share is 1 in so many from a tenth down; it is never all, or none, that is not."""
    assert share_in_words(0, 10, "all lines") == ""
    assert share_in_words(10, 10, "all lines") == "all lines"
    assert share_in_words(10, 10, "cart's messages") == "all of cart's messages"
    assert share_in_words(9_999, 10_000, "all lines") == "99 % of all lines"
    assert share_in_words(1, 10, "all lines") == "1 in 10 of all lines"
    assert share_in_words(1, 40_000, "all lines") == "1 in 40,000 of all lines"
    assert [times_seen(count) for count in (0, 1, 2, 3_000)] == [
        "never seen",
        "seen once",
        "seen twice",
        "seen 3,000 times",
    ]
    assert forest_in_words(0.69) == []
    assert forest_in_words(1) == ["among the 10 % that the forest isolates first"]
