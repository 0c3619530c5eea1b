"""How many cores are used."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.cores import usable_cores

AFFINITY = len(os.sched_getaffinity(0))


def limited(folder: Path, own: str, **limits: str) -> int:
    """The cores of a process in a group; limits by the group's name, `root` for the topmost."""
    for name, limit in limits.items():
        group = folder / "groups" / ("" if name == "root" else name.replace("_", "/"))
        group.mkdir(parents=True, exist_ok=True)
        (group / "cpu.max").write_text(limit)
    (folder / "own").write_text(own)
    return usable_cores(folder / "own", folder / "groups")


@pytest.mark.parametrize(
    ("limit", "cores"),
    [
        ("max 100000\n", AFFINITY),
        ("100000 100000\n", 1),
        ("50000 100000\n", 1),
        ("1000 100000\n", 1),
        ("0 100000\n", 1),
        ("150000 100000\n", min(2, AFFINITY)),
        ("99900000 100000\n", AFFINITY),
        *[(broken, AFFINITY) for broken in ("", "\n", "100000", "-1 100000", "100000 0", "a b")],
    ],
)
def test_a_containers_limit_counts(limit: str, cores: int, tmp_path: Path) -> None:
    """Time for one and a half cores is two; what is no limit changes nothing."""
    assert limited(tmp_path, "0::/\n", root=limit) == cores


def test_the_lowest_limit_counts(tmp_path: Path) -> None:
    """Of the process's own group and of those above it; groups of version 1 are passed over."""
    own = "3:cpuset:/x\n1:cpu:/x\n0::/pod/container\n"
    limits = {"pod": "100000 100000", "pod_container": "max 100000"}
    assert limited(tmp_path / "a", own, **limits) == 1
    assert limited(tmp_path / "b", own, pod_container="100000 100000") == 1
    assert limited(tmp_path / "c", own, other="100000 100000") == AFFINITY


def test_without_groups_the_affinity_counts(tmp_path: Path) -> None:
    """Where nothing is mounted, or the process has been given fewer cores."""
    assert usable_cores(tmp_path / "a", tmp_path / "b") == AFFINITY
    script = (
        "import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))});"
        "from inference.cores import usable_cores; print(usable_cores())"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert done.stdout == b"1\n"


@given(own=st.text(max_size=30), limit=st.binary(max_size=30))
def test_there_is_always_a_core(
    tmp_path_factory: pytest.TempPathFactory, own: str, limit: bytes
) -> None:
    """Whatever stands in the files: at least one, at most those that the process may run on."""
    folder = tmp_path_factory.mktemp("cores")
    (folder / "cpu.max").write_bytes(limit)
    (folder / "own").write_text(f"0::/{own}", errors="replace")
    assert 1 <= usable_cores(folder / "own", folder) <= AFFINITY
