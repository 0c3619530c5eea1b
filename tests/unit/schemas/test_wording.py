"""What docstrings say to everybody."""

from schemas.api.wording import attributes, first_paragraph, worded

DOCSTRING = """One thing, said on
    two lines.

    For those who read the code.

    Attributes:
        first: what it is,
            on two lines.
        second, third: both `of_these`

    Raises:
        ValueError: never.
    """


def test_the_first_paragraph_is_for_everybody() -> None:
    """On one line, without indents."""
    assert first_paragraph(DOCSTRING) == "One thing, said on two lines."


def test_attributes_are_found() -> None:
    """Each with its whole meaning as a sentence; other sections are none."""
    assert attributes(DOCSTRING) == {
        "first": "What it is, on two lines.",
        "second": "Both `of_these`.",
        "third": "Both `of_these`.",
    }
    assert attributes("One thing.") == {}


def test_what_a_member_says_itself_goes_first() -> None:
    """Then what its type says, then the docstring."""
    members = {
        "first": {"type": "string", "description": "Its own."},
        "second": {"anyOf": [{"type": "string", "description": "Its type's."}, {"type": "null"}]},
        "third": {"$ref": "#/a"},
    }
    schema = worded({"A": {"description": DOCSTRING, "properties": members}})["A"]
    found = [member["description"] for member in schema["properties"].values()]
    assert found == ["Its own.", "Its type's.", "Both `of_these`."]
