"""Counting on this machine, in processes or in none."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterable
from functools import partial
from pathlib import Path

import msgspec
import pytest

from schemas.record.encoding import SERVICE_BUCKETS, service_number
from tests.made_logs import make_raw_logs
from tests.steps import die, process_of
from trainer.counting.local import ALONE_BYTES, interrupted_later, run_locally
from trainer.counting.step import count_partition
from trainer.counting.sums import Counted, PartCount, PartSum
from trainer.errors import InputError
from trainer.reading.cutting import cut
from trainer.reading.partitions import Partition
from trainer.reading.plan import Fields, ReadingPlan
from trainer.reading.sources import Source, find_sources

PLAN = ReadingPlan(
    format="jsonl",
    kind="logs",
    fields=Fields(message="message", level="level", service="service"),
)


@pytest.fixture
def parts(tmp_path: Path) -> list[Partition]:
    """Files of raw logs, cut into a dozen parts."""
    for number in range(3):
        lines = [msgspec.json.encode(log) for log in make_raw_logs(400, seed=number)]
        (tmp_path / f"{number}.jsonl").write_bytes(b"\n".join([*lines, b"no json", b""]))
    return cut(PLAN.for_all(find_sources([str(tmp_path)])), 8_000)


run_anyway = partial(run_locally, alone_bytes=0)
"""However little there is to do, processes do it."""


def numbers_of(sizes: Iterable[int]) -> list[Partition]:
    """Partitions of files of these sizes, which nobody reads."""
    return [
        Partition(number, Source(f"file-{number}", size, "none"), PLAN)
        for number, size in enumerate(sizes)
    ]


def add_up(results: Iterable[tuple[Partition, PartCount]]) -> Counted:
    """The sum of what was counted."""
    total = PartSum()
    for partition, part in results:
        assert part.partition == partition.number
        total.add(part)
    return total.counted()


def test_processes_give_the_same_as_none(parts: list[Partition]) -> None:
    """Table, places, names and bad records, in processes that are started anew (spawned)."""
    assert len(parts) > 10
    alone = add_up(run_anyway(count_partition, parts, 1))
    together = add_up(run_anyway(count_partition, parts, 2))
    for name in ("keys", "counts", "places"):
        assert getattr(together.table, name).tolist() == getattr(alone.table, name).tolist()
    assert together.table.services == alone.table.services
    assert together.table.services == {
        service_number(name, SERVICE_BUCKETS): name for name in ("auth", "billing", "cart")
    }
    assert together.records == alone.records
    assert (together.n_bad, together.bad) == (alone.n_bad, alone.bad)
    assert (together.n_bad, together.table.n_samples) == (3, 1_200)


def test_little_data_is_worked_on_here() -> None:
    """Starting processes would take longer; results then come in order."""
    for sizes, processes in (
        ([1_000, 1_000], 8),
        ([ALONE_BYTES - 1], 8),
        ([ALONE_BYTES, ALONE_BYTES], 1),
        ([10 * ALONE_BYTES], 8),  # one part is for one process, which may as well be this
        ([], 8),
    ):
        partitions = numbers_of(sizes)
        found = list(run_locally(process_of, partitions, processes))
        assert found == [(partition, os.getpid()) for partition in partitions]


def test_much_data_is_worked_on_in_processes() -> None:
    """From 16 MiB on, by as many processes as are allowed, and each part once."""
    partitions = numbers_of([ALONE_BYTES // 8] * 8)
    found = list(run_locally(process_of, partitions, 2))
    assert (
        sorted([partition for partition, _ in found], key=lambda partition: partition.number)
        == partitions
    )
    pids = {pid for _, pid in found}
    assert os.getpid() not in pids
    assert 1 <= len(pids) <= 2


def test_standard_input_is_read_here() -> None:
    """Other processes do not have it; what lies beside it they work on."""
    partitions = [Partition(0, Source("-", None, "none"), PLAN), *numbers_of([10, 10, 10])[1:]]
    found = {partition.source.uri: pid for partition, pid in run_anyway(process_of, partitions, 2)}
    assert found["-"] == os.getpid()
    assert {found["file-1"], found["file-2"]}.isdisjoint({os.getpid()})


def test_what_a_process_meets_is_reported(parts: list[Partition]) -> None:
    """A file that cannot be read is named, as it is without processes."""
    Path(parts[-1].source.uri).unlink()
    for processes in (1, 2):
        with pytest.raises(InputError, match=r"2\.jsonl: cannot be read"):
            list(run_anyway(count_partition, parts, processes))


def test_a_killed_process_is_one_clear_error() -> None:
    """The system kills for lack of memory; the message says so, and what to do."""
    with pytest.raises(InputError, match="was killed, most likely for lack of memory") as raised:
        list(run_anyway(die, numbers_of([10] * 4), 2))
    assert "--processes 1" in str(raised.value)


def test_who_stops_early_waits_for_nothing_more() -> None:
    """Closing the results ends the processes, though hundreds of parts are left."""
    results = run_anyway(process_of, numbers_of([10] * 1_000), 2)
    partition, _ = next(iter(results))
    assert partition.number < 1_000
    assert multiprocessing.active_children()
    results.close()  # type: ignore[attr-defined]  # it is a generator
    assert not multiprocessing.active_children()


def test_ctrl_c_waits_for_a_process_to_start() -> None:
    """The block runs to its end, whichever thread gets the signal, and then it is raised."""
    done = []

    def start_process() -> None:
        with interrupted_later():
            thread = threading.Thread(target=signal.raise_signal, args=[signal.SIGINT])
            thread.start()
            thread.join()
            signal.raise_signal(signal.SIGINT)
            done.append(True)

    with pytest.raises(KeyboardInterrupt):
        start_process()
    assert done
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_thread_of_a_notebook_may_start_processes_too() -> None:
    """Only the main thread may change how signals are handled; any other leaves them alone."""
    before = signal.getsignal(signal.SIGINT)
    seen = []

    def look() -> None:
        with interrupted_later():
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert seen == [before]
