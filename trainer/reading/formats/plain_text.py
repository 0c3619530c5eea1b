"""Plain text: lines of a layout, some of which continue the record before them."""

from collections.abc import Iterator
from typing import Final

from schemas.record.features import Level
from trainer.reading.assembling import Assembler, Record, UnusableRecordError
from trainer.reading.faults import Faults
from trainer.reading.fields import quote as q
from trainer.reading.formats.format import Detected, Format, Sample, named_service
from trainer.reading.layout_choice import choose_layout
from trainer.reading.layouts import LineParser
from trainer.reading.lines import MAX_LINE_BYTES, read_lines
from trainer.reading.partitions import Partition
from trainer.reading.plan import ReadingPlan
from trainer.reading.sources import open_source

MAX_CONTINUATION_LINES: Final = 1_000
"""Lines that one record of plain text may have; more is no stack trace."""


def _sniff(sample: Sample) -> bool:  # noqa: ARG001 - whatever is nothing else
    return True


def _plan(sample: Sample) -> Detected:
    options, lines = sample.options, sample.lines()
    choice = choose_layout(lines, options.layout, options.pattern, continued=options.multiline)
    layout, parsed = choice.layout, choice.parsed
    level, service = options.default_level or Level.INFO, named_service(sample.name, options)
    said = [
        "format: plain text",
        f"layout: {layout.name} ({len(parsed)} of {choice.n_counted} lines match)",
        "records: raw logs",
        f"level: from the lines ({level.value} where they have none)"
        if any(one.level for one in parsed)
        else f"level: not in the lines, taken as {level.value}",
        f"service: from the lines ({q(layout.service or service)} where they have none)"
        if any(one.service for one in parsed)
        else f"service: not in the lines, taken as {q(layout.service or service)}",
    ]
    plan = ReadingPlan(
        format="text",
        kind="logs",
        layout=layout,
        default_level=level,
        default_service=options.default_service,
    )
    return Detected(plan, said)


def _read(
    partition: Partition, plan: ReadingPlan, faults: Faults, assemble: Assembler
) -> Iterator[Record]:
    assert plan.layout is not None  # the plan of plain text has one
    parse = LineParser(plan.layout).parse
    open_record: tuple[int, list[str], str | None, str | None] | None = None
    with open_source(partition.source, max(partition.start - 1, 0)) as stream:
        for offset, line in read_lines(stream, partition):
            beyond = partition.stop is not None and offset >= partition.stop
            text = line[:MAX_LINE_BYTES].decode("utf-8", "replace").rstrip("\r")
            parsed = parse(text)
            if beyond and (parsed is not None or open_record is None):
                break
            if not beyond:
                faults.n_records += 1
            if parsed is None:
                short = len(line) <= MAX_LINE_BYTES
                continued = plan.layout.continued and short
                if open_record and continued and len(open_record[1]) < MAX_CONTINUATION_LINES:
                    open_record[1].append(text)
                elif beyond and short:
                    break
                elif text and not beyond and not (continued and _of_part_before(partition, faults)):
                    faults.add(faults.n_records, f"no line of the layout {plan.layout.name}")
                continue
            if open_record:
                yield from _finish(assemble, open_record, faults)
            open_record = (faults.n_records, [parsed.message], parsed.level, parsed.service)
    if open_record:
        yield from _finish(assemble, open_record, faults)


def _of_part_before(partition: Partition, faults: Faults) -> bool:
    """Whether lines that continue a record may continue the last one of the partition before."""
    return partition.start > 0 and faults.n_records <= MAX_CONTINUATION_LINES


def _finish(
    assemble: Assembler,
    record: tuple[int, list[str], str | None, str | None],
    faults: Faults,
) -> Iterator[Record]:
    number, lines, level, service = record
    try:
        yield assemble(number, "\n".join(lines).rstrip(), level, service, None)
    except UnusableRecordError as error:
        faults.add(number, str(error))


PLAIN_TEXT: Final = Format(
    name="text",
    title="plain text",
    options=frozenset({"layout", "pattern", "multiline"}),
    splittable=True,
    implied_by=frozenset({"layout", "pattern"}),
    sniff=_sniff,
    plan=_plan,
    read=_read,
)
