"""How many records may be unusable."""

from contextlib import nullcontext

import pytest

from trainer.errors import InputError
from trainer.jobs.listener import SILENCE
from trainer.jobs.unusable import FEW_BAD, check_bad
from trainer.reading.faults import Notes


@pytest.mark.parametrize(
    ("n_bad", "n_records", "share", "stops"),
    [
        (3, 50, None, False),  # more than 1 %, and only a few
        (FEW_BAD, 50, None, False),
        (FEW_BAD + 1, 50, None, True),
        (1, 2, None, False),
        (2, 3, None, True),  # more than half
        (1, 1, None, True),
        (10, 1_000, None, False),
        (11, 1_000, None, True),
        (1, 50, 0.0, True),  # a share that is given holds as it is
        (1, 50, 0.01, True),
        (1, 50, 0.02, False),
    ],
)
def test_a_few_stop_nothing(
    n_bad: int, n_records: int, share: float | None, *, stops: bool
) -> None:
    """1 % or a handful, never more than half; a share of the user's own is taken at its word."""
    reason = f"{n_bad} of {n_records} records cannot be used"
    with pytest.raises(InputError, match=reason) if stops else nullcontext():
        check_bad(n_bad, n_records, [], share, SILENCE)


def test_banners_do_not_count() -> None:
    """Lines before a file's first record stop no job, however few records follow."""
    check_bad(9, 10, [], 0.0, SILENCE, Notes(n_leading=9))
