"""JSON: an object a line, or values in arrays, over several lines, behind each other."""

from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Any, Final

import msgspec

from inference.intake.documents import look_up
from inference.intake.envelopes import ENVELOPE_SHARE, decode_object, is_docker
from inference.intake.exports import decode_value, describe_malformed, records_in
from inference.intake.framing import Framing, json_framing
from inference.intake.json_values import values_in
from inference.intake.lines import read_foreign
from inference.intake.records import UnusableRecordError
from inference.intake.text_records import decode_line
from inference.intake.xml_events import MalformedXmlError
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
from trainer.reading.lines import ENDLESS, MAX_LINE_BYTES, TOO_LONG, read_units
from trainer.reading.partitions import Partition
from trainer.reading.plan import ReadingPlan
from trainer.reading.sources import open_source
from trainer.reading.tables import MAX_SAMPLE_ROWS

_FRAMINGS: Final = {
    "lines": "JSON lines",
    "values": "JSON, in arrays or over several lines",
}


def _sniff(sample: Sample) -> bool:
    return _framing(sample) is not None


def _framing(sample: Sample) -> Framing | None:
    text = sample.text.lstrip("\ufeff \t\r\n\x1e\0").encode("utf-8", "replace")
    return json_framing(text, 0, (line.encode("utf-8", "replace") for line in sample.lines()))


def _plan(sample: Sample) -> Detected:
    framing = _framing(sample) or "lines"
    documents = [
        *islice(chain.from_iterable(map(records_in, _values(sample, framing))), MAX_SAMPLE_ROWS)
    ]
    if not documents:
        raise InputError("none of the first lines is a JSON object, and no object begins the text")
    names = dict.fromkeys(name for document in documents for name in flatten_names(document))
    detected = plan_records(
        ReadingPlan(
            format="jsonl",
            kind="logs",
            framing=framing,
            year=sample.year,
        ),
        [f"format: {_FRAMINGS[framing]} (first {len(documents)} records)"],
        names,
        sample.name,
        sample.options,
    )
    if detected.plan.kind == "features":
        return detected
    return _with_docker(with_scale(detected, documents), documents)


def _values(sample: Sample, framing: Framing) -> Iterator[object]:
    """The values at the beginning of a file, decoded; the last may be cut."""
    if framing == "lines":
        yield from map(decode_object, sample.lines())
        return
    for value in values_in(sample.text.encode("utf-8", "replace")):
        try:
            yield decode_value(value)
        except (InvalidBodyError, MalformedJsonError):
            continue


def _with_docker(detected: Detected, documents: Sequence[dict[str, Any]]) -> Detected:
    """A plan for lines in docker's envelopes, if nearly all are."""
    texts = [document["log"].rstrip("\r\n") for document in documents if is_docker(document)]
    lines = [text for text in texts if text.strip()]
    if len(texts) < ENVELOPE_SHARE * len(documents) or not lines:
        return detected
    choice = choose_layout(lines, None, None, continued=False, needed=False)
    plan = msgspec.structs.replace(detected.plan, envelope="docker", layout=choice.layout)
    return Detected(plan, [*detected.notes, f"layout within: {choice.layout.name}"])


def _read(
    partition: Partition, plan: ReadingPlan, faults: Faults, assemble: Assembler
) -> Iterator[Record]:
    decode = _quick_decoder(plan, assemble)
    leading, stop, number = partition.start == 0, partition.stop, faults.n_records
    with open_source(partition.source, max(partition.start - 1, 0)) as stream:
        for offset, line in read_units(stream, partition, plan.framing):
            if stop is not None and offset >= stop:
                return
            number += 1
            faults.n_records += 1
            if not line or line.isspace():
                continue
            if len(line) > MAX_LINE_BYTES:
                faults.add(number, TOO_LONG if plan.framing == "lines" else ENDLESS)
                continue
            try:
                record = decode(number, line) if decode is not None else None
                if record is not None:
                    yield record
                else:
                    yield from _each_of(records_in(decode_value(line)), number, faults, assemble)
                leading = False
            except (InvalidBodyError, MalformedJsonError) as error:
                foreign = _read_foreign(line, number, plan, assemble)
                if foreign is not None:
                    faults.n_foreign += 1
                    yield foreign
                    continue
                faults.n_leading += leading and faults.n_leading < MAX_LEADING_LINES
                faults.add(number, _describe(error, plan))
            except UnusableRecordError as error:
                faults.add(number, str(error))


def _each_of(
    documents: Iterator[dict[str, Any]], number: int, faults: Faults, assemble: Assembler
) -> Iterator[Record]:
    """The records of a value; one at fault in an export spoils no others."""
    for place, document in enumerate(documents):
        faults.n_records += place > 0
        try:
            record = assemble.document(number, document)
        except UnusableRecordError as error:
            faults.add(number, str(error))
        else:
            yield record


def _read_foreign(
    line: bytes, number: int, plan: ReadingPlan, assemble: Assembler
) -> Record | None:
    """The record of a line of plain text, as programs write some before their logger is set up."""
    found = read_foreign(decode_line(line)) if plan.kind == "logs" else None
    try:
        return None if found is None else assemble(number, assemble.foreign(*found))
    except UnusableRecordError:
        return None


def _describe(error: InvalidBodyError | MalformedJsonError, plan: ReadingPlan) -> str:
    if isinstance(error, MalformedJsonError):
        if plan.framing == "events" and not isinstance(error, MalformedXmlError):
            return "no event in XML"
        return describe_malformed(error)
    return "; ".join(f"{fault.path or 'record'}: {fault.message}" for fault in error.errors)


def _quick_decoder(plan: ReadingPlan, assemble: Assembler) -> Read | None:
    """What reads records, or most of them, without the reader of raw records."""
    if plan.framing == "events":
        return None
    return _feature_decoder(plan) if plan.kind == "features" else fast_decoder(plan, assemble)


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
    title="JSON",
    options=frozenset({"fields"}),
    splittable=True,
    sniff=_sniff,
    plan=_plan,
    read=_read,
)
