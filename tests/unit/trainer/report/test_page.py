"""The page of a report: what stands on it, and that it needs nothing else."""

import re
from itertools import pairwise

import pytest
from msgspec.structs import replace

from tests.made_reports import make_curve, make_pattern, make_record, make_report
from tests.parsed_page import Page
from trainer.report.environment import TEMPLATES
from trainer.report.formats import MAX_SHOWN
from trainer.report.page import render
from trainer.report.worth import judge_rankings


def sections(page: Page) -> list[str]:
    """The headings below the title."""
    return [text for level, text in page.headings if level == 2]


def test_everything_is_shown_in_order() -> None:
    """First whether it is any good and what it found, then how good, why, on what, how made."""
    page = Page(render(make_report()))
    assert page.headings[0] == (1, "Model 3")
    assert sections(page) == [
        "Read this first",
        "What it found",
        "How good is it?",
        "Scores and threshold",
        "What the scores are made of",
        "The data",
        "How it was made",
    ]
    text = page.text.replace("\N{NO-BREAK SPACE}", " ")
    for shown in ("8,001", "613 distinct", "0.5 % asked for", "2026-11-24 09:41 UTC", "0.58"):
        assert shown in text
    for shown in ("logs/payment-7.jsonl.gz:4711", "message never seen", "1.9.1", "service-29"):
        assert shown in text


def test_the_first_patterns_are_not_folded() -> None:
    """Three stand open with the headline and the timeline; all else can be unfolded."""
    content = render(make_report()).decode()
    before = content[: content.index("17 more patterns")]
    for shown in (
        "Flags 37 of 8,001 lines",
        "it learned from",
        "flagged lines",
        "order # of customer 3",
    ):
        assert shown in before
    assert "order # of customer 4" not in before
    after = content[content.index("17 more patterns") :]
    assert "order # of customer 20" in after
    folded = [text for level, text in Page(content.encode()).headings if level == 2][2:]
    assert all(f"<summary><h2>{text}</h2></summary>" in after for text in folded)


def test_the_newest_patterns_say_how_much_of_them_is_flagged() -> None:
    """In words where it is nothing."""
    text = Page(render(make_report())).text
    for shown in ("first 2026-11-24 08:59:00, 1 line, none flagged", "1 line, 1 flagged"):
        assert text.count(shown) == 5


def test_a_pattern_says_what_a_person_asks() -> None:
    """How severe in words beside the colour, whose, how many, when, and whether it is labelled."""
    pattern = replace(make_pattern(9), n_rows=9, n_flagged=4, n_labelled=0)
    text = Page(render(replace(make_report(), patterns=[pattern]))).text
    for shown in ("DEBUG", "payment-service", "9 lines", "4 flagged", "not labelled"):
        assert shown in text
    assert "2026-11-24 08:00:01 to 08:59:59" in text
    bare = replace(
        pattern, n_rows=1, n_flagged=1, n_labelled=None, first_seen="", last_seen="", spark=[]
    )
    content = render(replace(make_report(), patterns=[bare], timeline=None)).decode()
    assert "labelled</span>" not in content
    assert 'class="spark"' not in content
    assert 'class="timeline"' not in content


def test_records_without_messages_stand_in_the_place_of_patterns() -> None:
    """As distinct records with their reasons, three of them open."""
    records = [make_record(number) for number in range(1, 21)]
    page = Page(render(replace(make_report(), patterns=[], n_patterns=0, top=records)))
    assert [text for level, text in page.headings if level == 3][:3] == [
        f"{number} {records[0].reason}" for number in (1, 2, 3)
    ]
    assert "17 more records" in page.text


def test_the_same_report_gives_the_same_bytes() -> None:
    """Nothing on the page depends on when or how often it is made."""
    assert render(make_report()) == render(make_report())


def test_the_page_needs_nothing_else() -> None:
    """No script and no address; the policy forbids what is not there."""
    content = render(make_report())
    page = Page(content)
    assert "script" not in {tag for tag, _ in page.elements}
    addresses = [
        value for name in ("src", "href", "srcset", "action") for value in page.attributes(name)
    ]
    assert addresses == ["data:,"]
    assert not re.search(rb"url\(|@import|https?:|//\w", content)
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in page.attributes(
        "content"
    )
    assert "light dark" in page.attributes("content")


def test_a_usual_report_is_small() -> None:
    """20 patterns, 30 services, 5 rankings of 200 points: below 200 kB."""
    assert len(render(make_report())) < 200_000


def test_the_page_can_be_read_aloud() -> None:
    """Headings skip no level, sections and pictures have names, ids are unique."""
    page = Page(render(make_report()))
    levels = [level for level, _ in page.headings]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    ids = page.attributes("id")
    assert len(ids) == len(set(ids))
    assert {
        attributes["aria-labelledby"] for tag, attributes in page.elements if tag == "section"
    } == set(ids)
    folded = [tag for tag, _ in page.elements if tag in ("details", "summary")]
    assert folded == ["details", "summary"] * (len(folded) // 2)
    for tag, attributes in page.elements:
        if tag == "svg":
            assert attributes.get("aria-label") or attributes["aria-hidden"] == "true"


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def themes() -> list[dict[str, str]]:
    """The colours of each theme, by name."""
    style = (TEMPLATES / "style.css").read_text()
    return [
        dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block))
        for block in re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    ]


@pytest.mark.parametrize("theme", themes(), ids=["light", "dark"])
def test_contrast(theme: dict[str, str]) -> None:
    """Texts reach 4.5:1 on their grounds, lines and bars 3:1 (WCAG 2.2 AA)."""

    def contrast(colour: str, other: str) -> float:
        dark, light = sorted([luminance(theme[colour]), luminance(theme[other])])
        return (light + 0.05) / (dark + 0.05)

    for ground in ("ground", "raised", "warn-ground"):
        assert contrast("text", ground) >= 4.5
    for word in ("error", "warn", "flag", "accent"):
        assert contrast(word, "ground") >= 4.5
    for ground in ("ground", "raised"):
        assert contrast("muted", ground) >= 4.5
        for line in ("accent", "flag", "second", "third", "rule", "rule-more"):
            assert contrast(line, ground) >= 3


def test_a_long_line_is_cut() -> None:
    """Of 10 kB of one line the beginning is shown, and how much more there is."""
    record = replace(make_record(1), example="x" * 10_000)
    report = replace(make_report(), patterns=[replace(make_pattern(1), record=record)])
    text = Page(render(report)).text
    assert "x" * MAX_SHOWN in text
    assert "x" * (MAX_SHOWN + 1) not in text
    assert "(8,000 more characters)" in text


def test_rankings_stand_beside_the_rules() -> None:
    """The best value of each column is marked, the first that decides is named."""
    content = render(make_report()).decode()
    rows = re.findall(r'<svg class="swatch".*?</svg>(.*?)</tr>', content, re.DOTALL)
    assert [re.split("<|\n", row)[0].strip() for row in rows] == [
        curve.name for curve in make_report().curves
    ]
    assert [row.count('class="best"') for row in rows] == [0, 0, 3, 0, 0]
    assert ["decides" in row for row in rows] == [True, False, False, False, False]
    assert ["<small>rule" in row for row in rows] == [False, False, True, True, True]


@pytest.mark.parametrize(
    ("auc", "average_precision", "beaten", "words"),
    [
        (0.70, 0.30, True, "ROC AUC (0.700 against 0.600) and average precision (0.300 against"),
        (0.70, 0.10, True, "No rule is better by both measures."),
        (0.50, 0.30, True, "rule by average precision (0.300 against 0.200)"),
        (0.60, 0.20, False, "model ranks these records at least as well as rule,"),
        (0.6001, 0.2, False, "at least as well"),
    ],
)
def test_the_verdict(auc: float, average_precision: float, *, beaten: bool, words: str) -> None:
    """A rule that is better by either measure is named with its figures; a tie is no loss."""
    verdict = judge_rankings(
        [
            make_curve("model", 0.6, 0.2, trivial=False),
            make_curve("better model", 0.9, 0.9, trivial=False),
            make_curve("rule", auc, average_precision, trivial=True),
        ]
    )
    assert verdict.beaten is beaten
    assert words in verdict.sentence


def test_without_labels_shares_come_first() -> None:
    """Where curves would be, the shares that would be flagged are, and how to give labels."""
    report = replace(make_report(), n_labelled=None, curves=[])
    page = Page(render(report))
    assert sections(page)[2] == "What would be flagged"
    assert "--label-field" in page.text
    assert page.text.index("service-29") < page.text.index("Scores and threshold")
    assert page.text.count("service-29") == 1


@pytest.mark.parametrize("n_labelled", [0, 8001])
def test_labels_of_one_kind_are_no_labels(n_labelled: int) -> None:
    """Without both kinds no ranking can be judged, which is said."""
    page = Page(render(replace(make_report(), n_labelled=n_labelled, curves=[])))
    assert f"{n_labelled:,} of 8,001 records are labelled" in page.text
    assert "--label-field" not in page.text


def test_an_empty_part_is_left_out() -> None:
    """No warnings, no importance, nothing bad: no heading without anything below."""
    report = replace(
        make_report(),
        warnings=[],
        importance=[],
        n_bad=0,
        bad=[],
        parity={},
        sources=[],
        patterns=[],
        timeline=None,
    )
    page = Page(render(report))
    assert not {"Read this first", "What the scores are made of"} & set(sections(page))
    assert "Proof of parity" not in {text for _, text in page.headings}
