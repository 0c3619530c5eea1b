"""The nightly job of the Kubernetes manifests, run in its image as it is written there."""

import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec

from tests.e2e.containers import USER_ID, Image, Mount
from tests.e2e.manifests import KUBERNETES, Read, build
from tests.made_logs import make_raw_logs

STAND_INS: Final = {"/archive": "/mnt", "/tables": "/srv"}
"""Folders that the image has, in the place of those that a runtime makes for a mount."""

DAYS: Final = 16


def test_the_nightly_job_counts_the_day_and_trains_on_the_window(
    tools: Path, read_yaml: Read, training_image: Image, empty_store: Path, tmp_path: Path
) -> None:
    """Its containers, one after the other, with their own commands, variables and mounts: a table
    for yesterday is added to those that are there, and the model learns of the fourteen days before
    it; yesterday is held out, and alone it is learned.
    """
    job = build(tools, KUBERNETES / "overlays" / "shared-volume", tmp_path / "all.yaml", read_yaml)
    pod = job.pods["training"]
    archive, tables = tmp_path / "archive", tmp_path / "tables"
    tables.mkdir()
    shutil.chown(tables, USER_ID, USER_ID)  # what fsGroup does for a volume
    today = datetime.now(UTC)
    sources = {"archive": archive, "tables": tables, "models": empty_store}

    def run(name: str) -> subprocess.CompletedProcess[str]:
        container = pod.container(name)
        command = container["command"]
        for place, stand_in in STAND_INS.items():
            command = [word.replace(place, stand_in) for word in command]
        mounts = [
            Mount(
                sources[mount["name"]],
                STAND_INS.get(mount["mountPath"], mount["mountPath"]),
                "ro" if mount.get("readOnly") else "rw",
            )
            for mount in container["volumeMounts"]
            if mount["name"] in sources  # the others are what every container gets
        ]
        return training_image.run(command, mounts, job.environment(container))

    lines = 40
    yesterday = f"{today - timedelta(days=1):%F}"
    day = archive / yesterday
    day.mkdir(parents=True)
    records = [
        {"time": f"{yesterday}T10:00:00Z", **msgspec.to_builtins(log)}
        for log in make_raw_logs(lines)
    ]
    (day / "app.jsonl").write_bytes(b"\n".join(map(msgspec.json.encode, records)))
    counted = run("count")
    assert counted.returncode == 0, counted.stderr
    (table,) = tables.iterdir()
    assert table.stem == yesterday
    first = run("fit")
    assert first.returncode == 0, first.stderr
    for back in range(2, DAYS + 1):
        shutil.copy(table, tables / f"{today - timedelta(days=back):%F}.parquet")

    fitted = run("fit")
    assert fitted.returncode == 0, fitted.stderr
    alone, window = (
        msgspec.json.decode((empty_store / "log-anomaly" / number / "manifest.json").read_bytes())
        for number in "12"
    )
    assert (alone["training"]["n_samples"], alone["held_out"]) == (lines, None)
    assert window["training"]["n_samples"] == 14 * lines
    assert window["held_out"]["n_records"] == lines
    assert "compared with version 1" in fitted.stdout


def test_the_nightly_job_says_that_a_day_is_missing(
    tools: Path, read_yaml: Read, training_image: Image, tmp_path: Path
) -> None:
    """Without yesterday's logs it ends with a code for which it is not tried again."""
    job = build(tools, KUBERNETES / "overlays" / "jobs-only", tmp_path / "all.yaml", read_yaml)
    container = job.pods["training"].container("count")
    done = training_image.run(container["command"], [], job.environment(container))
    policy = job.objects["CronJob/log-anomaly-training"]["spec"]["jobTemplate"]["spec"]
    (rule,) = policy["podFailurePolicy"]["rules"]
    assert rule["action"] == "FailJob"
    assert done.returncode in rule["onExitCodes"]["values"]
    assert "/archive/" in done.stderr
