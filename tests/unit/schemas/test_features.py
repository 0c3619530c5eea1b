"""Levels and the struct of features."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.record.features import SEVERITY, Level, LogFeatures
from schemas.record.levels import LEVEL_SYNONYMS


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("info", Level.INFO),
        ("Warning", Level.WARN),
        ("CRITICAL", Level.FATAL),
        ("trace", Level.DEBUG),
        ("notice", Level.INFO),
        (" err ", Level.ERROR),
    ],
)
def test_other_loggers_names_are_understood(name: str, level: Level) -> None:
    """A level is taken in any case, with blanks around it, and by its usual synonyms."""
    assert msgspec.convert(name, Level) is level


@given(st.sampled_from(sorted({*LEVEL_SYNONYMS, *Level.__members__})), st.booleans())
def test_every_synonym_maps_on_whatever_its_case(name: str, lower: bool) -> None:  # noqa: FBT001
    """Every name in the table is a level, in lower case as well."""
    assert Level(name.lower() if lower else name) in Level


@pytest.mark.parametrize("value", ["", "LOUD", 3, None])
def test_what_is_no_level_is_refused(value: object) -> None:
    """Anything else is an error, not a default."""
    with pytest.raises(ValueError, match="is not a valid Level"):
        Level(value)


def test_severity_grows_with_the_level() -> None:
    """The number of a level is its rank from DEBUG to FATAL."""
    assert [SEVERITY[level] for level in Level] == [0, 1, 2, 3, 4]


def test_equal_features_are_one_key() -> None:
    """Two structs with equal values are equal and hash alike: the memo depends on it."""
    values = (1, Level.INFO, "a", False, True, False)
    assert len({LogFeatures(*values), LogFeatures(*values)}) == 1
