"""The shadow of one worker: what it compares, and what it does when the candidate cannot."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from inference.metrics.board import Board
from inference.shadow.candidate import FOLLOW, Candidate, CandidateLoader
from inference.shadow.figures import Figures
from inference.shadow.shadow import Shadow
from inference.shadow.waiting import Waiting
from inference.store.slot import ModelSlot
from inference.store.turns import Turns
from inference.store.versions import CANDIDATE_FILE, ModelStore
from schemas.api.shadow import ShadowReport
from schemas.api.training import TrainResponse
from schemas.record.features import LogFeatures
from trainer.store.registry import ModelRegistry
from trainer.store.shadow import name_candidate, name_no_candidate

Publish = Callable[..., TrainResponse]
Begin = Callable[..., tuple[ModelSlot, Shadow]]


@pytest.fixture
def begin(model_dir: Path) -> Begin:
    """Makes the shadow of a worker."""
    board = Board()

    def make(which: str, **options: object) -> tuple[ModelSlot, Shadow]:
        slot = ModelSlot(ModelStore(model_dir), memo_capacity=5_000)
        figures = Figures(board)
        board.open()
        return slot, Shadow(slot, which, Waiting(None), figures, memo_capacity=5_000, **options)  # type: ignore[arg-type]  # options are named by the tests

    return make


async def judge(slot: ModelSlot, shadow: Shadow, logs: list[LogFeatures]) -> ShadowReport:
    """Answer some logs, let the shadow follow them, and read its report."""
    shadow.follow_candidate()
    model = await slot.current()
    shadow.waiting.count_all(model.verdicts(logs))
    await shadow.compare_waiting()
    return shadow.report()


def test_a_candidate_is_judged_by_the_same_logs(
    begin: Begin, publish: Publish, model_dir: Path, logs: list[LogFeatures]
) -> None:
    """Shares are those of the two models over the logs that were answered."""
    publish(contamination=0.2)
    ModelRegistry(model_dir).activate(1)
    slot, shadow = begin("2")
    comparison = asyncio.run(judge(slot, shadow, logs))
    assert (comparison.state, comparison.model_version, comparison.candidate_version) == (
        "judging",
        "1",
        "2",
    )
    assert (comparison.log_count, comparison.dropped_count, comparison.judging_workers) == (
        len(logs),
        0,
        1,
    )
    assert comparison.model_flagged_share is not None
    assert comparison.candidate_flagged_share is not None
    assert comparison.candidate_flagged_share > comparison.model_flagged_share > 0
    assert comparison.agreement == 1 - (
        comparison.only_model_count + comparison.only_candidate_count
    ) / len(logs)
    assert 0 < len(comparison.examples) <= 20


def test_the_file_names_the_candidate(
    begin: Begin, publish: Publish, model_dir: Path, logs: list[LogFeatures]
) -> None:
    """With `candidate`: none, a version, the model itself once activated, and none again."""
    publish(contamination=0.2)
    registry = ModelRegistry(model_dir)
    registry.activate(1)
    slot, shadow = begin(FOLLOW)

    def state() -> str:
        return asyncio.run(judge(slot, shadow, logs[:5])).state

    assert state() == "missing"
    name_candidate(registry, 2)
    assert state() == "judging"
    registry.activate(2)
    asyncio.run(asyncio.sleep(0.002))  # a look at CURRENT holds for a millisecond
    assert state() == "serving"
    name_no_candidate(registry)
    assert state() == "missing"
    (registry.root / CANDIDATE_FILE).write_text("newest\n")
    comparison = asyncio.run(judge(slot, shadow, logs[:5]))
    assert (comparison.state, "CANDIDATE holds no version number" in comparison.detail) == (
        "broken",
        True,
    )


def test_a_broken_candidate_harms_nothing(
    begin: Begin, publish: Publish, model_dir: Path, logs: list[LogFeatures]
) -> None:
    """The reason is given, its logs count as dropped, and the model answers as ever."""
    publish()
    registry = ModelRegistry(model_dir)
    registry.activate(1)
    (registry.path(2) / "model.onnx").write_bytes(b"none")
    slot, shadow = begin("2")
    comparison = asyncio.run(judge(slot, shadow, logs[:9]))
    assert (comparison.state, comparison.log_count, comparison.model_version) == ("broken", 0, "1")
    assert "version 2: model.onnx is not the file that was published" in comparison.detail
    samples = {m.name: m.samples for m in shadow.figures.families()}
    assert samples["log_anomaly_shadow_dropped"][0].value == 9
    assert {s.labels["state"]: s.value for s in samples["log_anomaly_shadow_workers"]}[
        "broken"
    ] == 1


def test_a_candidate_that_fails_while_it_judges_is_asked_no_more(
    begin: Begin, publish: Publish, model_dir: Path, logs: list[LogFeatures]
) -> None:
    """Whatever it raises, the shadow says so and goes on; another candidate is taken up."""
    publish(contamination=0.1)
    publish(contamination=0.2)
    registry = ModelRegistry(model_dir)
    registry.activate(1)
    slot, shadow = begin(FOLLOW)
    name_candidate(registry, 2)
    asyncio.run(judge(slot, shadow, logs[:1]))
    broken = shadow.candidate.model
    assert broken is not None
    broken._detector = None  # type: ignore[assignment]  # it fails when it is asked
    assert asyncio.run(judge(slot, shadow, logs[:9])).state == "broken"
    comparison = asyncio.run(judge(slot, shadow, logs[:9]))
    assert (comparison.state, comparison.log_count) == ("broken", 1)
    name_candidate(registry, 3)
    assert asyncio.run(judge(slot, shadow, logs[:9])).log_count == 9


def test_what_takes_too_much_is_dropped(
    begin: Begin, publish: Publish, model_dir: Path, logs: list[LogFeatures]
) -> None:
    """Beyond its share of the worker's processor time nothing is compared, and that is counted."""
    publish()
    ModelRegistry(model_dir).activate(1)
    spent = [(0.0, 1.0), (50.0, 51.0)]
    slot, shadow = begin("2", spent=lambda: spent.pop(0))
    comparison = asyncio.run(judge(slot, shadow, logs[:300]))
    assert (comparison.log_count, comparison.dropped_count) == (256, 44)


def test_a_candidate_is_loaded_once(publish: Publish, model_dir: Path) -> None:
    """What is held is kept while it is named; what did not load is not tried at each look."""
    publish()
    store = ModelStore(model_dir)
    loader = CandidateLoader(store, "2", memo_capacity=10, turns=Turns())
    held = loader.find(Candidate())
    assert held.model is not None
    assert loader.find(held) is held
    (store.path(2) / "model.onnx").unlink()
    assert loader.find(held) is held  # it is in memory
    failing = CandidateLoader(store, "2", memo_capacity=10, turns=Turns())
    broken = failing.find(Candidate())
    assert "model.onnx cannot be read" in broken.fault
    assert failing.find(broken) is broken
