"""Plain text: lines of a layout, some of which continue the record before them."""

from collections.abc import Iterator
from itertools import islice
from typing import IO, Final

from inference.intake.enveloped_lines import of_frames
from inference.intake.envelopes import Unwrapper
from inference.intake.framing import are_counted, frames_in
from inference.intake.layout import Layout
from inference.intake.layout_choice import Choice, choose_envelope
from inference.intake.lines import begins_with_time
from inference.intake.text_records import (
    MAX_CONTINUATION_LINES,
    RecordBuilder,
    decode_line,
)
from schemas.record.features import Level
from trainer.errors import InputError
from trainer.reading.assembling import Assembler, Record
from trainer.reading.faults import Faults
from trainer.reading.fields import quote as q
from trainer.reading.formats.enveloped import MAX_LEADING_LINES
from trainer.reading.formats.format import Detected, Format, Sample, named_service
from trainer.reading.layout_choice import choose_layout
from trainer.reading.lines import MAX_LINE_BYTES, TOO_LONG, pieces_of, read_lines
from trainer.reading.partitions import Partition
from trainer.reading.plan import ReadingPlan
from trainer.reading.sources import open_source
from trainer.reading.tables import MAX_SAMPLE_ROWS


def _sniff(sample: Sample) -> bool:  # noqa: ARG001 - whatever is nothing else
    return True


def _plan(sample: Sample) -> Detected:
    options = sample.options
    counted = not options.names_a_layout and are_counted(sample.text.lstrip().encode(), 0)
    lines = _messages(sample) if counted else sample.lines()
    if not lines:
        raise InputError("is empty: its lines hold colours or blanks alone")
    envelope = None if options.names_a_layout or counted else choose_envelope(lines)
    if envelope is not None:
        unwrapper = Unwrapper(envelope)
        opened = [unwrapper.open(line) for line in lines]
        lines = [line.text for line in opened if line is not None and line.text.strip()] or lines
    choice = choose_layout(
        lines,
        options.layout,
        options.pattern,
        continued=options.multiline,
        needed=envelope is None,
    )
    plan = ReadingPlan(
        format="text",
        kind="logs",
        framing="counted" if counted else "lines",
        layout=choice.layout,
        envelope=envelope,
        scale=options.scale,
        levels=options.levels,
        default_level=options.default_level or Level.INFO,
        default_service=options.default_service,
        year=sample.year,
    )
    return Detected(plan, _say(choice, plan, sample))


def _messages(sample: Sample) -> list[str]:
    """The first lines of the first messages, the last of which may be cut."""
    text = sample.text.encode("utf-8", "replace")
    frames = islice(frames_in(text), MAX_SAMPLE_ROWS)
    lines = [decode_line(frame.partition(b"\n")[0]) for frame in frames]
    return [line for line in lines if line.strip()]


def _say(choice: Choice, plan: ReadingPlan, sample: Sample) -> list[str]:
    layout, parsed = choice.layout, choice.parsed
    level = plan.default_level.value
    service = plan.default_service or layout.service or named_service(sample.name, sample.options)
    around = [f"envelope: {plan.envelope}"] if plan.envelope else []
    notes = [
        "format: plain text" + (", the length before each message" * (plan.framing == "counted")),
        *around,
        f"layout: {layout.name} ({len(parsed)} of {choice.n_counted} lines match)",
        "records: raw logs",
    ]
    if layout.pairs:
        return [*notes, "level, service: from the pairs"]
    return [
        *notes,
        f"level: from the lines ({level} where they have none)"
        if any(record.level for record in parsed)
        else f"level: not in the lines, taken as {level}",
        f"service: from the lines ({q(service)} where they have none)"
        if any(record.service for record in parsed)
        else f"service: not in the lines, taken as {q(service)}",
    ]


def _read(
    partition: Partition, plan: ReadingPlan, faults: Faults, assemble: Assembler
) -> Iterator[Record]:
    assert plan.layout is not None  # the plan of plain text always has a layout
    if plan.framing == "counted":
        yield from _read_counted(partition, plan.layout, faults, assemble)
        return
    builder = RecordBuilder(plan.layout, assemble, faults)
    seen = False  # a record, or a line that is none
    stop, number = partition.stop, faults.n_records
    begin, close = builder.begin, builder.close
    with open_source(partition.source, max(partition.start - 1, 0)) as stream:
        for offset, line in read_lines(stream, partition):
            short = len(line) <= MAX_LINE_BYTES
            if stop is not None and offset >= stop:
                if _ends_beyond(builder, line, number + 1, short=short):
                    break
                continue
            text = decode_line(line) if short else ""
            number += 1
            beginning = begin(text, number) if short else None
            faults.n_records = number
            if beginning is not None:
                record = close()
                builder.open_record = beginning
                seen = True
                if record is not None:
                    yield record
            elif not short or not _goes_along(partition, faults, builder, text, seen=seen):
                yield from builder.finish()
                _add_bad(builder, faults, short=short, leading=not seen and partition.start == 0)
                seen = seen or partition.start > 0
    yield from builder.finish()


def _read_counted(
    partition: Partition, layout: Layout, faults: Faults, assemble: Assembler
) -> Iterator[Record]:
    with open_source(partition.source) as stream:
        yield from of_frames(_numbered(stream, faults), layout, assemble, faults)


def _numbered(stream: IO[bytes], faults: Faults) -> Iterator[tuple[int, bytes]]:
    for number, frame in enumerate(frames_in(b"", more=pieces_of(stream)), 1):
        faults.n_records = number
        yield number, frame


def _ends_beyond(builder: RecordBuilder[Record], line: bytes, number: int, *, short: bool) -> bool:
    """Whether a line behind the partition is no more of its last record, which else gets it."""
    if builder.open_record is None or not short:
        return True
    text = decode_line(line)
    if builder.begin(text, number) is not None or (text and not builder.takes(text)):
        return True
    builder.append(text)
    return False


def _goes_along(
    partition: Partition, faults: Faults, builder: RecordBuilder[Record], text: str, *, seen: bool
) -> bool:
    """Whether a line that begins no record is blank, a remark, or continues a record."""
    if not text or text.isspace():
        builder.append(text)
        return True
    if builder.takes(text):
        builder.append(text)
        faults.n_swallowed += begins_with_time(text)
    elif seen or partition.start == 0 or faults.n_records > MAX_CONTINUATION_LINES:
        return False
    elif not builder.continues(text):
        return False  # it is not of the last record of the partition before either
    faults.n_continued += 1
    return True


def _add_bad(builder: RecordBuilder[Record], faults: Faults, *, short: bool, leading: bool) -> None:
    faults.n_leading += leading and short and faults.n_leading < MAX_LEADING_LINES
    unknown = f"no line of the layout {builder.layout.name}"
    if not leading and not builder.layout.any_further:
        unknown += ", and nothing shows that it continues a record, as --multiline lets it"
    faults.add(faults.n_records, unknown if short else TOO_LONG)


PLAIN_TEXT: Final = Format(
    name="text",
    title="plain text",
    options=frozenset({"layout", "pattern", "multiline"}),
    implied_by=frozenset({"layout", "pattern"}),
    splittable=True,
    sniff=_sniff,
    plan=_plan,
    read=_read,
)
