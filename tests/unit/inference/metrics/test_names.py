"""Values of labels that are not known beforehand."""

import os
import threading

from hypothesis import given
from hypothesis import strategies as st

from inference.metrics.names import NAME_BYTES, OTHER, Names


@given(st.lists(st.text(max_size=60), max_size=30), st.integers(0, 10))
def test_the_first_names_get_numbers(given_names: list[str], capacity: int) -> None:
    """As many as there is room for, in the order in which they come; all others share 0."""
    names = Names(capacity)
    numbers = [names.number(name) for name in given_names]
    distinct = list(dict.fromkeys(name for name in given_names if name != OTHER))
    expected = {name: n for n, name in enumerate(distinct, start=1) if n <= capacity}
    assert numbers == [expected.get(name, 0) for name in given_names]
    assert names.listed() == [OTHER, *expected]
    assert max(numbers, default=0) < names.size


@given(
    st.lists(
        st.lists(st.sampled_from(["a", "b", "c", "d", OTHER, "\u00e9" * NAME_BYTES]), min_size=1),
        max_size=5,
    ),
    st.integers(0, 4),
)
def test_numbers_of_many_are_those_of_each(batches: list[list[str]], capacity: int) -> None:
    """While there is room, when there is none, and of names that were asked for before."""
    together, alone = Names(capacity), Names(capacity)
    for batch in batches:
        assert together.numbers(batch) == list(map(alone.number, batch))
    assert together.listed() == alone.listed()


def test_a_long_name_is_cut() -> None:
    """Between characters, and what is cut alike is counted alike."""
    names = Names(5)
    long = "\u00e9" * NAME_BYTES
    assert names.number(long) == names.number(long + "x") == 1
    assert names.listed()[1] == "\u00e9" * (NAME_BYTES // 2)


def test_processes_and_threads_share_names() -> None:
    """However they come, all have the same numbers in the end, none twice."""
    names = Names(200)
    children = []
    for start in range(4):
        child = os.fork()
        if child == 0:
            ours = [f"n{(start * 31 + n) % 150}" for n in range(150)]
            threads = [threading.Thread(target=list, args=(map(names.number, ours),)) for _ in "ab"]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            os._exit(0)
        children.append(child)
    for child in children:
        assert os.waitpid(child, 0)[1] == 0
    assert sorted(names.listed()) == sorted([OTHER, *(f"n{n}" for n in range(150))])
    assert [names.listed()[names.number(f"n{n}")] for n in range(150)] == [
        f"n{n}" for n in range(150)
    ]
