"""Writes tables and plots from the results: RESULTS.md, the README's figures, the pictures."""

import json
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks.headlines import headlines
from benchmarks.progress import say
from benchmarks.report import report
from benchmarks.results import Results, Series
from benchmarks.venvs import HERE, PEERS, ROOT, CannotInstallError, python_of

REPORT_FILE: Final = "RESULTS.md"
PLOTS_FOLDER: Final = "plots"

_MARKED: Final = re.compile(r"(<!-- speed:start -->\n).*?(<!-- speed:end -->)", re.DOTALL)


def render(results: Results) -> None:
    """Write all pages; without the plots' library, the pictures stay as they are."""
    try:
        _draw(python_of("plots", PEERS / "plots.txt"), results)
    except CannotInstallError as error:
        say(f"the plots stay as they are, their library cannot be installed: {error}")
    plots = sorted(Path(HERE, PLOTS_FOLDER).glob("*.svg"))
    text = report(results, [f"{PLOTS_FOLDER}/{path.name}" for path in plots])
    Path(HERE, REPORT_FILE).write_text(text)
    readme = ROOT / "README.md"
    readme.write_text(with_headlines(readme.read_text(), results))
    say(f"written: {HERE.name}/{REPORT_FILE}, the figures of README.md, and {len(plots)} plots")


def with_headlines(page: str, results: Results) -> str:
    """A page with the most telling figures between its marks."""
    return _MARKED.sub(lambda marks: f"{marks[1]}{headlines(results)}{marks[2]}", page)


def figures(results: Results) -> dict[str, Any]:
    """What the pictures show, as plain JSON: every figure is derived here, none by the drawing."""
    return {
        "predict": _series(results.predict.series) if results.predict else [],
        "scaling": {varied: _series(series) for varied, series in results.scaling.series.items()}
        if results.scaling
        else {},
    }


def _series(several: Sequence[Series]) -> list[dict[str, Any]]:
    return [
        {
            "target": series.target,
            "workload": series.workload,
            "batch": series.batch,
            "connections": series.connections,
            "rate": series.rate or 0,
            "p50": series.latency_ms("p50") or 0,
            "p99": series.latency_ms("p99") or 0,
        }
        for series in several
    ]


def _draw(python: Path, results: Results) -> None:
    """Draw in the plots' own environment, which has matplotlib and nothing of the project."""
    command = [str(python), str(HERE / "plots.py"), str(HERE / PLOTS_FOLDER)]
    subprocess.run(command, input=json.dumps(figures(results)).encode(), check=True)
