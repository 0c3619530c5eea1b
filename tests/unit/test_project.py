"""What holds for the project as a whole: documentation, pins, samples."""

import gzip
import json
import re
import tomllib
from pathlib import Path

import falcon
import pytest

from benchmarks.layout import laid_out
from benchmarks.rendering import with_headlines
from benchmarks.results import load_results
from inference.app import PROBLEMS as INFERENCE_PROBLEMS
from inference.serving.refusing import HEAD_TOO_LARGE, MALFORMED
from inference.web.problems import BODY_PROBLEMS
from samples.generator.make_features import FEATURES, LOGS, features_file, read_features
from schemas.api.operations import OPERATIONS
from trainer.app import PROBLEMS as TRAINER_PROBLEMS
from trainer.cli import EXIT_CODES
from trainer.reading.cutting import cut
from trainer.reading.faults import Faults
from trainer.reading.plan import ReadingPlan
from trainer.reading.records import read_records
from trainer.reading.sources import find_sources

ROOT = Path(__file__).parent.parent.parent
ERRORS = (ROOT / "docs" / "errors.md").read_text()


def test_every_problem_is_documented() -> None:
    """docs/errors.md has a row for each kind of problem, with its status."""
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| (\d+) \|", ERRORS, re.MULTILINE))
    tables = {**BODY_PROBLEMS, **INFERENCE_PROBLEMS, **TRAINER_PROBLEMS}
    ours = [*tables.values(), MALFORMED, HEAD_TOO_LARGE]
    assert {spec.name: str(int(spec.status)) for spec in ours}.items() <= rows.items()
    statuses = {int(status) for operation in OPERATIONS for status in operation.problems}
    assert statuses <= {int(status) for status in rows.values()}
    for name, status in rows.items():
        spec = next((spec for spec in ours if spec.name == name), None)
        phrase = falcon.code_to_http_status(int(status)).partition(" ")[2].lower().replace(" ", "-")
        assert spec is not None or name in {phrase, "internal-error"}


def test_every_exit_code_is_documented() -> None:
    """docs/errors.md has a row for each exit code."""
    assert set(EXIT_CODES.values()) <= {
        int(n) for n in re.findall(r"^\| (\d) \|", ERRORS, re.MULTILINE)
    }


@pytest.mark.parametrize("path", [*sorted(ROOT.glob("docs/**/*.md")), ROOT / "README.md"])
def test_links_lead_somewhere(path: Path) -> None:
    """Each relative link in the documentation points to a file or folder that is there."""
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text()):
        assert (path.parent / target).exists(), target


def pins(name: str) -> set[str]:
    """The pinned packages of a requirements file."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    return set(re.findall(r"^([a-z0-9._-]+==[^ ;\\]+)", text, re.MULTILINE))


def test_pins_are_one_set() -> None:
    """Each image has a subset of the next larger environment, version by version."""
    assert pins("serve") < pins("train") < pins("dev")


def test_every_dependency_is_pinned() -> None:
    """What pyproject.toml asks for stands in the file of the same name."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"][
        "optional-dependencies"
    ]
    for name in ("serve", "train", "dev"):
        pinned = {pin.split("==")[0] for pin in pins(name)}
        asked = {re.split(r"[<>=\[]", requirement)[0] for requirement in extras[name]} - {
            "log-anomaly"
        }
        assert asked <= pinned


def test_the_pins_carry_no_index_addresses() -> None:
    """Where packages come from is the machine's business."""
    for path in (ROOT / "requirements").iterdir():
        assert not re.search(r"https?:|--(extra-)?index-url|--find-links", path.read_text())


def test_the_starter_features_are_made_from_the_sample_logs() -> None:
    """The shipped features are what the extractor makes of the shipped lines."""
    plan, faults = ReadingPlan(format="jsonl", kind="features"), Faults()
    (partition,) = cut(plan.for_all(find_sources([str(FEATURES)])))
    shipped = [record.features for record in read_records(partition, faults)]
    assert (shipped, faults.n_bad) == (list(read_features(LOGS)), 0)
    # Compressed bytes are zlib's own matter; the header around them is ours.
    assert gzip.decompress(FEATURES.read_bytes()) == gzip.decompress(features_file(LOGS))
    assert FEATURES.read_bytes()[:10] == features_file(LOGS)[:10]


def test_sample_labels_follow_their_rule() -> None:
    """A line has a fault iff it was written in the fault's window by one of its services."""
    faults = json.loads((ROOT / "samples" / "faults.json").read_text())
    with gzip.open(LOGS, "rt") as lines:
        records = [json.loads(line) for line in lines]
    assert [record["timestamp"] for record in records] == sorted(
        record["timestamp"] for record in records
    )
    for record in records:
        (expected,) = {
            fault["name"]
            for fault in faults
            if fault["start"] <= record["timestamp"] < fault["end"]
            and record["service"] in fault["services"]
        } or {None}
        assert record["fault"] == expected


def test_the_speed_in_the_readme_was_measured() -> None:
    """The README's figures are those that the last `make bench` wrote."""
    readme = (ROOT / "README.md").read_text()
    assert with_headlines(readme, load_results(ROOT / "benchmarks")) == readme
    assert readme.count("<!-- speed:") == 2


def test_a_run_is_a_line_of_the_kept_results() -> None:
    """So that a new measurement is a short change, and the file short."""
    text = (ROOT / "benchmarks" / "results.json").read_text()
    assert text == laid_out(json.loads(text)) + "\n"
    assert len(text.splitlines()) < 2_000
