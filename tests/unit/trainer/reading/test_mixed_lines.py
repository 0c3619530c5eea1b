"""Lines that were cut, doubled, or come from another program: none is swallowed in silence."""

from itertools import chain
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inference.intake.layouts import LAYOUTS
from inference.intake.lines import begins_record
from tests.read_records import read
from trainer.reading.plan import ReadingPlan

EXAMPLES = {name: [example.line for example in layout.examples] for name, layout in LAYOUTS.items()}
FURTHER = ["\tat a.B(B.java:1)", "Caused by: c.D: x", "odd", "", '{"msg": "in JSON"}', "{"]

lines = st.sampled_from(list(chain.from_iterable(EXAMPLES.values())))


def cuts(line: str) -> st.SearchStrategy[str]:
    """The line, cut anywhere."""
    return st.integers(0, len(line)).map(lambda end: line[:end])


mutated = st.one_of(
    lines,
    lines.flatmap(cuts),
    lines.map(lambda line: line + line),
    st.sampled_from(FURTHER),
)


@pytest.mark.parametrize("name", LAYOUTS)
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25
)
@given(rest=st.lists(mutated, max_size=12))
def test_every_line_is_counted_once(path: Path, name: str, rest: list[str]) -> None:
    """Records, the lines that continue them, and bad lines are all lines that are not blank.

    And a record has no further line that begins as a record does, but for heads whose text is the
    next line.
    """
    layout = LAYOUTS[name]
    plan = ReadingPlan(format="text", kind="logs", layout=layout)
    every = [EXAMPLES[name][0], *rest]
    records, faults = read(path, plan, "\n".join(every).encode())
    n_lines = sum(1 for line in every if line.strip())
    assert len(records) + faults.n_continued + faults.n_bad == n_lines
    if not layout.has_body:
        for record in records:
            further = (record.message or "").split("\n")[1:]
            assert not any(map(begins_record, further))


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_doubled_file_has_twice_the_records(path: Path, name: str) -> None:
    """A record does not depend on what stands before it."""
    plan = ReadingPlan(format="text", kind="logs", layout=LAYOUTS[name])
    data = "\n".join(EXAMPLES[name]).encode() + b"\n"
    once, _ = read(path, plan, data)
    twice, _ = read(path, plan, data + data)
    assert [record.features for record in twice] == [record.features for record in once] * 2
    assert msgspec.json.encode(once[0].features)
