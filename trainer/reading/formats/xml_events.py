"""Events in XML: Windows' event log, log4j, log4net, NLog, java.util.logging."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from inference.intake.xml_events import MalformedXmlError, decode_event
from inference.intake.xml_values import begins_event, begins_events, events_in
from trainer.errors import InputError
from trainer.reading.fields import flatten_names
from trainer.reading.formats.format import Detected, Format, Sample, plan_records
from trainer.reading.formats.json_lines import JSON_LINES
from trainer.reading.formats.scales import with_scale
from trainer.reading.plan import ReadingPlan
from trainer.reading.tables import MAX_SAMPLE_ROWS


def _sniff(sample: Sample) -> bool:
    return begins_events(sample.text.encode("utf-8", "replace"), 0)


def _plan(sample: Sample) -> Detected:
    documents = [*islice(_events(sample), MAX_SAMPLE_ROWS)]
    if not documents:
        raise InputError("no event in XML begins the text")
    names = dict.fromkeys(name for document in documents for name in flatten_names(document))
    detected = plan_records(
        ReadingPlan(format="xml", kind="logs", framing="events", year=sample.year),
        [f"format: XML, events (first {len(documents)})"],
        names,
        sample.name,
        sample.options,
    )
    if detected.plan.kind == "features":
        raise InputError(
            f"the events have no message under a usual name; they have {', '.join([*names][:10])}; "
            "say which it is: --message-field NAME"
        )
    return with_scale(detected, documents)


def _events(sample: Sample) -> Iterator[dict[str, Any]]:
    """The events of the beginning of a file; the last of it may be cut."""
    for event in events_in(sample.text.encode("utf-8", "replace")):
        if begins_event(event):
            try:
                yield decode_event(event)
            except MalformedXmlError:
                continue


XML = Format(
    name="xml",
    title="XML events",
    options=frozenset({"fields"}),
    sniff=_sniff,
    plan=_plan,
    read=JSON_LINES.read,
)
