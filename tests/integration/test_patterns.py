"""However logs are read, cut and counted: the same pattern ids, texts and counts."""

import gzip
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pytest
from distributed import LocalCluster

from schemas.record.templates import pattern_id, template_of
from tests.conftest import REAL_LOGS
from tests.integration.conftest import ROOT
from trainer.cli import main
from trainer.cli.data_options import required_data
from trainer.cli.main import make_parser
from trainer.counting.run import Executor
from trainer.jobs.dataset import Dataset
from trainer.jobs.patterns import patterns_in
from trainer.patterns.pattern import Pattern

SAMPLES = ROOT / "samples" / "logs.jsonl.gz"
FAULTS = REAL_LOGS / "trainticket-faults.jsonl.gz"

Counted = dict[tuple[str, str], tuple[str, int]]
"""Text and count by service and id."""


@pytest.fixture(scope="module", params=[SAMPLES, FAULTS], ids=["samples", "faults"])
def logs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Real logs as plain JSON lines, large enough to be cut."""
    if not request.param.exists():
        pytest.skip("the real logs are not beside the project (../shared/data)")
    path = tmp_path_factory.mktemp("patterns") / "logs.jsonl"
    path.write_bytes(gzip.decompress(request.param.read_bytes()))
    return path


def by_hand(path: Path) -> Counted:
    """The patterns of a file by the plainest code there is."""
    found: Counted = {}
    for line in path.read_bytes().splitlines():
        record = json.loads(line)
        key = record["service"], f"{pattern_id(record['message']):016x}"
        found[key] = template_of(record["message"]), found.get(key, ("", 0))[1] + 1
    return found


def plain(patterns: list[Pattern]) -> Counted:
    """A list in a comparable form."""
    return {
        (pattern.service, pattern.pattern_id): (pattern.text, pattern.count) for pattern in patterns
    }


def counted(path: Path, executor: Executor) -> list[Pattern]:
    """The patterns of a file as an executor counts them."""
    found = Dataset.find([str(path)], executor=executor)
    return patterns_in(found, model_dir=path.parent / "none").patterns


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """A Dask cluster of two worker processes; its scheduler's address."""
    with LocalCluster(  # type: ignore[no-untyped-call]  # distributed has few types
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        dashboard_address=":0",
        worker_dashboard_address=None,
    ) as running:
        yield running.scheduler_address


def test_processes_parts_and_a_cluster(logs: Path, cluster: str) -> None:
    """One process, two, small parts and Dask give the same list, which is as counted by hand."""
    whole = counted(logs, Executor(processes=1))
    assert plain(whole) == by_hand(logs)
    part = logs.stat().st_size // 7
    assert counted(logs, Executor(processes=2, partition_bytes=part)) == whole
    assert counted(logs, Executor(dask=cluster, partition_bytes=part)) == whole


def test_the_order_of_lines_does_not_matter(logs: Path) -> None:
    """Shuffled lines give the same list but for places."""
    lines = logs.read_bytes().splitlines(keepends=True)
    random.Random(1).shuffle(lines)
    shuffled = logs.with_name("shuffled.jsonl")
    shuffled.write_bytes(b"".join(lines))

    def placeless(path: Path) -> list[Pattern]:
        return [
            msgspec.structs.replace(pattern, first_place="", last_place="")
            for pattern in counted(path, Executor(processes=1))
        ]

    assert placeless(shuffled) == placeless(logs)


def test_sql_counts_the_same(logs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The query for patterns, and the count table that models are trained on."""
    relation = ["--dialect", "duckdb", "--from", f"read_json('{logs}')"]
    assert main(["sql", *relation, "--kind", "patterns"]) == 0
    rows = duckdb.execute(capsys.readouterr().out).fetchall()
    found: Counted = {}
    for identity, service, _, text, count in rows:
        found[service, identity] = text, found.get((service, identity), ("", 0))[1] + count
    assert found == by_hand(logs)

    assert main(["sql", *relation, "--time-field", "timestamp"]) == 0
    table = logs.with_name("counts.parquet")
    duckdb.execute(f"COPY ({capsys.readouterr().out}) TO '{table}'")
    data = required_data(make_parser().parse_args(["patterns", "--counts", str(table)]))
    expected = {key: ("", count) for key, (_, count) in by_hand(logs).items()}
    listed = patterns_in(data, model_dir=logs.parent / "none").patterns
    assert plain(listed) == expected
    own = counted(logs, Executor(processes=1))
    assert [(pattern.level, pattern.first_seen, pattern.last_seen) for pattern in listed] == [
        (pattern.level, pattern.first_seen, pattern.last_seen) for pattern in own
    ]


def test_a_version_keeps_the_patterns_it_learned_from(
    logs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With its flags, as listing the data with that version gives them; twice the same bytes."""
    store = ["--model-dir", str(logs.parent / "models")]
    assert main(["fit", str(logs), "--detector", "surprisal", *store]) == 0
    assert main(["fit", str(logs), "--detector", "surprisal", *store]) == 0
    kept = sorted((logs.parent / "models").glob("*/*/patterns.jsonl.gz"))
    assert len(kept) == 2
    assert kept[0].read_bytes() == kept[1].read_bytes()
    capsys.readouterr()

    def listed(*arguments: str) -> list[dict[str, Any]]:
        assert main(["patterns", *arguments, "--json", *store]) == 0
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    own = listed("--version", "1")
    assert own == listed(str(logs), "--version", "1") == listed(str(logs))
    manifest = json.loads((kept[0].parent / "manifest.json").read_bytes())
    share = sum(pattern["n_flagged"] for pattern in own) / manifest["training"]["n_samples"]
    assert share == pytest.approx(manifest["calibration"]["flagged_share"])
    assert [pattern for pattern in own if pattern["is_flagged"]] == listed(str(logs), "--flagged")
