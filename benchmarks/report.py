"""`RESULTS.md`: every figure in tables, from the kept results alone."""

from collections.abc import Sequence
from statistics import median
from typing import Final

from benchmarks.advice import advice
from benchmarks.archive_report import archives
from benchmarks.bar import MB
from benchmarks.bars import bars
from benchmarks.feeds import FEEDS
from benchmarks.open_loop import report as open_loop_report
from benchmarks.results import About, LoadSection, Machine, Results, Series, TimingSection
from benchmarks.tables import about_line, table

_HEAD: Final = """\
# Measured results

Made by `make bench`; repeat it on a machine that does nothing else. What bounds a figure that was
missed, and what was tried, is in [NOTES.md](NOTES.md). The raw figures are in
[results.json](results.json).
"""

_HOW: Final = """\
## How each figure is made

- All competitors of a comparison are up at once, each with 2 workers, on the same cores as the load
  generator. They are measured in turn, round after round; a figure is the median of its rounds.
- Load comes from wrk with one thread. It replays prebuilt requests, so that it builds nothing while
  the clock runs; each competitor goes on with the records where its last round stopped. Latencies
  are wrk's, one request under way per connection.
- Any failed request, or any answer other than 2xx, makes a figure void.
- Before anything is timed, each competitor's labels are compared with scikit-learn's own.
- Everybody serves the same forest of 100 trees, trained on the real records. *Real* records are
  replayed in order, over and over; *distinct* ones are random and no two are equal; *repeated* is
  one record again and again.
- *This service, surprisal* is the same service with a model of the other detector, trained on the
  same logs with their messages. It answers the same requests; *raw* records are these logs as
  `message`, `level` and `service`, of which the service makes the features. Its labels are its own
  and are not compared with scikit-learn's; that they are what training computed is proved when a
  model is published.
- *Raw logs as collectors send them* are the same logs with every digit drawn anew and a running
  number behind, so that no two lines are equal: JSON lines to `POST /logs?return=anomalies`; OTLP
  with the last 175 characters of each message, three attributes a record, one resource a service;
  and JSON lines to `POST /predict/batch`, of which each is answered. They are judged by models that
  were trained on other logs made in the same way, at the usual contamination of 0.05, so that
  `return=anomalies` lists 5 % of the full messages.
- A bare socket is uvloop and httptools in as many processes, which answer bytes that never change.
- FastAPI + scikit-learn: asynchronous handlers, one scoring pass a request, uvicorn with uvloop and
  httptools, 2 workers, no access log. MLServer: its scikit-learn runtime, 2 parallel workers, the
  Open Inference Protocol, which gets rows that are encoded already and answers the label alone;
  once as it comes and once with adaptive batching. The stock graph is what skl2onnx makes without
  our converter, served by this same service. The no-op POST is the same server, app and middleware,
  which reads the body and answers bytes that never change.
- Bare msgspec decodes the same batches and encodes the same answers, in a loop without any server,
  in as many processes as there are workers that can be busy.
- Processor time is that of all processes of a competitor, user and system, by request.
- `POST /train` is timed from sending the first byte to having the whole answer; ours goes through
  the inference service to the trainer, and is proved, published and serving when it answers.
- A start is timed from starting the process to the first 200 of its readiness check, asked every
  5 ms.
- Memory is the proportional set size of all processes of the service, over records of which half
  are real and half were never seen before.
- Installed size is what pip leaves of `requirements/serve.txt` in an empty environment, by the list
  of files of each package. 1 MB is 1,000,000 bytes.
- Jobs over archives are timed as whole processes, from their start to their end, and in turn; their
  files were just written, so that all of them are read from memory. A figure is the median of at
  most three rounds; memory is the highest of the rounds: of the largest process by the kernel's own
  mark, of all processes together by samples every 0.1 s, in which shared pages count for each. Ours
  publish a proved model with its report. Peers hold all their rows in memory, so they get fewer of
  the same, and nothing is extrapolated from them.
"""


def report(results: Results, plots: Sequence[str]) -> str:
    """The whole document; `plots` are paths of pictures, shown at the end."""
    parts = [_HEAD, _bars(results)]
    if results.machine:
        parts.append(_machine(results.machine))
    parts += [
        _load("POST /predict", results.predict),
        _load("POST /predict/batch", results.batch),
        _load("Raw logs as collectors send them", results.feeds),
        _load("A prediction with metrics, without, and the socket alone", results.counted),
        open_loop_report.open_loop(results.open_loop),
        _agreement(results.predict),
        _timings("POST /train", results.train),
        _timings("Start", results.startup),
        _memory(results),
        _graph(results),
        _sizes(results),
        _scaling(results),
        archives(results.archives),
        _HOW + open_loop_report.HOW,
    ]
    if results.unavailable:
        lines = [f"- {name}: {why}" for name, why in results.unavailable.items()]
        parts.append("## Not measured\n\n" + "\n".join(lines) + "\n")
    if plots:
        parts.append("## Plots\n\n" + "\n\n".join(f"![{path}]({path})" for path in plots) + "\n")
    return "\n".join(part for part in parts if part)


def _bars(results: Results) -> str:
    words = {True: "yes", False: "**no**", None: "-"}
    rows = [(bar.what, bar.must, bar.measured, words[bar.reached]) for bar in bars(results)]
    return "## What it must reach\n\n" + table(("what", "must", "measured", "reached"), rows)


def _machine(machine: Machine) -> str:
    rows = [
        ("processor", f"{machine.processor}, {machine.cores} cores"),
        ("memory", f"{machine.memory_gb} GB"),
        ("system", f"{machine.system}, CPython {machine.python}"),
        ("real records", machine.records),
    ]
    for title, versions in machine.versions.items():
        rows.append((title, ", ".join(f"{name} {number}" for name, number in versions.items())))
    return "## Machine and versions\n\n" + table(("", ""), rows)


def _load(title: str, section: LoadSection | None) -> str:
    if section is None:
        return ""
    parts = [f"## {title}\n", _about(section.about)]
    cases = dict.fromkeys(
        (measurement.workload, measurement.batch, measurement.connections)
        for measurement in section.series
    )
    for workload, batch, connections in cases:
        series = [
            measurement
            for measurement in section.series
            if (measurement.workload, measurement.batch, measurement.connections)
            == (workload, batch, connections)
        ]
        size = f"batches of {batch:,}, " if batch else ""
        kind = workload if workload in FEEDS else f"{workload} records"
        parts.append(f"**{size}{kind}, {_connections(connections)}**\n")
        parts.append(_series(series))
    return "\n".join(parts)


def _series(series: Sequence[Series]) -> str:
    batch = series[0].batch
    first = series[0].rate
    rows = []
    for measurement in series:
        if measurement.void:
            rows.append(
                (measurement.target, f"void: {measurement.void}", *[""] * (5 if batch else 4))
            )
            continue
        assert measurement.rate is not None
        ratio = f"{first / measurement.rate:.2f}x" if first else ""
        latency = f"{measurement.latency_ms('p50'):.2f} / {measurement.latency_ms('p99'):.2f}"
        rates = [run.rate for run in measurement.runs]
        spread = f"{min(rates):,.0f} - {max(rates):,.0f}"
        logs = [f"{measurement.logs_rate:,.0f}"] if batch else []
        rows.append(
            (
                measurement.target,
                f"{measurement.rate:,.0f}",
                spread,
                *logs,
                ratio,
                latency,
                f"{measurement.cpu_ms:.3f}",
            )
        )
    logs = ["logs/s"] if batch else []
    titles = ["", "requests/s", "rounds", *logs, f"{series[0].target} / it"]
    return table((*titles, "p50 / p99 ms", "processor ms a request"), rows)


def _agreement(section: LoadSection | None) -> str:
    if section is None or not section.agreement:
        return ""
    rows = [
        (agreement.target, f"{agreement.different:,} of {agreement.asked:,}")
        for agreement in section.agreement
    ]
    title = "## Labels that differ from scikit-learn's\n\n"
    return title + table(("", "records"), rows)


def _timings(title: str, section: TimingSection | None) -> str:
    if section is None:
        return ""
    rows = []
    for timing in section.timings:
        took = f"void: {timing.void}" if timing.median_s is None else f"{timing.median_s:.3f}"
        spread = f"{min(timing.seconds):.3f} - {max(timing.seconds):.3f}" if timing.seconds else ""
        rows.append((timing.target, timing.what, took, spread))
    head = f"## {title}\n\n{_about(section.about)}\n"
    return head + table(("", "", "median s", "rounds"), rows)


def _memory(results: Results) -> str:
    section = results.memory
    if section is None:
        return ""
    head = f"## Memory\n\n{_about(section.about)}\n"
    if section.void:
        return head + f"void: {section.void}\n"
    every = max(1, len(section.points) // 12)
    chosen = [*section.points[:-1:every], section.points[-1]]
    rows = [(f"{point.requests:,}", f"{point.pss_bytes / MB:.1f}") for point in chosen]
    return head + table(("requests", "proportional set size, MB"), rows)


def _graph(results: Results) -> str:
    section = results.graph
    if section is None:
        return ""
    rows = []
    for figure in section.figures:
        has_graph = figure.nodes > 0
        rows.append(
            (
                figure.target,
                f"{figure.nodes:,}" if has_graph else "",
                f"{figure.size_bytes / 1e3:,.0f}" if has_graph else "",
                f"{median(figure.load_ms):,.1f}" if has_graph else "",
                f"{median(figure.one_row_us):,.1f}",
                f"{median(figure.bulk_us_per_row):,.2f}",
            )
        )
    head = f"## Graph of {section.n_estimators} trees\n\n{_about(section.about)}\n"
    titles = ("", "nodes", "kB", "load ms", "one row us", "us a row of 1,000")
    return head + table(titles, rows)


def _sizes(results: Results) -> str:
    section = results.sizes
    if section is None:
        return ""
    rows = [
        (
            f"{package.name} {package.version}",
            f"{(package.size_bytes - package.bytecode_bytes) / MB:.1f}",
            f"{package.bytecode_bytes / MB:.1f}",
        )
        for package in section.packages
    ]
    files = sum(package.size_bytes - package.bytecode_bytes for package in section.packages)
    bytecode = sum(package.bytecode_bytes for package in section.packages)
    rows.append(("**all**", f"**{files / MB:.1f}**", f"**{bytecode / MB:.1f}**"))
    head = f"## Installed size\n\n{_about(section.about)}\n"
    return head + table(("package", "MB", "byte code, MB"), rows)


def _scaling(results: Results) -> str:
    section = results.scaling
    if section is None:
        return ""
    parts = ["## How cost grows\n", _about(section.about)]
    for varied, series in section.series.items():
        is_batch = varied == "batch"
        rows = [
            (
                f"{measurement.batch or 1:,}" if is_batch else f"{int(measurement.target):,}",
                _case(measurement),
                "void" if measurement.rate is None else f"{measurement.logs_rate:,.0f}",
                "void" if measurement.rate is None else f"{measurement.latency_ms('p50'):.3f}",
            )
            for measurement in series
        ]
        parts.append(table((varied, "load", "logs/s", "p50 ms"), rows))
    parts += ["### What to choose\n", *(f"- {line}" for line in advice(section)), ""]
    return "\n".join(parts)


def _case(series: Series) -> str:
    what = f"batch of {series.batch:,}" if series.batch else "predict"
    return f"{what}, {series.workload} records, {_connections(series.connections)}"


def _connections(count: int) -> str:
    return f"{count} connection{'s' if count > 1 else ''}"


def _about(about: About) -> str:
    return about_line(about, f", {about.seconds:g} s of load each")
