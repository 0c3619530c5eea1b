"""Runs compared that are in an object store: logs below a prefix against a list of patterns."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import obstore
import pytest

from tests.integration.conftest import ROOT
from tests.integration.s3_server import Server, running_server
from trainer.cli import main

SAMPLES = ROOT / "samples" / "logs.jsonl.gz"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server, with the samples in it as two objects."""
    with running_server(tmp_path_factory.mktemp("weed")) as started:
        store = started.wait()
        lines = gzip.decompress(SAMPLES.read_bytes()).splitlines(keepends=True)
        obstore.put(store, "run/a.jsonl", b"".join(lines[:3_000]))
        obstore.put(store, "run/b.jsonl.gz", gzip.compress(b"".join(lines[3_000:])))
        yield started


def test_logs_against_a_list(
    server: Server,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The samples in the store do not differ from their own list there, a part of them does."""
    for name, value in server.environ.items():
        monkeypatch.setenv(name, value)
    listed = tmp_path / "list.parquet"
    store = ["--model-dir", str(tmp_path / "none")]
    assert main(["patterns", str(SAMPLES), "--parquet", str(listed), *store]) == 0
    obstore.put(server.wait(), "list.parquet", listed.read_bytes())
    whole = ["diff", "s3://logs/list.parquet", "s3://logs/run/", "--fail-on", "any"]
    assert main([*whole, *store]) == 0
    capsys.readouterr()
    part = ["diff", "s3://logs/run/a.jsonl", "s3://logs/list.parquet", "--json", *store]
    assert main(part) == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {change["kind"] for change in found} >= {"new"}
    assert all(change["good"] == 0 for change in found if change["kind"] == "new")
