"""What the template of a message is, and that every engine can compute its bucket."""

import hashlib
import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.record.templates import (
    TEMPLATE_BUCKETS,
    TEMPLATE_CHARS,
    bucket_of,
    first_pattern,
    pattern_id,
    template_bucket,
    template_of,
)
from schemas.record.text import CODES, LIMIT

BLANKS = " \t\n\v\f\r"
messages = st.one_of(
    st.text(),
    st.text(alphabet=BLANKS + "\x1c\x1f\x85\xa0\u2028" + "aZ09é-#"),
    st.text(alphabet=string.printable, min_size=TEMPLATE_CHARS - 5, max_size=TEMPLATE_CHARS + 50),
)


def define(message: str) -> str:
    """Say the four steps of the module's docstring one by one, in regular expressions."""
    text = re.sub(CODES, "", message[:LIMIT])[:TEMPLATE_CHARS]
    text = re.sub(r"[^\x00-\x7F]", "?", text).lower()
    text = re.sub(f"[{BLANKS}]+", " ", text).strip(" ")
    return re.sub("[^ ]*[0-9][^ ]*", "#", text)


@pytest.mark.parametrize(
    ("message", "template"),
    [
        ("", ""),
        (" \t\r\n", ""),
        ("Order 17 Placed", "order # placed"),
        ("  took\t12ms \n for user7  ", "took # for #"),
        ("GET /cart/8f3a?x=1 200", "get # #"),
        ("id=f3d4,name=bolt", "#"),
        ("no numbers here", "no numbers here"),
        ("naïve Ünïcode ☕ 注文7", "na?ve ?n?code ? #"),
        ("\x1cfield\x1fseparators stay\x00", "\x1cfield\x1fseparators stay\x00"),
        ("no\xa0break\u2028here", "no?break?here"),
        ("# is no digit", "# is no digit"),
        ("\x1b[31mOrder\x1b[0m \x1b[1;32m17\x1b[0m placed\x1b[K", "order # placed"),
        ("١٢٣ other digits are none", "??? other digits are none"),
    ],
)
def test_template_of_an_example(message: str, template: str) -> None:
    """Case, numbers and blanks vary from line to line and are taken out, nothing else is."""
    assert template_of(message) == template


def test_only_the_first_characters_count() -> None:
    """A message is cut before anything else, so a token may lose what stands past the cut."""
    assert template_of("x" * TEMPLATE_CHARS + "1") == "x" * TEMPLATE_CHARS
    assert template_of("é" * (TEMPLATE_CHARS - 1) + "12") == "#"
    assert template_of(" " * TEMPLATE_CHARS + "text") == ""


def test_the_bucket_is_the_beginning_of_the_md5() -> None:
    """The bucket of a template that an engine finds as md5('order # placed') is known by hand."""
    digest = hashlib.md5(b"order # placed", usedforsecurity=False).hexdigest()

    assert template_bucket("Order 17 placed") == int(digest[:4], 16)
    assert template_bucket("") == 0xD41D
    assert template_bucket("Order 17 placed") == template_bucket("order 9 PLACED ")


@given(messages)
def test_the_definition_is_met(message: str) -> None:
    """The quick way over bytes gives what the four steps say, and a bucket within bounds."""
    template = define(message)

    assert template_of(message) == template
    assert 0 <= template_bucket(message) < TEMPLATE_BUCKETS
    assert f"{template_bucket(message):04x}" == hashlib.md5(template.encode()).hexdigest()[:4]
    assert f"{pattern_id(message):016x}" == hashlib.md5(template.encode()).hexdigest()[:16]
    assert bucket_of(first_pattern(template_bucket(message))) == template_bucket(message)


@given(messages)
def test_a_template_is_its_own(message: str) -> None:
    """A template keeps to what templates are made of, and has itself for a template."""
    template = template_of(message)

    assert template.isascii()
    assert not re.search(r"[A-Z0-9\t\n\v\f\r]|  |^ | $", template)
    assert template_of(template) == template
