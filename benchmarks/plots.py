"""Draws the plots: `python plots.py FOLDER`, with the figures as JSON on standard input.

Runs in an environment of its own that has matplotlib and none of the project's packages, so it is
given figures (`benchmarks.rendering.figures`) and derives none. The pictures have a light ground of
their own, so that they can be read on dark pages too.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib import pyplot as plt
from matplotlib.ticker import NullLocator

OURS = "this service"
DETECTORS = (OURS, "this service, surprisal")
COMPARED = (OURS, "FastAPI + scikit-learn", "MLServer")
BLUE, GREY, ORANGE = "#1f6feb", "#8c959f", "#bc4c00"
STYLE = {
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "axes.facecolor": "#f6f8fa",
    "axes.edgecolor": "#d0d7de",
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.titlelocation": "left",
    "axes.titlesize": 11,
    "grid.color": "white",
    "text.color": "#1f2328",
    "axes.labelcolor": "#1f2328",
    "xtick.color": "#57606a",
    "ytick.color": "#57606a",
    "font.size": 9,
    "svg.fonttype": "none",
    "svg.hashsalt": "log-anomaly",
}

MILLION = 1_000_000
MANY = 10_000
"""From here on numbers on an axis are written in thousands."""

TITLES = {"batch": "logs a request", "workers": "workers, 64 connections"}
CONNECTIONS = 8
"""Of the pictures that compare."""

Json = dict[str, Any]


def main(folder: str) -> None:
    """Draw whatever was measured."""
    figures = json.load(sys.stdin)
    target = Path(folder)
    target.mkdir(exist_ok=True)
    mpl.use("svg")
    with mpl.rc_context(STYLE):
        if figures["predict"]:
            draw_load(figures["predict"], target / "predict.svg")
            draw_latency(figures["predict"], target / "latency.svg")
        if figures["scaling"]:
            draw_scaling(figures["scaling"], target / "scaling.svg")


def draw_load(series: list[Json], file: Path) -> None:
    """Bars of predictions a second with few connections, a picture for each workload."""
    series = [row for row in series if row["connections"] == CONNECTIONS]
    workloads = list(dict.fromkeys(row["workload"] for row in series))
    names = list(dict.fromkeys(row["target"] for row in series))
    figure, axes = plt.subplots(
        1, len(workloads), figsize=(10, 2.8), sharex=True, sharey=True, squeeze=False
    )
    most = max(row["rate"] for row in series)
    ticks = [tick for tick in (1, 100, 10_000, 1_000_000) if tick <= most]
    for axis, workload in zip(axes[0], workloads, strict=True):
        rates = {row["target"]: row["rate"] for row in series if row["workload"] == workload}
        values = [rates.get(name, 0) for name in names]
        colours = [BLUE if name in DETECTORS else GREY for name in names]
        drawn = axis.barh(names, values, color=colours)
        labels = [f"{value:,.0f}" if value else "" for value in values]
        axis.bar_label(drawn, labels=labels, padding=3)
        show_logarithmic(axis, "x", ticks)
        # Room for the longest number, which in more pictures takes more of each.
        axis.set_xlim(1, 10 ** len(workloads) * most)
        axis.set_title(f"{workload} records")
    axes[0][0].invert_yaxis()
    figure.supxlabel(f"predictions a second, {CONNECTIONS} connections, 2 workers (logarithmic)")
    save(figure, file)


def draw_latency(series: list[Json], file: Path) -> None:
    """Median and 99th percentile against connections, of those who answer predictions."""
    figure, axes = plt.subplots(1, 2, figsize=(10, 3.1), sharey=True)
    found = [row for row in series if row["workload"] == "real"]
    names = [name for name in COMPARED if any(row["target"] == name for row in found)]
    for axis, percentile in zip(axes, ("p50", "p99"), strict=True):
        for name, colour in zip(names, (BLUE, ORANGE, GREY), strict=False):
            values = [
                (row["connections"], row[percentile]) for row in found if row["target"] == name
            ]
            line(axis, values, name, colour)
        show_logarithmic(axis, "x", sorted({row["connections"] for row in found}))
        show_logarithmic(axis, "y")
        axis.set_title(f"{percentile} of the latency, ms")
        axis.set_xlabel("connections, real records")
    # Outside: the lines leave no room for it within.
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=len(labels), frameon=False)
    save(figure, file)


def draw_scaling(series: dict[str, list[Json]], file: Path) -> None:
    """Latency against what was varied, a picture each."""
    figure, axes = plt.subplots(2, 2, figsize=(10, 6.4))
    for axis, (varied, found) in zip(axes.flat, series.items(), strict=False):
        for label, colour, values in curves(varied, found):
            line(axis, values, label, colour)
        show_logarithmic(axis, "x", sorted({value_of(varied, row) for row in found}))
        if varied == "workers":
            axis.set_ylim(bottom=0)
        else:
            show_logarithmic(axis, "y")
        axis.set_ylabel("median latency, ms")
        axis.set_title(TITLES.get(varied, varied))
        axis.legend(frameon=False)
    save(figure, file)


def curves(varied: str, found: list[Json]) -> Iterator[tuple[str, str, list[tuple[float, float]]]]:
    """Label, colour and points of each line: one per kind of request."""
    groups: dict[str, list[tuple[float, float]]] = {}
    for row in found:
        what = f"batch of {row['batch']:,}" if row["batch"] else "predict"
        what = "" if varied == "batch" else f"{what}, "
        points = groups.setdefault(f"{what}{row['workload']} records", [])
        points.append((value_of(varied, row), row["p50"]))
    for (label, points), colour in zip(groups.items(), (BLUE, ORANGE, GREY), strict=False):
        yield label, colour, points


def value_of(varied: str, series: Json) -> int:
    """Where a series stands on the axis of what was varied."""
    return series["batch"] or 1 if varied == "batch" else int(series["target"])


def line(axis: Any, values: list[tuple[float, float]], label: str, colour: str) -> None:
    """One line with its points."""
    known = [(x, y) for x, y in values if y]
    axis.plot(*zip(*known, strict=True), marker="o", markersize=4, color=colour, label=label)


def show_logarithmic(axis: Any, which: str, ticks: Sequence[int] = ()) -> None:
    """A logarithmic axis whose numbers are written out."""
    scaled = axis.xaxis if which == "x" else axis.yaxis
    axis.set(**{f"{which}scale": "log"})
    if ticks:
        scaled.set_ticks(ticks)
    scaled.set_major_formatter(lambda value, _position: written_out(value))
    scaled.set_minor_locator(NullLocator())


def written_out(value: float) -> str:
    """A number as an axis shows it: 100, 1,000, 10k, 1M."""
    if value >= MILLION:
        return f"{value / MILLION:,g}M"
    return f"{value / 1e3:g}k" if value >= MANY else f"{value:,.10g}"


def save(figure: Any, file: Path) -> None:
    """Write a picture that is the same bytes for the same figures."""
    figure.set_layout_engine("constrained")
    figure.savefig(file, metadata={"Date": None})
    plt.close(figure)


if __name__ == "__main__":
    main(*sys.argv[1:])
