"""Everything that a report says of a table of records, as plain data."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Protocol

import msgspec
import numpy as np
import numpy.typing as npt

from inference.detectors.wording import describe_features
from inference.model.explanations import why_of_row
from schemas.bundle.corrections import Correction
from schemas.record.features import FEATURE_NAMES
from schemas.record.key import NO_TRAITS, Ints, messages_of, unpack, unpack_record
from schemas.record.surprisal import rarity
from schemas.record.templates import TEMPLATE_BUCKETS
from trainer.counting.table import CountTable
from trainer.judging.alerts import alerts_of, alerts_of_groups, labelled_patterns
from trainer.judging.found import Found, describe_found, timeline_of
from trainer.judging.headline import headline
from trainer.judging.judged import Judged, Top
from trainer.judging.marks import marks_of
from trainer.judging.metrics import make_curve
from trainer.judging.newest import newest_patterns
from trainer.judging.shares import distribution_of, levels_of, services_of
from trainer.judging.wording import contributions_of
from trainer.report.content import BadRecord, Contribution, Report, TopRecord
from trainer.report.goodness import Alerts, Curve, FaultCount, FirstLines
from trainer.store.candidate import Candidate


class Subject(Protocol):
    """The origin of the records of a report.

    Attributes:
        sources: what was read.
        detected: how it was read, a sentence each.
        n_bad: records that could not be used.
        bad: some of these.
    """

    @property
    def sources(self) -> list[str]: ...  # noqa: D102 - see above

    @property
    def detected(self) -> list[str]: ...  # noqa: D102 - see above

    @property
    def n_bad(self) -> int: ...  # noqa: D102 - see above

    @property
    def bad(self) -> list[BadRecord]: ...  # noqa: D102 - see above

    def count_faults(self, flagged: Ints) -> FaultCount | None:
        """Faults, and those that the records with these keys meet; None if unknown."""
        ...


def make_report(  # noqa: PLR0913 - a report has many parts, most of them by name
    subject: Subject,
    table: CountTable,
    judged: Sequence[Judged],
    top: Top,
    examples: Mapping[int, tuple[str, str]],
    *,
    found: Found | None = None,
    title: str = "",
    warnings: Sequence[str] = (),
    corrections: Sequence[Correction] = (),
) -> Report:
    """Report on a table.

    Args:
        subject: where the records come from.
        table: the records; not empty.
        judged: the models' judgements, the deciding model's first; not empty.
        top: the most anomalous records by the deciding model.
        examples: place and text by key, for some of these.
        found: the patterns to show instead of records; None where there are none.
        title: of the report.
        warnings: a sentence each.
        corrections: people's corrections that hold.
    """
    deciding = judged[0].candidate
    manifest = deciding.model.manifest
    curves = _curves(table, judged)
    importance, unit = _importance(table, judged[0])
    shown = _top(top, deciding, examples)
    patterns = [] if found is None else describe_found(found, shown)
    alerts: list[Alerts] = []
    first: list[FirstLines] = []
    faults = None
    if table.positives is not None:
        alerts, first = alerts_of(table, judged[0], _rarity(table))
        if found is not None:
            alerts += alerts_of_groups(found.patterns, alerts[0])
        faults = subject.count_faults(table.keys[judged[0].judgements.is_anomaly])
    return Report(
        title=title,
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        detector=manifest.detector,
        sources=subject.sources,
        detected=subject.detected,
        warnings=list(warnings),
        n_rows=table.n_samples,
        n_distinct=table.n_distinct,
        n_bad=subject.n_bad,
        bad=subject.bad,
        levels=levels_of(table, judged),
        services=services_of(table, judged),
        distributions=[distribution_of(table, entry) for entry in judged],
        top=[] if found is not None else shown,
        headline=headline(table, judged[0], faults, manifest.calibration.budget),
        alerts=alerts,
        first=first,
        faults=faults,
        marks=marks_of(corrections, found),
        first_patterns=labelled_patterns(patterns),
        patterns=patterns,
        newest=[] if found is None else newest_patterns(found),
        n_patterns=0 if found is None else found.n_patterns,
        n_flagged_patterns=0 if found is None else found.n_flagged,
        timeline=None if found is None else timeline_of(found),
        importance=importance,
        importance_unit=unit,
        n_labelled=None if table.positives is None else int(table.positives.sum()),
        curves=curves,
        parity=_parity(deciding),
        parameters={
            name: str(value) for name, value in msgspec.to_builtins(manifest.options).items()
        },
        versions=manifest.libraries,
    )


def _curves(table: CountTable, judged: Sequence[Judged]) -> list[Curve]:
    positives, counts = table.positives, table.counts
    if positives is None or not 0 < positives.sum() < counts.sum():
        return []
    length, level, _, _, _ = unpack(table.keys)
    curves = [
        make_curve(
            entry.candidate.name,
            -entry.judgements.decisions,
            counts,
            positives,
            entry.judgements.is_anomaly,
        )
        for entry in judged
    ]
    trivial = {
        "level alone": level.astype(np.float64),
        "message_length alone": length.astype(np.float64),
    }
    rarities = _rarity(table)
    if rarities is not None:
        trivial["template rarity alone"] = rarities
    curves += [make_curve(name, values, counts, positives) for name, values in trivial.items()]
    return curves


def _rarity(table: CountTable) -> npt.NDArray[np.float64] | None:
    """The rarity of each record's template; None where no record has a message."""
    traits = table.traits
    if not (traits != NO_TRAITS).any():
        return None
    return _template_rarity(traits, table.counts).astype(np.float64)


def _template_rarity(traits: Ints, counts: Ints) -> npt.NDArray[np.float32]:
    has_message, template, _ = messages_of(traits)
    seen = np.zeros(TEMPLATE_BUCKETS, np.int64)
    np.add.at(seen, template[has_message], counts[has_message])
    return np.where(has_message, rarity(seen[template], int(counts.sum())), np.float32(0))


def _top(top: Top, deciding: Candidate, examples: Mapping[int, tuple[str, str]]) -> list[TopRecord]:
    judged, model = top.judgements, deciding.model
    numbers = unpack(top.table.keys)[2].tolist()
    records = []
    for index, (key, number) in enumerate(zip(top.table.keys.tolist(), numbers, strict=True)):
        service = top.table.services.get(number, f"#{number}")
        log = unpack_record(key, service)
        place, example = examples.get(key, ("", ""))
        records.append(
            TopRecord(
                features=describe_features(log),
                n_rows=int(top.table.counts[index]),
                anomaly_score=float(judged.anomaly_scores[index]),
                decision=float(judged.decisions[index]),
                contributions=contributions_of(judged, index, model.spec),
                reason=why_of_row(model, log, judged, index),
                example=example,
                place=place,
            )
        )
    return records


def _importance(table: CountTable, judged: Judged) -> tuple[list[Contribution], str]:
    """Mean absolute contribution over all records, largest first."""
    spec, judgements = judged.candidate.model.spec, judged.judgements
    names, columns, unit = FEATURE_NAMES, list(judgements.contributions.T), "of the exponent"
    if spec.terms:
        names, columns, unit = spec.terms, list(judgements.terms.T), "decades"
    # A column at a time: a table may be large, and a whole copy is not needed.
    means = [float(np.average(np.abs(column), weights=table.counts)) for column in columns]
    pairs = sorted(zip(names, means, strict=False), key=lambda pair: -pair[1])
    return [Contribution(name, value) for name, value in pairs], unit


def _parity(deciding: Candidate) -> dict[str, str]:
    parity = deciding.model.manifest.parity
    proof = {
        "training rows compared with scikit-learn": f"{parity.n_training_rows:,}",
        "adversarial rows compared with scikit-learn": f"{parity.n_adversarial_rows:,}",
        "labels that differ": str(parity.label_differences),
        "largest difference of a score": f"{parity.max_score_error:.1e}",
    }
    proof["verdicts of the loaded model compared with training's"] = f"{parity.n_verdicts:,}"
    proof["largest difference of a decision"] = f"{parity.max_verdict_error:.1e}"
    return proof
