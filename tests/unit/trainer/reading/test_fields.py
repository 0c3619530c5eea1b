"""Where message, level and service are found among fields."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.intake.documents import look_up
from inference.intake.field_names import LEVEL_NAMES, MESSAGE_NAMES
from inference.intake.writer_names import SERVICE_NAMES
from schemas.record.features import FEATURE_NAMES
from trainer.errors import InputError
from trainer.reading.fields import (
    find_fields,
    flatten_names,
)
from trainer.reading.plan import Fields

# names, then message, level, service
FOUND: list[tuple[list[str], str, str | None, str | None]] = [
    (["timestamp", "level", "service", "message"], "message", "level", "service"),
    (["ts", "Msg", "LEVEL", "App"], "Msg", "LEVEL", "App"),
    (["asctime", "levelname", "name", "message"], "message", "levelname", "name"),
    (["@ts", "log.level", "message", "service.name"], "message", "log.level", "service.name"),
    (["log", "stream", "kubernetes.container_name"], "log", None, "kubernetes.container_name"),
    (["log", "kubernetes.labels.app", "logger"], "log", None, "kubernetes.labels.app"),
    (["severityText", "body", "resource.service.name"],
     "body", "severityText", "resource.service.name"),
    (["short_message", "level", "_app-name"], "short_message", "level", "_app-name"),
    (["MESSAGE", "PRIORITY", "SYSLOG_IDENTIFIER"], "MESSAGE", "PRIORITY", "SYSLOG_IDENTIFIER"),
    (["Date", "Level", "Component", "Content"], "Content", "Level", "Component"),
    (["text", "record.level.name", "record.message"], "record.message", "record.level.name", None),
    (["text", "host"], "text", None, None),
    (["source", "serviceName", "event", "lvl"], "event", "lvl", "serviceName"),
]  # fmt: skip


@pytest.mark.parametrize(("names", "message", "level", "service"), FOUND)
def test_usual_names_are_found(
    names: list[str], message: str, level: str | None, service: str | None
) -> None:
    """In any case, with any separators, whatever the order of the fields."""
    for fields in (find_fields(names, Fields()), find_fields(names[::-1], Fields())):
        assert (fields.message, fields.level, fields.service) == (message, level, service)


def test_what_is_given_goes_before_what_is_usual() -> None:
    """Each part may be given; the others are still found."""
    names = ["message", "msg", "level", "importance", "app", "team"]
    assert find_fields(names, Fields(message="msg")) == Fields(
        message="msg", level="level", service="app"
    )
    given_fields = Fields(message="team", level="importance", service="msg", label="app")
    assert find_fields(names, given_fields) == given_fields


def test_a_label_is_never_guessed() -> None:
    """A model must not be judged by a field that only sounds like a label."""
    assert find_fields(["message", "label", "is_anomaly"], Fields()).label is None
    assert find_fields(["message", "label"], Fields(label="label")).label == "label"


def test_six_features_are_features() -> None:
    """All six names and no message field given; then only the label is of interest."""
    names = [*FEATURE_NAMES, "fault"]
    assert find_fields(names, Fields()) == Fields()
    assert find_fields([*names, "message"], Fields(label="fault")) == Fields(label="fault")
    assert find_fields([*names, "message"], Fields(message="message")) == Fields(
        message="message", level="level", service="service"
    )
    assert find_fields([*names[1:], "message"], Fields()).message == "message"


def test_features_have_fixed_names() -> None:
    """A level from another field is refused rather than ignored."""
    assert find_fields(FEATURE_NAMES, Fields(level="level")) == Fields()
    with pytest.raises(InputError, match="leave out --level-field"):
        find_fields([*FEATURE_NAMES, "severity"], Fields(level="severity"))


@pytest.mark.parametrize("part", ["message", "level", "service", "label"])
def test_a_given_field_must_be_there(part: str) -> None:
    """The error lists the fields there are, the nearest first."""
    names = ["message", "level", "a", "severity_name", "severity_number"]
    with pytest.raises(InputError) as caught:
        find_fields(names, Fields(**{part: "severty_number"}))
    assert str(caught.value).startswith(
        f"--{part}-field: no record has the field `severty_number`; there are `severity_number`, "
        "`severity_name`, "
    )
    assert all(f"`{name}`" in str(caught.value) for name in names)


def test_records_without_a_message_are_refused() -> None:
    """The error lists the fields, and the features that are missing if most are there."""
    with pytest.raises(InputError, match=r"message among `massage`, `a`; give --message-field$"):
        find_fields(["a", "massage"], Fields())
    with pytest.raises(InputError, match=r"or add the features has_timeout$"):
        find_fields([name for name in FEATURE_NAMES if name != "has_timeout"], Fields())
    with pytest.raises(InputError, match="among none; give"):
        find_fields([], Fields())


def test_an_error_stays_short() -> None:
    """However many fields there are, and however long their names."""
    with pytest.raises(InputError, match=r"and 980 more") as caught:
        find_fields([f"{n:0500}" for n in range(1000)], Fields())
    assert len(str(caught.value)) < 2_000


def test_usual_names_are_written_as_they_are_compared() -> None:
    """A name in the lists that is not lower case, or has separators, would never be found."""
    for names in (MESSAGE_NAMES, LEVEL_NAMES, SERVICE_NAMES):
        assert len(set(names)) == len(names)
        for name in names:
            assert find_fields(["message", name], Fields(message="message")).message == "message"
            assert name == name.lower().replace("_", "").replace("-", "")
    assert not set(MESSAGE_NAMES) & set(LEVEL_NAMES) & set(SERVICE_NAMES)


def test_leaves_have_paths() -> None:
    """Objects are walked in order; lists and empty values are leaves."""
    document = {"a": {"b": {"c": 1}, "d": None}, "e.f": [{"g": 1}], "h": {}, "": "x"}
    assert flatten_names(document) == ["a.b.c", "a.d", "e.f", ""]


def test_deep_objects_end_somewhere() -> None:
    """A path has eight parts at most; what lies deeper is one leaf."""
    document: dict[str, Any] = {"z": 1}
    for _ in range(5_000):
        document = {"a": document}
    assert flatten_names(document) == [".".join("a" * 8)]


KEYS = st.sampled_from(["log", "level", "message", "a.b", "", "x"])


@given(
    st.recursive(
        st.dictionaries(KEYS, st.integers() | st.text(max_size=3), max_size=3),
        lambda inner: st.dictionaries(KEYS, inner | st.integers(), max_size=3),
        max_leaves=9,
    )
)
def test_a_path_leads_to_its_leaf(document: dict[str, Any]) -> None:
    """What the names say is what the reader finds, except where a key hides a path."""
    for path in flatten_names(document):
        if "a.b" not in path and ".." not in path and not path.startswith("."):
            assert look_up(document, path) is not None
