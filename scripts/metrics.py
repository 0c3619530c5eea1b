"""Writes the tables of docs/metrics.md from the metrics themselves: `python -m scripts.metrics`."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from inference.metrics import inference_metrics
from inference.metrics.families import Spec
from inference.shadow import figures
from trainer import metrics as trainer_metrics
from trainer.cli import job_metrics

PAGE: Final = Path(__file__).parents[1] / "docs" / "metrics.md"

TABLES: Final = {
    "inference": (*inference_metrics.SPECS, *figures.SPECS),
    "trainer": trainer_metrics.SPECS,
    "jobs": job_metrics.SPECS,
}


def with_tables(text: str) -> str:
    """The page with its tables made anew, each between a comment of its name and one `end`."""
    for name, specs in TABLES.items():
        begin, end = f"<!-- metrics: {name} -->\n", "<!-- end -->"
        before, _, rest = text.partition(begin)
        after = rest.partition(end)[2]
        table = "".join(f"{line}\n" for line in _table(specs))
        text = f"{before}{begin}{table}{end}{after}"
    return text


def _table(specs: Iterable[Spec]) -> list[str]:
    rows = [
        f"| `{spec.name}` | {spec.kind} | {', '.join(f'`{one}`' for one in spec.labels)} | "
        f"{spec.meaning} |"
        for spec in specs
    ]
    return ["| name | type | labels | meaning |", "| --- | --- | --- | --- |", *rows]


if __name__ == "__main__":
    PAGE.write_text(with_tables(PAGE.read_text()))
