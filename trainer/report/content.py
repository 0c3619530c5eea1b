"""The content of a report, as plain data: from `trainer.judging.evaluation`, for the page.

Everything here is already decided and counted; rendering computes nothing but positions.
"""

from typing import Literal

import msgspec

from trainer.report.goodness import Alerts, Curve, FaultCount, FirstLines, FirstPatterns, HeldOut


class Share(msgspec.Struct, frozen=True):
    """A group of records and how many of them each detector flags.

    Attributes:
        name: a level or a service.
        n_rows: records of the group.
        n_flagged: by name of the detector.
    """

    name: str
    n_rows: int
    n_flagged: dict[str, int]


class Distribution(msgspec.Struct, frozen=True):
    """How a detector's scores spread over the records.

    Attributes:
        detector: its name.
        edges: ascending, of length len(n_rows) + 1.
        n_rows: records per bin; bins are closed on the left, the last on both sides.
        threshold: scores above it are anomalies. Of two thresholds, for records with a message
            and without, it is that of most records; the scores of the others are shifted to it.
        n_flagged: records above it.
        flagged_share: the same as a share of all records.
        contamination: the share that was asked for; None for "auto".
        measure: what the edges and the threshold are values of.
    """

    detector: str
    edges: list[float]
    n_rows: list[int]
    threshold: float
    n_flagged: int
    flagged_share: float
    contamination: float | None
    measure: str = "anomaly score"


class Contribution(msgspec.Struct, frozen=True):
    """What a feature or term adds to a score; positive pushes towards an anomaly."""

    name: str
    value: float


class TopRecord(msgspec.Struct, frozen=True):
    """A record among the most anomalous distinct records.

    Attributes:
        features: name and value as a person reads them.
        n_rows: how often the record occurred.
        anomaly_score: in (0, 1], higher is more anomalous.
        decision: negative is an anomaly.
        contributions: why.
        reason: the same in words.
        example: the first line that gave this record, cut; empty if there is none to show.
        place: where that line stands; empty if unknown.
    """

    features: dict[str, str]
    n_rows: int
    anomaly_score: float
    decision: float
    contributions: list[Contribution]
    reason: str = ""
    example: str = ""
    place: str = ""


class SeenPattern(msgspec.Struct, frozen=True, kw_only=True):
    """A pattern, and how much of it there is.

    Attributes:
        pattern_id: of its template.
        service: who wrote it.
        text: the masked text.
        level: the highest at which it was written.
        n_rows: its lines.
        n_flagged: how many of them are flagged.
        first_seen, last_seen: RFC 3339, UTC; empty without times.
    """

    pattern_id: str
    service: str
    text: str
    level: str
    n_rows: int
    n_flagged: int
    first_seen: str
    last_seen: str


class FoundPattern(SeenPattern, frozen=True, kw_only=True):
    """A pattern among those with the most anomalous lines.

    Attributes:
        n_labelled: how many lines are labelled as anomalies; None without labels.
        spark: its lines over time, in the slots of the timeline; empty without times.
        record: its most anomalous record.
    """

    n_labelled: int | None
    spark: list[int]
    record: TopRecord


class Timeline(msgspec.Struct, frozen=True, kw_only=True):
    """Lines over time, in slots of equal width.

    Attributes:
        start, end: of all slots; RFC 3339, UTC.
        slot_seconds: how wide a slot is.
        n_rows: lines in each.
        n_flagged: how many of them are flagged.
    """

    start: str
    end: str
    slot_seconds: float
    n_rows: list[int]
    n_flagged: list[int]


class BadRecord(msgspec.Struct, frozen=True):
    """A record that could not be used."""

    place: str
    problem: str


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """A person's correction, and the lines that it is about.

    Attributes:
        verdict: what these lines are from then on, whatever the detector says.
        service: who wrote them.
        what: the masked text of their pattern, or its id.
        note: why.
        since: when it was made; RFC 3339.
        until: when it ends; empty for never.
        n_rows: the lines; None where they cannot be counted.
        n_changed: those that the detector judges otherwise.
    """

    verdict: Literal["normal", "anomaly"]
    service: str
    what: str
    note: str
    since: str
    until: str
    n_rows: int | None
    n_changed: int | None


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """A whole report.

    Attributes:
        title: what it is a report of, as in "Model 3".
        created_at: RFC 3339, UTC.
        detector: the detector that decides.
        sources: what was read.
        detected: how it was read, a sentence each.
        warnings: what the reader should know first, a sentence each.
        n_rows: usable records, at least 1.
        n_distinct: distinct records among them.
        n_bad: records that could not be used.
        bad: some of these.
        levels: per level, from least to most severe.
        services: per service, most records first, cut; a last entry "others" holds the rest.
        distributions: per detector, the deciding detector first; never empty.
        top: most anomalous distinct records by the deciding detector, worst first; where
            there are patterns, these stand in their place.
        importance: mean absolute contribution over all records, largest first.
        importance_unit: of what the importance is measured in.
        n_labelled: records labelled as anomalies; None if there are no labels.
        curves: per ranking, the deciding detector's first; empty without labels of both kinds.
        parity: what was proved before publishing, name and value.
        parameters: name and value.
        versions: library and version.
        headline: whether it is any good and what it found, in a sentence with a subject.
        alerts: the model's, then those of rules; empty without labels.
        first: of the worst lines; empty without labels.
        first_patterns: of the worst patterns; empty without labels, or without patterns.
        faults: None without labels, or where the data cannot be read again.
        basis: whether the model has seen these records before, in a sentence.
        parts: how the model does on parts of the records alone, a sentence each.
        marks: people's corrections that hold.
        held_out: None where a model was fitted on all of the records, or none was fitted.
        patterns: those with the most anomalous lines, the most anomalous first; empty for records
            without messages.
        newest: the patterns that appeared last, the newest first; empty without times.
        n_patterns: patterns in all.
        n_flagged_patterns: those of which any line is flagged.
        timeline: None where records have no times, or where how they spread is not known.
        omitted: what is not shown that reports on other data show, and why, a sentence each.
    """

    title: str
    created_at: str
    detector: str
    sources: list[str]
    detected: list[str]
    warnings: list[str]
    n_rows: int
    n_distinct: int
    n_bad: int
    bad: list[BadRecord]
    levels: list[Share]
    services: list[Share]
    distributions: list[Distribution]
    top: list[TopRecord]
    importance: list[Contribution]
    importance_unit: str
    n_labelled: int | None
    curves: list[Curve]
    parity: dict[str, str]
    parameters: dict[str, str]
    versions: dict[str, str]
    headline: str = ""
    basis: str = ""
    parts: list[str] = []
    marks: list[Mark] = []
    held_out: HeldOut | None = None
    alerts: list[Alerts] = []
    first: list[FirstLines] = []
    first_patterns: list[FirstPatterns] = []
    faults: FaultCount | None = None
    patterns: list[FoundPattern] = []
    newest: list[SeenPattern] = []
    n_patterns: int = 0
    n_flagged_patterns: int = 0
    timeline: Timeline | None = None
    omitted: list[str] = []
