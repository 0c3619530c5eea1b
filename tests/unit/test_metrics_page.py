"""docs/metrics.md says what is counted."""

import json
import re

from scripts.metrics import PAGE, TABLES, with_tables

ROOT = PAGE.parents[1]
RULES = (ROOT / "deploy" / "prometheus" / "log-anomaly.rules.yml").read_text()
DASHBOARD = (ROOT / "deploy" / "grafana" / "log-anomaly.json").read_text()


def test_the_tables_are_made_of_the_metrics() -> None:
    """After a change of a metric: `python -m scripts.metrics`."""
    assert with_tables(PAGE.read_text()) == PAGE.read_text()
    for specs in TABLES.values():
        assert all(f"| `{spec.name}` |" in PAGE.read_text() for spec in specs)


def test_names_follow_the_conventions() -> None:
    """A prefix, `_total` behind counters alone, and no name twice in a service."""
    for specs in TABLES.values():
        names = [spec.name for spec in specs]
        assert len(names) == len(set(names))
        for spec in specs:
            assert re.fullmatch(r"log_anomaly_[a-z_]+", spec.name)
            assert (spec.kind == "counter") == spec.name.endswith("_total")


def test_every_alert_is_listed() -> None:
    """And nothing else."""
    alerts = re.findall(r"- alert: (\w+)", RULES)
    assert re.findall(r"^\| (LogAnomaly\w+) \|", PAGE.read_text(), re.MULTILINE) == alerts


def test_rules_and_dashboard_ask_for_metrics_that_there_are() -> None:
    """A metric that was renamed would leave an alert that never fires."""
    known = {spec.name for specs in TABLES.values() for spec in specs}
    known |= {name + end for name in known for end in ("_bucket", "_count", "_sum")}
    recorded = set(re.findall(r"record: (\S+)", RULES))
    for text in (RULES, json.dumps(json.loads(DASHBOARD))):
        used = set(re.findall(r"log_anomaly[:_][a-z_:0-9]+", text))
        assert used <= known | recorded
