"""Warnings of data that does not suit what is learned of it."""

import random
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec
import pytest

from schemas.bundle.options import TrainOptions
from schemas.record.extraction import extract
from schemas.record.features import Level, LogFeatures
from tests.conftest import REAL_LOGS
from trainer.counting.table import CountTable, count_logs
from trainer.fitting.pipeline import fit
from trainer.fitting.suitability import check_suitability
from trainer.jobs.dataset import Dataset


def ordinary(n: int, services: Iterable[str] = ("cart", "web"), seed: int = 0) -> list[LogFeatures]:
    """Lines of some services at two levels, of forty templates that come again and again."""
    choose = random.Random(seed)
    names = list(services)
    texts = [f"{verb} the {noun} 17" for verb in _words(8) for noun in _words(5)]
    return [
        extract(
            choose.choice(texts),
            choose.choice([Level.INFO, Level.WARN]),
            names[number % len(names)],
        )
        for number in range(n)
    ]


def _words(n: int) -> list[str]:
    return [chr(ord("a") + number) * 4 for number in range(n)]


def _word(choose: random.Random, chars: str = "bcdfghjklmnpqrstvwxz") -> str:
    return "".join(choose.choices(chars, k=12))


def warned(logs: Sequence[LogFeatures]) -> list[str]:
    """The warnings on logs in this order."""
    return check_suitability(count_logs(logs))


def test_ordinary_logs_are_not_warned_of() -> None:
    """Two services, two levels, templates that repeat."""
    assert warned(ordinary(2_000)) == []


def test_logs_of_one_level_are_warned_of_and_it_is_named() -> None:
    """A source without levels is read as INFO throughout; six features alone have levels too."""
    logs = [msgspec.structs.replace(log, level=Level.INFO) for log in ordinary(2_000)]
    (sentence,) = warned(logs)
    assert sentence.startswith("every record is INFO: ")
    assert "--level-field" in sentence
    bare = count_logs(logs).without_traits()
    assert check_suitability(bare) == [sentence]


def test_logs_of_one_service_are_warned_of_and_it_is_named() -> None:
    """As those are in which no field with a service was found."""
    (sentence,) = warned(ordinary(2_000, ["unknown"]))
    assert "the service 'unknown'" in sentence
    assert "--service-field" in sentence


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("orders-7d9f4c{0}-x2x9k", "orders-*-*"),
        ("build-8812{0}", "build-*"),
        ("cart@3f2a9c8d-1b2e-4c5d-8e9f-0a1b2c3d4e{0}f", "cart@*"),
        ("{0}9d3fab12cd4e", "*"),
    ],
)
def test_services_with_random_parts_are_warned_of_and_named(name: str, stem: str) -> None:
    """Pods, builds and containers, by their names without those parts."""
    services = ["web", *(name.format(number) for number in range(1, 9))]
    (sentence,) = warned(ordinary(2_000, services))
    assert f"'{stem}', 8 names, as '{name.format(1)}'" in sentence
    assert "'web'" not in sentence


def test_names_that_people_chose_are_not_taken_for_random() -> None:
    """Numbered workers, hosts and shards, words without vowels, a few pods of one deployment."""
    chosen = [f"worker-{number}" for number in range(30)]
    chosen += [f"shard{number:03}" for number in range(30)]
    chosen += ["grpc-gateway", "https-proxy", "nginx", "ec2-agent", "s3", "db-5432", "face-cafe"]
    chosen += [f"orders-7d9f4c-x2x9{end}" for end in "kbcd"]
    assert warned(ordinary(4_000, chosen)) == []


def test_hostile_names_are_shown_cut_and_in_one_line() -> None:
    """What stands in a name is data of others, and a warning is a line on a terminal."""
    name = "evil\x1b[31m\n" + 90 * "x"
    (sentence,) = warned(ordinary(2_000, [name]))
    assert "\x1b" not in sentence
    assert "\n" not in sentence
    assert 60 * "x" not in sentence


def test_messages_that_hardly_repeat_are_warned_of() -> None:
    """As those are in which names of things stand in the text."""
    choose = random.Random(0)
    logs = ordinary(1_000)
    logs += [extract(f"opened {_word(choose)}", Level.INFO, "files") for _ in range(1_000)]
    choose.shuffle(logs)
    assert [
        sentence for sentence in warned(logs) if "like no other but for their numbers" in sentence
    ]


def test_more_templates_than_buckets_tell_apart_are_warned_of() -> None:
    """No template stands alone in its bucket then, though none came twice."""
    logs = ordinary(1_000)
    logs += [extract(f"opened {_letters(number)}", Level.INFO, "files") for number in range(90_000)]
    sentences = [sentence for sentence in warned(logs) if "templates or more" in sentence]
    assert len(sentences) == 1
    stated = int(sentences[0].split("about ")[1].split()[0].replace(",", ""))
    assert abs(stated - 90_040) < 2_000


def _letters(number: int) -> str:
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))


def growing(n: int, *, grows: bool) -> list[LogFeatures]:
    """Ordinary lines and, early or late, many of templates that come forty times in a row."""
    choose = random.Random(1)
    logs = ordinary(n)
    word = ""
    for place in range(n):
        is_late = place > n // 2
        if place % 120 == 0:
            word = _word(choose)
        if is_late == grows and place % 3 == 0:
            logs[place] = extract(f"release writes {word}", Level.INFO, "web")
    return logs


def test_ever_more_new_templates_are_warned_of() -> None:
    """The later half is not like the earlier; what comes will not be like either."""
    (sentence,) = warned(growing(6_000, grows=True))
    assert sentence.startswith("ever more messages are new: up to ")


def test_templates_that_were_new_only_at_first_are_not_warned_of() -> None:
    """Any log begins so."""
    assert warned(growing(6_000, grows=False)) == []


def test_without_an_order_no_warning_is_of_what_is_new() -> None:
    """Nobody noted when records were seen; that is a warning of its own."""
    table = count_logs(growing(6_000, grows=True))
    assert check_suitability(msgspec.structs.replace(table, first_seen=None, last_seen=None)) == []


def test_of_few_records_there_is_no_warning() -> None:
    """A handful of lines of one service is no reason to doubt."""
    logs = [extract("hello", Level.INFO, "web")] * 999
    assert warned(logs) == []
    assert warned([*logs, logs[0]]) != []


@pytest.mark.parametrize("name", ["logs.jsonl.gz", "features.jsonl.gz"])
def test_the_samples_are_not_warned_of(name: str) -> None:
    """Logs of real programs in normal work and under faults, as lines and as features."""
    samples = Path(__file__).parents[3] / "samples" / name
    assert check_suitability(Dataset.find([str(samples)]).count().table) == []


@pytest.mark.skipif(
    not REAL_LOGS.is_dir(), reason="the real logs are not beside the project (../shared/data)"
)
def test_real_logs_are_warned_of_with_reason_alone() -> None:
    """A run under faults is not warned of. In the run without, all that comes after three quarters
    of it and is new (38 %) was never seen before, which is what makes floods later.
    """

    def table(run: str) -> CountTable:
        return Dataset.find([str(REAL_LOGS / f"trainticket-{run}.jsonl.gz")]).count().table

    assert check_suitability(table("faults")) == []
    (sentence,) = check_suitability(table("faultfree"))
    assert "up to 38% of those in the later half" in sentence


@pytest.mark.parametrize("detector", ["isolation_forest", "surprisal"])
def test_a_fit_says_it_among_its_warnings(detector: str) -> None:
    """Which the command line, the report and the answer to a train call show."""
    table = count_logs(ordinary(2_000, ["unknown"]))
    fitted = fit(table, TrainOptions(detector=detector, n_estimators=5))
    assert [
        sentence
        for sentence in fitted.warnings
        if sentence.startswith("every record is of the service")
    ]
