"""A verdict, kept in the form in which it is answered.

The answer depends on the features and the model alone, except for the `log_id`. So the JSON around
the log id is made once per verdict, and answering is joining bytes.
The bytes are those that msgspec would write for `schemas.api.predictions.Prediction`.
"""

from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import Final, Protocol

import msgspec

from inference.detectors.judgements import Judgement, rows_as_bytes
from inference.model.column_verdicts import ColumnVerdicts
from schemas.api.predictions import PredictRequest
from schemas.record.features import LogFeatures

_encode = msgspec.json.Encoder().encode


Mark = int | bytes
"""How a verdict is counted, see `inference.metrics.kinds`."""


class Verdict(msgspec.Struct, frozen=True, gc=False):
    """A model's verdict on a feature tuple, and on the message behind it.

    Attributes:
        is_anomaly: the label.
        json: JSON of a `Prediction` from behind the log id to before the closing brace.
        contributions: as in `Judgement`; bytes, since a memo holds thousands and few are ever
            asked for. None where they were not computed.
        terms: as in `Judgement`.
        mark: how a log with this verdict is counted (`inference.metrics.judged`).
        log: what was judged, for a model that judges it too (`inference.shadow`).
    """

    is_anomaly: bool
    json: bytes
    contributions: bytes | None
    terms: bytes
    mark: Mark = 0
    log: LogFeatures | None = None


class VerdictCounter(Protocol):
    """Counts every verdict that is answered, before the first byte of the answer is sent."""

    def count(self, verdict: Verdict) -> None:
        """Count a log with this verdict."""

    def count_all(self, verdicts: Sequence[Verdict]) -> None:
        """Count a log for each verdict."""

    def count_columns(self, verdicts: ColumnVerdicts) -> None:
        """Count a log for each verdict in columns."""


class Numbers(msgspec.Struct, frozen=True, gc=False):
    """The numbers of a `Prediction`, for answers that are no JSON of ours."""

    is_anomaly: bool
    anomaly_score: float
    decision: float
    percentile: float


_decode_numbers: Final = msgspec.json.Decoder(Numbers).decode


def make_verdict(
    judgement: Judgement, model_version: str, mark: Mark = 0, pattern: int | None = None
) -> Verdict:
    """The verdict with a judgement.

    Args:
        judgement: of the detector.
        model_version: as answers give it.
        mark: how a log with this verdict is counted; any value where metrics are off.
        pattern: id of the log's pattern; None for a log that came without its message.
    """
    return make_verdicts([judgement], model_version, [mark], [pattern])[0]


def make_verdicts(
    judgements: Sequence[Judgement],
    model_version: str,
    marks: Sequence[Mark],
    patterns: Sequence[int | None],
    logs: Sequence[LogFeatures | None] | None = None,
) -> list[Verdict]:
    """The same for several logs; the arguments as there, in the same order; `logs` were judged."""
    version = _encode(model_version)
    return [
        Verdict(
            judgement.is_anomaly,
            b',"is_anomaly":%b,"anomaly_score":%b,"decision":%b,"percentile":%b,"model_version":%b%b'
            % (
                b"true" if judgement.is_anomaly else b"false",
                score,
                decision,
                percentile,
                version,
                b"" if pattern is None else b',"pattern_id":"%016x"' % pattern,
            ),
            judgement.contributions,
            judgement.terms,
            mark,
            log,
        )
        for judgement, score, decision, percentile, mark, pattern, log in zip(
            judgements,
            _texts([judgement.anomaly_score for judgement in judgements]),
            _texts([judgement.decision for judgement in judgements]),
            _texts([judgement.percentile for judgement in judgements]),
            marks,
            patterns,
            logs or [None] * len(judgements),
            strict=True,
        )
    ]


def verdicts_in_columns(judged: ColumnVerdicts, marks: Sequence[Mark]) -> list[Verdict]:
    """The same verdicts from columns; the marks as there.

    Their JSON is made in a single piece and cut: a call for each takes twice as long.
    """
    judgements = judged.judgements
    flags = judgements.is_anomaly.tolist()
    if not flags:
        return []
    tail = b',"model_version":%b\n' % _encode(judged.model_version)
    heads = (b',"is_anomaly":false,"anomaly_score":', b',"is_anomaly":true,"anomaly_score":')
    columns = (judgements.anomaly_scores, judgements.decisions, judgements.percentiles)
    texts = [_texts(column.tolist()) for column in columns]
    parts = [heads[0]] * (7 * len(flags))
    for at in judged.anomalies:
        parts[7 * at] = heads[1]
    parts[1::7], parts[3::7], parts[5::7] = texts
    parts[2::7] = [b',"decision":'] * len(flags)
    parts[4::7] = [b',"percentile":'] * len(flags)
    parts[6::7] = [tail] * len(flags)
    contributions: Iterable[bytes | None] = repeat(None)
    if judgements.contributions.size:
        contributions = rows_as_bytes(judgements.contributions)
    jsons = b"".join(parts).split(b"\n")
    terms = rows_as_bytes(judgements.terms)
    return list(map(Verdict, flags, jsons, contributions, terms, marks, judged.logs))


def _texts(values: list[float]) -> list[bytes]:
    """The JSON of each number; `values` is not empty. A call for each takes four times as long."""
    return _encode(values)[1:-1].split(b",")


def numbers_of(verdict: Verdict) -> Numbers:
    """The numbers of a verdict, to the last bit: JSON has the shortest text of each."""
    return _decode_numbers(b"{%b}" % verdict.json[1:])


def prediction_json(log_id: str | int, verdict: Verdict, explanation: bytes = b"") -> bytes:
    """The answer to `POST /predict`."""
    return b'{"log_id":%b%b%b}' % (_encode(log_id), verdict.json, explanation)


def batch_json(
    logs: Sequence[PredictRequest],
    verdicts: Sequence[Verdict],
    model_version: str,
    explanations: Sequence[bytes] | None = None,
) -> bytes:
    """The answer to `POST /predict/batch`; `verdicts[i]` belongs to `logs[i]`; not empty."""
    head = b'{"predictions":['
    tail = b'],"anomaly_count":%d,"model_version":%b}' % (
        [verdict.is_anomaly for verdict in verdicts].count(True),
        _encode(model_version),
    )
    if explanations is None:
        # A single join over three parts a log answers a batch as fast as its bytes can be copied.
        parts = [b'},{"log_id":'] * (3 * len(logs))
        parts[0] = head + b'{"log_id":'
        parts[1::3] = map(_encode, [log.log_id for log in logs])
        parts[2::3] = [verdict.json for verdict in verdicts]
        parts.append(b"}" + tail)
        return b"".join(parts)
    predictions = b",".join(
        [
            prediction_json(log.log_id, verdict, explanation)
            for log, verdict, explanation in zip(logs, verdicts, explanations, strict=True)
        ]
    )
    return b"".join((head, predictions, tail))
