"""Writes tables and plots from the results."""

import subprocess
from pathlib import Path
from typing import Final

from benchmarks.progress import say
from benchmarks.report import report
from benchmarks.results import RESULTS_FILE, Results
from benchmarks.venvs import HERE, PEERS, CannotInstallError, python_of

REPORT_FILE: Final = "RESULTS.md"
PLOTS_FOLDER: Final = "plots"


def render(results: Results) -> None:
    """Write RESULTS.md and the plots; without the plots' library, RESULTS.md alone."""
    try:
        _draw(python_of("plots", PEERS / "plots.txt"))
    except CannotInstallError as error:
        say(f"the plots stay as they are, their library cannot be installed: {error}")
    plots = sorted(Path(HERE, PLOTS_FOLDER).glob("*.svg"))
    text = report(results, [f"{PLOTS_FOLDER}/{path.name}" for path in plots])
    Path(HERE, REPORT_FILE).write_text(text)
    say(f"written: {HERE.name}/{REPORT_FILE} and {len(plots)} plots")


def _draw(python: Path) -> None:
    """Draw in the plots' own environment, which has matplotlib and nothing of the project."""
    script = HERE / "plots.py"
    command = [str(python), str(script), str(HERE / RESULTS_FILE), str(HERE / PLOTS_FOLDER)]
    subprocess.run(command, check=True)
