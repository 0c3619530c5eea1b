"""The page under any values: nothing from logs is alive on it, nothing extreme breaks it."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.made_reports import (
    make_curve,
    make_distribution,
    make_pattern,
    make_record,
    make_report,
    make_timeline,
)
from tests.parsed_page import Page
from trainer.report.content import (
    BadRecord,
    Contribution,
    Distribution,
    FoundPattern,
    Report,
    Share,
    Timeline,
    TopRecord,
)
from trainer.report.goodness import Curve
from trainer.report.page import render

HOSTILE = "<script>alert(1)</script>\"'&`<img src=x onerror=y>`\x00\x1b[31m\u202e\ud800</pre>"


def test_nothing_from_logs_is_alive() -> None:
    """Names, lines, places, reasons and problems come out as the text they are."""
    record = replace(
        make_record(1),
        features={HOSTILE: HOSTILE},
        contributions=[Contribution(HOSTILE, 1.0)],
        reason=HOSTILE,
        example=HOSTILE,
        place=HOSTILE,
    )
    pattern = replace(
        make_pattern(1),
        pattern_id=HOSTILE,
        service=HOSTILE,
        text=HOSTILE,
        level=HOSTILE,
        first_seen=HOSTILE,
        last_seen=HOSTILE,
        record=record,
    )
    distribution = replace(make_distribution(HOSTILE), measure=HOSTILE)
    report = replace(
        make_report(),
        title=HOSTILE,
        created_at=HOSTILE,
        detector=HOSTILE,
        sources=[HOSTILE],
        detected=[HOSTILE],
        warnings=[HOSTILE],
        bad=[BadRecord(HOSTILE, HOSTILE)],
        levels=[Share(HOSTILE, 1, {HOSTILE: 1})],
        services=[Share(HOSTILE, 1, {HOSTILE: 1})],
        distributions=[distribution],
        top=[record],
        headline=HOSTILE,
        basis=HOSTILE,
        patterns=[pattern],
        timeline=replace(make_timeline(), start=HOSTILE, end=HOSTILE),
        importance=[Contribution(HOSTILE, 1.0)],
        importance_unit=HOSTILE,
        curves=[
            make_curve(HOSTILE, 0.6, 0.3, trivial=False),
            make_curve(HOSTILE, 0.7, 0.4, trivial=True),
        ],
        parity={HOSTILE: HOSTILE},
        parameters={HOSTILE: HOSTILE},
        versions={HOSTILE: HOSTILE},
    )
    for labelled in (
        report,
        replace(report, curves=[], n_labelled=None),
        replace(report, patterns=[]),
    ):
        content = render(labelled)
        page = Page(content)
        assert not {"script", "img"} & {tag for tag, _ in page.elements}
        assert not any(
            name.startswith("on") for _, attributes in page.elements for name in attributes
        )
        assert not re.search("[\x00-\x08\x0b-\x1f\u202e]", content.decode())
        assert "␀␛[31m\\u202e\\ud800" in page.text
        assert "&amp;lt;" not in content.decode()


FINITE = st.floats(allow_nan=False, allow_infinity=False)
UNIT = st.floats(0, 1)
COUNT = st.integers(0, 2**63)
TEXT = st.text(st.characters(exclude_categories=()), max_size=9)
TEXTS = st.lists(TEXT, max_size=2)
NAMED = st.lists(st.builds(Contribution, TEXT, FINITE), max_size=3)
PAIRS = st.dictionaries(TEXT, TEXT, max_size=2)


@st.composite
def distributions(draw: st.DrawFn) -> Distribution:
    """Any scores: of one bin or more, wide or without width, the threshold anywhere."""
    edges = draw(st.lists(FINITE, min_size=2, max_size=6).map(sorted))
    n_rows = draw(st.lists(COUNT, min_size=len(edges) - 1, max_size=len(edges) - 1))
    contamination = draw(st.none() | UNIT)
    return Distribution(
        draw(TEXT), edges, n_rows, draw(FINITE), draw(COUNT), draw(UNIT), contamination
    )


@st.composite
def curves(draw: st.DrawFn) -> Curve:
    """Any curves, of two points or more."""

    def points() -> list[float]:
        return sorted(draw(st.lists(UNIT, min_size=4, max_size=4)))

    return Curve(
        name=draw(TEXT),
        trivial=draw(st.booleans()),
        false_positive_rate=points(),
        true_positive_rate=points(),
        recall=points(),
        precision=points(),
        auc=draw(UNIT),
        average_precision=draw(UNIT),
        f1=draw(UNIT),
    )


RECORDS = st.builds(TopRecord, PAIRS, COUNT, UNIT, FINITE, NAMED, TEXT, TEXT, TEXT)
PATTERNS = st.builds(
    FoundPattern,
    pattern_id=TEXT,
    service=TEXT,
    text=TEXT,
    level=TEXT,
    n_rows=COUNT,
    n_flagged=COUNT,
    n_labelled=st.none() | COUNT,
    first_seen=TEXT,
    last_seen=TEXT,
    spark=st.lists(COUNT, max_size=48),
    record=RECORDS,
)


@st.composite
def timelines(draw: st.DrawFn) -> Timeline:
    """Any timeline, of no slot or more."""
    n = draw(st.integers(0, 48))
    n_rows = draw(st.lists(COUNT, min_size=n, max_size=n))
    n_flagged = draw(st.lists(COUNT, min_size=n, max_size=n))
    return Timeline(
        start=draw(TEXT | st.just("2026-11-24T08:00:00Z")),
        end=draw(TEXT),
        slot_seconds=draw(FINITE),
        n_rows=n_rows,
        n_flagged=n_flagged,
    )


SHARES = st.lists(
    st.builds(Share, TEXT, COUNT, st.dictionaries(TEXT, COUNT, max_size=2)), max_size=2
)
REPORTS = st.builds(
    Report,
    title=TEXT,
    created_at=TEXT,
    detector=TEXT,
    sources=TEXTS,
    detected=TEXTS,
    warnings=TEXTS,
    n_rows=st.integers(1, 2**63),
    n_distinct=COUNT,
    n_bad=COUNT,
    bad=st.lists(st.builds(BadRecord, TEXT, TEXT), max_size=2),
    levels=SHARES,
    services=SHARES,
    distributions=st.lists(distributions(), min_size=1, max_size=2),
    top=st.lists(RECORDS, max_size=2),
    importance=NAMED,
    importance_unit=TEXT,
    n_labelled=st.none() | COUNT,
    curves=st.just([]),
    parity=PAIRS,
    parameters=PAIRS,
    versions=PAIRS,
    headline=TEXT,
    basis=TEXT,
    patterns=st.lists(PATTERNS, max_size=5),
    n_patterns=COUNT,
    n_flagged_patterns=COUNT,
    timeline=st.none() | timelines(),
)


@settings(deadline=None, max_examples=60)
@given(REPORTS, st.lists(curves(), min_size=1, max_size=8))
def test_any_report_renders(report: Report, rankings: list[Curve]) -> None:
    """Extreme values make a whole page, with labels and without; no figure on it is broken."""
    labelled = replace(report, n_labelled=1, curves=rankings)
    for shown in (report, labelled):
        page = Page(render(shown))
        for name in ("d", "x", "y", "transform"):
            assert not any(re.search("nan|inf", str(value)) for value in page.attributes(name))
