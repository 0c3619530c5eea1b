"""Count tables that were made elsewhere."""

from pathlib import Path

import pytest

from schemas.record.features import MAX_MESSAGE_LENGTH
from schemas.record.key import unpack
from trainer.counting.engine import read_table
from trainer.reading.sources import find_sources

HEADER = "message_length,level,service,has_exception,has_timeout,has_connection_error,n\n"


@pytest.mark.parametrize(
    ("length", "n_bad"),
    [
        (str(MAX_MESSAGE_LENGTH), 0),
        (str(MAX_MESSAGE_LENGTH + 1), 1),
        ("-1", 1),
        ("0", 0),
        ("2.5", 1),
        ("1e30", 1),
        ("", 1),
    ],
)
def test_the_length_of_a_message_is_bounded(tmp_path: Path, length: str, n_bad: int) -> None:
    """Exactly as everywhere: a length beyond the bound would be another record's key."""
    path = tmp_path / "counts.csv"
    path.write_text(f"{HEADER}{length},INFO,cart,false,false,false,3\n7,INFO,cart,0,0,0,1\n")
    part = read_table(find_sources([str(path)])[0], 0)
    assert part.n_bad == 3 * n_bad
    assert part.table.n_samples == 4 - 3 * n_bad
    if not n_bad:
        assert int(length) in unpack(part.table.keys)[0].tolist()
    else:
        assert "message_length: expected a whole number from 0 to" in part.bad[0][1]
