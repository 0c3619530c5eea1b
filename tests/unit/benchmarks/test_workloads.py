"""What services are asked about."""

import re

from benchmarks.workloads import RAW, RAW_DISTINCT, REAL, Records, other_numbers
from tests.made_logs import make_logs, make_raw_logs


def test_other_numbers_change_nothing_else() -> None:
    """No two messages are equal, whatever they were; all but the numbers is as it was."""
    raw = make_raw_logs(200) * 2
    made = other_numbers(raw)
    assert len({log.message for log in made}) == len(raw)
    assert other_numbers(raw) == made
    assert not {*other_numbers(raw, seed=2)} & {*made}
    for number, (log, other) in enumerate(zip(raw, made, strict=True), len(raw)):
        assert (other.level, other.service) == (log.level, log.service)
        assert re.sub("[0-9]", "0", other.message).startswith(re.sub("[0-9]", "0", log.message))
        assert other.message.endswith(f" {number}")


def test_records_of_each_kind() -> None:
    """Raw records as they were written, with other numbers, and features."""
    raw, logs = make_raw_logs(20), make_logs(20)
    records = Records("made up", {REAL: logs}, raw)
    assert records.of(REAL) == logs
    assert records.of(RAW) == raw
    assert records.of(RAW_DISTINCT) == other_numbers(raw)
