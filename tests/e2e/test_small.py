"""What a small pod is enough for, and what another processor needs."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from schemas.api.operations import API_PREFIX, OPERATIONS
from tests.e2e.containers import ROOT, Image, Mount
from tests.e2e.memory import memory_group
from tests.made_logs import make_raw_logs

MIB: Final = 2**20
POD_BYTES: Final = 256 * MIB
EXAMPLES: Final = {operation.path: operation.example for operation in OPERATIONS}
BATCH: Final = 1_000


def test_256_mib_are_enough(
    serving_image: Image, trained_store: Path, print_at_end: Callable[[str], None]
) -> None:
    """Two workers in a control group of 256 MiB, as the image's user on a read-only root, with the
    heartbeats and temporary files that lie in memory counted in: single logs and batches of a
    thousand are answered, and nothing is killed.
    """
    with memory_group(POD_BYTES) as group:
        mounts = [Mount(trained_store, "/models", "ro")]
        with serving_image.start("PORT", mounts, enter=group.enter) as inference:
            path = f"{API_PREFIX}/predict"
            logs = [
                {"log_id": str(number), "message": log.message, "level": "INFO", "service": "cart"}
                for number, log in enumerate(make_raw_logs(BATCH))
            ]
            for _ in range(20):
                assert inference.call(path, EXAMPLES[path]).status == 200
                assert inference.call(f"{path}/batch", {"logs": logs}).status == 200
            assert "worker.ended" not in inference.log.read_text()
            assert inference.stop() == 0
        assert 20 * MIB < group.peak_bytes <= POD_BYTES
        print_at_end(f"two workers in {POD_BYTES // MIB} MiB held {group.peak_bytes / MIB:.0f} MiB")


@pytest.mark.parametrize("requirements", ["serve", "mirror", "train"])
def test_arm64_has_a_wheel_of_every_pin(requirements: str, tmp_path: Path) -> None:
    """Each pin, by its hashes, has a wheel that the images' Python takes on arm64. That is all that
    is known of arm64: no image of it was built, and nothing was run.
    """
    uv = Path(sys.executable).with_name("uv")
    options = ["--dry-run", "--no-deps", "--require-hashes", "--only-binary=:all:"]
    options += ["--python-platform=aarch64-manylinux_2_28", "--python-version=3.11"]
    options += [f"--target={tmp_path}", f"--requirements=requirements/{requirements}.txt"]
    done = subprocess.run(
        [uv, "pip", "install", *options],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "Would install" in done.stderr
