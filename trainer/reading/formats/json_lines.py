"""JSON lines: one object a line."""

import re
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, Final

import msgspec

from inference.intake.documents import look_up
from inference.intake.envelopes import decode_object
from inference.intake.exports import take_apart
from inference.intake.field_names import LEVEL_NAMES, TRACE_NAMES, plain_name
from inference.intake.layout_choice import ENVELOPE_SHARE
from inference.intake.lines import read_foreign
from inference.intake.records import UnusableRecordError
from inference.intake.text_records import decode_line
from schemas.api.validation import BodyDecoder, InvalidBodyError, MalformedJsonError
from schemas.record.features import LogFeatures
from trainer.errors import InputError
from trainer.reading.assembling import Assembler, Record, labelled
from trainer.reading.fast_decoding import Read, fast_decoder
from trainer.reading.faults import Faults
from trainer.reading.fields import flatten_names
from trainer.reading.formats.enveloped import MAX_LEADING_LINES
from trainer.reading.formats.format import Detected, Format, Sample, plan_records
from trainer.reading.formats.scales import with_scale
from trainer.reading.layout_choice import choose_layout
from trainer.reading.lines import MAX_LINE_BYTES, TOO_LONG, read_lines
from trainer.reading.partitions import Partition
from trainer.reading.plan import ReadingPlan
from trainer.reading.sources import open_source

_JSON_ARRAY: Final = re.compile(r"\s*\[\s*(?:\{|\]\s*$)")


MIN_SHARE: Final = 0.5
"""Of the first lines, how many are objects if lines before them are not."""

_SNIFFED_LINES: Final = 50


def _sniff(sample: Sample) -> bool:
    text = sample.text.lstrip()
    if text.startswith("{") or _JSON_ARRAY.match(text) is not None:
        return True
    lines = sample.lines()[:_SNIFFED_LINES]
    return sum(decode_object(line) is not None for line in lines) >= MIN_SHARE * len(lines) > 0


def _plan(sample: Sample) -> Detected:
    if _JSON_ARRAY.match(sample.text):
        raise InputError("one JSON array; write one object a line, as with: jq -c '.[]'")
    found = [one for one in map(decode_object, sample.lines()) if one is not None]
    if not found:
        raise InputError(
            "none of the first lines is a JSON object; if objects span several lines, write one "
            "a line, as with: jq -c ."
        )
    documents = list(chain.from_iterable(map(take_apart, found)))
    names = dict.fromkeys(name for document in documents for name in flatten_names(document))
    detected = plan_records(
        ReadingPlan(format="jsonl", kind="logs", beside=_beside(documents), year=sample.year),
        [f"format: JSON lines (first {len(documents)} records)"],
        names,
        sample.name,
        sample.options,
    )
    if detected.plan.kind == "features":
        return detected
    return _with_docker(with_scale(detected, documents), documents)


def _beside(documents: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    """Fields beside the message that may hold a level or a trace."""
    wanted = {*LEVEL_NAMES, *TRACE_NAMES}
    names = dict.fromkeys(name for document in documents for name in document)
    return tuple(name for name in names if plain_name(name) in wanted)


def _with_docker(detected: Detected, documents: Sequence[dict[str, Any]]) -> Detected:
    """A plan for lines in docker's envelopes, if nearly all are."""
    texts = [
        document["log"].rstrip("\r\n")
        for document in documents
        if isinstance(document.get("log"), str) and "stream" in document
    ]
    lines = [text for text in texts if text.strip()]
    if len(texts) < ENVELOPE_SHARE * len(documents) or not lines:
        return detected
    choice = choose_layout(lines, None, None, continued=False, needed=False)
    plan = msgspec.structs.replace(detected.plan, envelope="docker", layout=choice.layout)
    return Detected(plan, [*detected.said, f"layout within: {choice.layout.name}"])


def _read(
    partition: Partition, plan: ReadingPlan, faults: Faults, assemble: Assembler
) -> Iterator[Record]:
    decode = _feature_decoder(plan) if plan.kind == "features" else fast_decoder(plan, assemble)
    whole = BodyDecoder(dict).decode
    leading, stop, number = partition.start == 0, partition.stop, faults.n_records
    with open_source(partition.source, max(partition.start - 1, 0)) as stream:
        for offset, line in read_lines(stream, partition):
            if stop is not None and offset >= stop:
                return
            number += 1
            faults.n_records = number
            if not line or line.isspace():
                continue
            if len(line) > MAX_LINE_BYTES:
                faults.add(number, TOO_LONG)
                continue
            try:
                record = decode(number, line) if decode is not None else None
                if record is not None:
                    yield record
                else:
                    for document in take_apart(whole(line)):
                        yield assemble.document(number, document)
                leading = False
            except (InvalidBodyError, MalformedJsonError) as error:
                foreign = _read_foreign(line, number, plan, assemble)
                if foreign is not None:
                    faults.n_foreign += 1
                    yield foreign
                    continue
                faults.n_leading += leading and faults.n_leading < MAX_LEADING_LINES
                faults.add(number, _describe(error))
            except UnusableRecordError as error:
                faults.add(number, str(error))


def _read_foreign(
    line: bytes, number: int, plan: ReadingPlan, assemble: Assembler
) -> Record | None:
    """The record of a line of plain text, as programs write some before their logger is set up."""
    found = read_foreign(decode_line(line)) if plan.kind == "logs" else None
    try:
        return None if found is None else assemble(number, assemble.foreign(*found))
    except UnusableRecordError:
        return None


def _describe(error: InvalidBodyError | MalformedJsonError) -> str:
    if isinstance(error, MalformedJsonError):
        return f"not JSON: {error}"
    return "; ".join(f"{fault.path or 'record'}: {fault.message}" for fault in error.errors)


def _feature_decoder(plan: ReadingPlan) -> Read:
    decode = BodyDecoder(LogFeatures).decode
    whole = BodyDecoder(dict).decode
    label, time = plan.fields.label, plan.fields.time

    def to_record(number: int, line: bytes) -> Record:
        features = decode(line)
        if not label and not time:
            return Record(number, features)
        document = whole(line)
        moment = look_up(document, time) if time else None
        record = Record(number, features, None, None, moment)
        return labelled(record, look_up(document, label)) if label else record

    return to_record


JSON_LINES: Final = Format(
    name="jsonl",
    title="JSON lines",
    options=frozenset({"fields"}),
    splittable=True,
    sniff=_sniff,
    plan=_plan,
    read=_read,
)
