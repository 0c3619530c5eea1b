"""The bounded memo."""

from hypothesis import given
from hypothesis import strategies as st

from inference.model.memo import Memo


def test_what_was_put_is_found() -> None:
    """A key gives its value, an unknown key None."""
    memo: Memo[str, int] = Memo(2)
    memo.put("a", 1)
    assert memo.get("a") == 1
    assert memo.get("b") is None


def test_what_keeps_coming_stays() -> None:
    """A key that is asked for in each generation survives any number of others."""
    memo: Memo[int, int] = Memo(10)
    memo.put(-1, 7)
    for number in range(1000):
        memo.put(number, number)
        assert memo.get(-1) == 7
    assert memo.get(0) is None


@given(st.integers(1, 5), st.lists(st.integers(0, 9)), st.lists(st.integers(0, 9)))
def test_many_at_once(capacity: int, put: list[int], asked: list[int]) -> None:
    """Several keys give their own values, and all of the young generation are found."""
    memo: Memo[int, str] = Memo(capacity)
    for key in put:
        memo.put(key, str(key))
    young = set(memo._young)
    found = memo.get_all(asked)
    assert all(value in {None, str(key)} for key, value in zip(asked, found, strict=True))
    assert all(value for key, value in zip(asked, found, strict=True) if key in young)


@given(st.integers(1, 20), st.lists(st.integers(0, 60)))
def test_it_is_bounded_and_never_wrong(capacity: int, keys: list[int]) -> None:
    """It holds at most two generations, and what it gives was put for that key."""
    memo: Memo[int, str] = Memo(capacity)
    for key in keys:
        found = memo.get(key)
        assert found in {None, str(key)}
        if found is None:
            memo.put(key, str(key))
        assert memo.get(key) == str(key)
        assert len(memo) <= 2 * capacity


@given(st.integers(1, 5), st.lists(st.lists(st.integers(0, 9))))
def test_many_are_put_as_each_alone_would_be(capacity: int, puts: list[list[int]]) -> None:
    """However full it is, and with keys that it has already; it is never dropped too early."""
    together: Memo[int, str] = Memo(capacity)
    alone: Memo[int, str] = Memo(capacity)
    for keys in puts:
        together.put_all(keys, [str(key) for key in keys])
        for key in keys:
            alone.put(key, str(key))
    assert together.get_all(range(10)) == alone.get_all(range(10))
