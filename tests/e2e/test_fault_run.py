"""Bursts of errors, by the shipped rules, in the fault run of samples/ with its known times."""

import re
import statistics
import subprocess
import time
from pathlib import Path
from typing import Any

from tests.e2e.fault_run import STEP_S, WEEK_S, FaultRun, stretch
from tests.e2e.test_prometheus import RULES, Prometheus, running_prometheus

BEFORE_S = 4 * 3_600
"""Prometheus takes blocks from outside up to some hours before now."""

ALERT = "LogAnomalyErrorBurst"

LAG_S = 900
"""An alert belongs to a fault that ended so long ago: it reads five minutes, waits for five, and
a service that comes back writes of it."""

Firing = tuple[str, float, float]


def backfill(folder: Path, data: Path, run: FaultRun) -> None:
    """Make the blocks of the counters, then those of the rules that read them."""
    text = folder / "run.om"
    text.write_text(run.text)
    subprocess.run(
        ["promtool", "tsdb", "create-blocks-from", "openmetrics", text, data],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    groups = re.split(r"(?m)^(?=  - name: )", RULES.read_text())[1:3]
    for n, (group, start) in enumerate(zip(groups, (run.start - WEEK_S, run.start), strict=True)):
        rules = folder / f"rules-{n}.yml"
        rules.write_text("groups:\n" + group)
        with running_prometheus(folder, data) as prometheus:
            subprocess.run(
                [
                    *("promtool", "tsdb", "create-blocks-from", "rules"),
                    *("--start", str(start), "--end", str(run.end), "--eval-interval", "1m"),
                    *("--url", prometheus.url, "--output-dir", data, rules),
                ],
                check=True,
                stdout=subprocess.DEVNULL,
            )


def firings(prometheus: Prometheus, rule: dict[str, Any], run: FaultRun) -> list[Firing]:
    """When an alert fired: for which service, from when to when."""
    found = []
    wait_s = rule["duration"]
    result = prometheus.get(
        "query_range",
        query=rule["query"],
        start=str(run.start),
        end=str(run.end),
        step=str(STEP_S),
    )["result"]
    for series in result:
        times = [float(at) for at, _ in series["values"]]
        since = times[0]
        for at, following in zip(times, [*times[1:], float("inf")], strict=True):
            if following - at > STEP_S:
                if at - since >= wait_s:
                    found.append((series["metric"]["service"], since + wait_s, at))
                since = following
    return found


def test_faults_are_alerted_and_little_else(tmp_path: Path) -> None:
    """Delay and false alarms, over twelve days of a real Prometheus; printed with `-s`."""
    run = stretch(int(time.time()) // 3_600 * 3_600 - BEFORE_S)
    data = tmp_path / "tsdb"
    data.mkdir()
    backfill(tmp_path, data, run)
    with running_prometheus(tmp_path, data, f"rule_files: [{RULES}]\n") as prometheus:
        rules = {
            rule["name"]: rule
            for group in prometheus.get("rules")["groups"]
            for rule in group["rules"]
        }
        fired = firings(prometheus, rules[ALERT], run)
    delays: dict[str, float] = {}
    false = []
    for service, since, until in fired:
        causes = [
            fault
            for fault in run.faults
            if service in fault.services and fault.start <= since <= fault.end + LAG_S
        ]
        if not causes:
            false.append((service, (since - run.start) / 60, (until - since) / 60))
        for fault in causes:
            delay = since - fault.start
            delays[fault.name] = min(delays.get(fault.name, delay), delay)
    unseen = sorted({fault.name for fault in run.faults} - set(delays))
    print(f"{len(delays)} of {len(run.faults)} faults alerted, all but {unseen}")
    print(f"after {statistics.median(delays.values()) / 60:.0f} minutes (median)")
    print(f"{len(fired)} alarms, of which false: {false}")
    assert len(delays) >= 20
    assert len(false) <= 3
