"""The gate: what keeps a new model from taking the place of the model that serves."""

from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from inference.store.versions import ModelStore
from trainer.cli import EXIT_CODES, main
from trainer.counting.table import CountTable
from trainer.errors import WorseModelError
from trainer.judging.gate import (
    FLOOD,
    NEAR_TOP,
    REMEMBERED,
    RULES,
    SILENCE,
    WORSE_BY,
    Comparison,
    Labelled,
    Measures,
    hold_against,
)
from trainer.judging.judged import judge
from trainer.store.candidate import load_candidate
from trainer.store.registry import ModelRegistry

ROOT = Path(__file__).parents[3]

AS_GOOD = Measures(0.01, 0.01, [], [], Labelled(0.5, 0.9))
EDGES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "average-precision": (
        {"new": {"labelled": Labelled(0.5 - WORSE_BY, 0.9)}},
        {"new": {"labelled": Labelled(0.499 - WORSE_BY, 0.9)}},
    ),
    "precision": (
        {"new": {"labelled": Labelled(0.5, 0.901 - WORSE_BY)}},
        {"new": {"labelled": Labelled(0.5, 0.899 - WORSE_BY)}},
    ),
    "flood": ({"new": {"flagged": FLOOD * 0.01}}, {"new": {"flagged": FLOOD * 0.0101}}),
    "silence": (
        {"new": {"flagged": SILENCE * 0.01}},
        {"new": {"flagged": SILENCE * 0.0099}},
    ),
    "memory": ({"remembered": REMEMBERED}, {"remembered": REMEMBERED - 0.01}),
    "sensitivity": (
        {"new": {"misses": ["a first FATAL"]}, "active": {"sees": ["a new service"]}},
        {"new": {"misses": ["a first FATAL"]}, "active": {"sees": ["a first FATAL"]}},
    ),
}
"""For each rule a comparison for which it just holds, and another for which it does not."""


def compared(changes: dict[str, Any]) -> Comparison:
    """Two models that are equally good, but for some changes."""
    new, active = (
        msgspec.structs.replace(AS_GOOD, **changes.get(name, {})) for name in ("new", "active")
    )
    return Comparison(new, active, changes.get("remembered", 1.0))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_each_rule_has_an_edge(rule: Any) -> None:
    """It holds on one side, fails on the other, and says both figures; no other rule fails."""
    holds, fails = (compared(changes) for changes in EDGES[rule.name])
    assert rule.holds(holds)
    assert not rule.holds(fails)
    assert rule.sentence(fails)
    others = [other for other in RULES if other is not rule]
    assert all(other.holds(fails) for other in others)


def test_more_may_be_flagged_where_more_was_asked_for() -> None:
    """The bound of a flood follows the larger of what was asked of both, and of what is flagged."""
    flood = next(rule for rule in RULES if rule.name == "flood")
    assert flood.holds(compared({"new": {"flagged": 0.1, "asked": 0.05}}))
    assert flood.holds(
        compared({"new": {"flagged": 0.1}, "active": {"asked": None, "flagged": 0.05}})
    )
    assert not flood.holds(compared({"new": {"flagged": 0.1, "asked": None}}))


def test_a_quiet_model_may_follow_one_that_floods() -> None:
    """What is too little is measured by what was asked of the new model, if that is less."""
    silence = next(rule for rule in RULES if rule.name == "silence")
    flooding = {"active": {"flagged": 0.4}}
    assert silence.holds(compared({"new": {"flagged": 0.0025}, **flooding}))
    assert not silence.holds(compared({"new": {"flagged": 0.0025, "asked": None}, **flooding}))
    assert silence.holds(compared({"new": {"flagged": 0.0}, "active": {"flagged": 0.0}}))


def test_no_labels_excuse_silence() -> None:
    """A model that flags one labelled line instead of many is precise, and worse."""
    few_flagged = {"flagged": 0.0001, "labelled": Labelled(0.5, 1.0)}
    failing = [rule.name for rule in RULES if not rule.holds(compared({"new": few_flagged}))]
    assert failing == ["silence"]
    assert next(rule for rule in RULES if rule.name == "silence").labelled is None


def test_the_rules_are_documented() -> None:
    """Each rule stands in docs/models.md, and the exit code where the others stand."""
    page = (ROOT / "docs" / "models.md").read_text()
    assert all(f"| `{rule.name}` |" in page for rule in RULES)
    assert f"| {EXIT_CODES[WorseModelError]} |" in (ROOT / "docs" / "errors.md").read_text()


SAMPLES = ROOT / "samples" / "logs.jsonl.gz"
LABELLED = [str(SAMPLES), "--label-field", "fault"]


def test_a_worse_model_is_published_and_not_current(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`fit --gate` and `activate --unless-worse` end with a code of their own, and say why."""
    where = ["--model-dir", str(tmp_path / "models")]
    assert main(["fit", *LABELLED, "--gate", *where]) == 0
    assert "no version serves" in capsys.readouterr().out
    worse = ["--detector", "isolation_forest", "--contamination", "0.4", "--n-estimators", "5"]
    assert main(["fit", *LABELLED, *worse, "--gate", *where]) == EXIT_CODES[WorseModelError]
    output = capsys.readouterr()
    assert "version 2 published" in output.out
    assert "FAILS  average-precision" in output.out
    assert "average-precision" in output.err
    store = ModelStore(tmp_path / "models")
    assert (store.versions(), store.current_version()) == ([1, 2], 1)

    again = ["activate", "2", "--unless-worse", *LABELLED, *where]
    assert main(again) == EXIT_CODES[WorseModelError]
    assert store.current_version() == 1
    assert main(["activate", "2", *where]) == 0  # all the same
    assert main(["activate", "1", "--unless-worse", *LABELLED, *where]) == 0
    assert "holds  precision" in capsys.readouterr().out
    assert store.current_version() == 1


def test_without_labels_the_share_counts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A model that would flood its readers stays out; a model that flags as asked does not."""
    where = ["--model-dir", str(tmp_path / "models")]
    data = [str(SAMPLES), "--detector", "isolation_forest", "--n-estimators", "20"]
    assert main(["fit", *data, *where]) == 0
    assert main(["fit", *data, "--contamination", "auto", "--gate", *where]) == 9
    assert "FAILS  flood" in capsys.readouterr().out
    assert main(["fit", *data, "--seed", "5", "--gate", *where]) == 0
    assert "holds  memory" in capsys.readouterr().out


def test_wrong_use_is_reported(tmp_path: Path) -> None:
    """A gate needs data, and no other word on what becomes current."""
    where = ["--model-dir", str(tmp_path / "models")]
    assert main(["fit", str(SAMPLES), "--gate", "--no-activate", *where]) == 2
    assert main(["activate", "1", "--unless-worse", *where]) == 2
    assert main(["activate", "1", "--counts", "no.parquet", *where]) == 2


@pytest.mark.parametrize(
    ("flags", "percentile", "share"),
    [("same", 0.0, 1.0), ("none", NEAR_TOP, 1.0), ("none", NEAR_TOP - 0.001, 0.0)],
)
def test_what_is_remembered_is_flagged_or_near_the_top(
    model_dir: Path, table: CountTable, flags: str, percentile: float, share: float
) -> None:
    """Of what the active model flags, each record counts as often as it occurs."""
    active = judge(table, load_candidate(ModelRegistry(model_dir), 1))
    flagged = active.judgements.is_anomaly
    assert flagged.any()
    new = msgspec.structs.replace(
        active,
        judgements=msgspec.structs.replace(
            active.judgements,
            is_anomaly=flagged if flags == "same" else np.zeros_like(flagged),
            percentiles=np.full(len(flagged), percentile),
        ),
    )
    memory = next(check for check in hold_against(table, new, active) if check.name == "memory")
    assert memory.passed == (share >= REMEMBERED)
    assert memory.sentence.startswith(f"{share:.0%} of what the active version flags")


def test_a_model_that_flagged_nothing_leaves_nothing_to_remember(
    model_dir: Path, table: CountTable
) -> None:
    """The rule of memory holds then."""
    judged = judge(table, load_candidate(ModelRegistry(model_dir), 1))
    silent = msgspec.structs.replace(
        judged,
        judgements=msgspec.structs.replace(
            judged.judgements, is_anomaly=np.zeros_like(judged.judgements.is_anomaly)
        ),
    )
    memory = next(check for check in hold_against(table, judged, silent) if check.name == "memory")
    assert memory.passed
