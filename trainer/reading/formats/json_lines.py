"""JSON lines: one object a line."""

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

import msgspec

from schemas.api.validation import BodyDecoder, InvalidBodyError, MalformedJsonError
from schemas.record.features import LogFeatures
from schemas.record.labels import is_positive
from trainer.errors import InputError
from trainer.reading.assembling import Assembler, Record, UnusableRecordError
from trainer.reading.faults import Faults
from trainer.reading.fields import flatten_names
from trainer.reading.formats.format import Detected, Format, Sample, plan_records, with_numbers
from trainer.reading.lines import MAX_LINE_BYTES, read_lines
from trainer.reading.partitions import Partition
from trainer.reading.paths import RecordDecoder, look_up
from trainer.reading.plan import ReadingPlan
from trainer.reading.sources import open_source

_JSON_ARRAY: Final = re.compile(r"\s*\[\s*(?:\{|\]\s*$)")


def _sniff(sample: Sample) -> bool:
    text = sample.text.lstrip()
    return text.startswith("{") or _JSON_ARRAY.match(text) is not None


def _plan(sample: Sample) -> Detected:
    if _JSON_ARRAY.match(sample.text):
        raise InputError("one JSON array; write one object a line, as with: jq -c '.[]'")
    documents = [one for one in map(_decode, sample.lines()) if one is not None]
    if not documents:
        raise InputError(
            "none of the first lines is a JSON object; if objects span several lines, write one "
            "a line, as with: jq -c ."
        )
    names = dict.fromkeys(name for document in documents for name in flatten_names(document))
    detected = plan_records(
        ReadingPlan(format="jsonl", kind="logs"),
        [f"format: JSON lines (first {len(documents)} records)"],
        names,
        sample.name,
        sample.options,
    )
    level = detected.plan.fields.level
    return with_numbers(detected, [level and look_up(one, level) for one in documents])


def _decode(line: str) -> dict[str, Any] | None:
    try:
        document = msgspec.json.decode(line)
    except (msgspec.DecodeError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _read(
    partition: Partition, plan: ReadingPlan, faults: Faults, assemble: Assembler
) -> Iterator[Record]:
    decode = _feature_decoder(plan) if plan.kind == "features" else _log_decoder(plan, assemble)
    with open_source(partition.source, max(partition.start - 1, 0)) as stream:
        for offset, line in read_lines(stream, partition):
            if partition.stop is not None and offset >= partition.stop:
                return
            faults.n_records += 1
            if not line or line.isspace():
                continue
            number = faults.n_records
            if len(line) > MAX_LINE_BYTES:
                faults.add(number, f"longer than {MAX_LINE_BYTES} bytes")
                continue
            try:
                yield decode(number, line)
            except InvalidBodyError as error:
                told = "; ".join(f"{one.path or 'record'}: {one.message}" for one in error.errors)
                faults.add(number, told)
            except MalformedJsonError as error:
                faults.add(number, f"not JSON: {error}")
            except UnusableRecordError as error:
                faults.add(number, str(error))


def _feature_decoder(plan: ReadingPlan) -> Callable[[int, bytes], Record]:
    decode = BodyDecoder(LogFeatures).decode
    label = plan.fields.label and RecordDecoder(plan.fields).label

    def to_record(number: int, line: bytes) -> Record:
        features = decode(line)
        return Record(number, features, None, is_positive(label(line)) if label else None)

    return to_record


def _log_decoder(plan: ReadingPlan, assemble: Assembler) -> Callable[[int, bytes], Record]:
    decode = RecordDecoder(plan.fields).decode
    return lambda number, line: assemble(number, *decode(line))


JSON_LINES: Final = Format(
    name="jsonl",
    title="JSON lines",
    options=frozenset({"fields"}),
    splittable=True,
    sniff=_sniff,
    plan=_plan,
    read=_read,
)
