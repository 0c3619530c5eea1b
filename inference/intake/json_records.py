"""Records of JSON bodies: lines, arrays, or values behind each other.

They are read in windows. All records of a window that share a known shape are decoded at once;
every other record is read by itself, by the reader of raw records.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final

import msgspec

from inference.intake.cleaning import clean_text
from inference.intake.documents import DEFAULT_SERVICE, RawRecord
from inference.intake.enveloped_lines import TOO_LONG
from inference.intake.exports import decode_value, describe_malformed, records_in
from inference.intake.json_values import MAX_VALUE_BYTES, items_of, values_in
from inference.intake.json_windows import (
    WINDOW_BYTES,
    end_of_items,
    end_of_lines,
    items_of_window,
    items_until,
    lines_of_window,
    values_of_window,
)
from inference.intake.levels import LevelNames
from inference.intake.lines import read_foreign
from inference.intake.raw_logs import OPEN_SCALE, Block, Tally, as_log
from inference.intake.records import RecordReader, UnusableRecordError
from inference.intake.scanning import LINE_END, count_byte, first_line
from inference.intake.shape_memory import ShapeMemory
from inference.intake.shapes import REFUSALS, Log, ShapeDecoder
from inference.intake.text_records import decode_line
from inference.intake.xml_values import events_in
from schemas.api.validation import BodyDecoder, InvalidBodyError, MalformedJsonError

__all__ = ["JsonRecords"]

MAX_RECENT: Final = 4
"""Shapes that are tried on a record before it is read whole."""

MAX_BLOCK: Final = 1_024
"""Logs of a block that were read one by one."""

_NO_MESSAGE: Final = "message: expected text, got nothing"

NO_RECORD: Final = "expected an object"

_decode_text = BodyDecoder(str).decode


class UnusablePartsError(UnusableRecordError):
    """Some records of an export cannot be used.

    Attributes:
        logs: those of the others.
        problems: what is at fault with each.
    """

    def __init__(self, logs: list[Log], problems: list[str]) -> None:
        super().__init__(problems[0])
        self.logs = logs
        self.problems = problems


class JsonRecords:
    """Reads records; remembers their shapes from body to body.

    Attributes:
        reader: reads records of any shape.
    """

    def __init__(self) -> None:
        names = LevelNames()
        self.reader = RecordReader(names, open_scale=OPEN_SCALE)
        self._shapes = ShapeMemory(self.reader.documents, names, default_service=DEFAULT_SERVICE)
        self._recent: tuple[ShapeDecoder, ...] = ()

    def knows(self, value: bytes) -> bool:
        """Whether a value is a record of a shape that was met lately."""
        return self._fitting(value) is not None

    def of_lines(self, body: bytes, start: int, tally: Tally) -> Iterator[Block]:
        """The logs of JSON lines from `start` on, among which plain lines may be."""
        line = 0
        while start < len(body):
            end = end_of_lines(body, start)
            window = body[start:end]
            start = end
            n_lines = count_byte(window, LINE_END) + (not window.endswith(LINE_END))
            decoder = self._fitting(first_line(window, 0))
            records = None if decoder is None else _all_of(decoder.lines, window)
            if decoder is not None and records is not None and len(records) == n_lines:
                yield self._shaped(decoder, records, window, line, tally, lines_of_window)
            else:
                lines = enumerate(lines_of_window(window), line)
                filled = ((number, text) for number, text in lines if text.strip())
                yield from self._each_by_itself(filled, tally)
            line += n_lines

    def of_array(self, body: bytes, start: int, tally: Tally) -> Iterator[Block]:
        """The logs of an array's items; `start` is behind its bracket."""
        item = 0
        while start < len(body):
            end = end_of_items(body, start)
            first = next(items_of(body, start), None)
            if first is None or not first[1]:
                break
            decoder = self._fitting(first[1]) if end else None
            window = b"[%b]" % body[start:end] if decoder is not None else b""
            records = None if decoder is None else _all_of(decoder.items, window)
            if decoder is not None and records is not None:
                yield self._shaped(decoder, records, window, item, tally, items_of_window)
                item, start = item + len(records), end + 1  # behind a comma, or the bracket
            else:
                items, start = items_until(body, start, max(end, start + WINDOW_BYTES))
                if not items:
                    break
                yield from self._each_by_itself(enumerate(items, item), tally)
                item += len(items)
        if body[start:].strip(b" \t\r\n]"):  # an item without an end, or another array
            yield from self.of_values(body, start, tally, item)

    def of_values(self, body: bytes, start: int, tally: Tally, value: int = 0) -> Iterator[Block]:
        """The logs of values that follow each other, with or without anything between them.

        Args:
            body: holds them, and arrays of them.
            start: where they begin.
            tally: counts them.
            value: the number of the first.
        """
        is_small = len(body) - start <= WINDOW_BYTES
        decoder = self._fitting(next(values_in(body, start), b"")) if is_small else None
        window = body[start:] if decoder is not None else b""
        # So it is called, but it does not ask for line ends.
        records = None if decoder is None else _all_of(decoder.lines, window)
        if decoder is not None and records is not None:
            yield self._shaped(decoder, records, window, value, tally, values_of_window)
        else:
            yield from self._each_by_itself(enumerate(values_in(body, start), value), tally)

    def of_events(self, body: bytes, start: int, tally: Tally) -> Iterator[Block]:
        """The logs of events in XML, among which lines of another kind may be."""
        yield from self._each_by_itself(enumerate(events_in(body, start)), tally)

    def of_value(self, value: bytes) -> list[Log]:
        """The logs of a value: mostly a single log, or those that an export holds.

        Raises:
            UnusableRecordError: the value is no record, or has parts at fault.
        """
        if not value or len(value) > MAX_VALUE_BYTES:
            raise UnusableRecordError(TOO_LONG)
        for decoder in self._recent:
            record = _decoded(decoder, value)
            if record is not None:
                (log,) = decoder.logs([record], plain=_is_plain(value))
                return self._read_whole(value) if log is None else [log]
        return self._read_whole(value)

    def _read_whole(self, value: bytes) -> list[Log]:
        try:
            if value.lstrip()[:1] == b'"':
                text = clean_text(_decode_text(value)).rstrip("\r\n")
                return [as_log(self.reader.opened(RawRecord(text)))]
            document = decode_value(value)
        except MalformedJsonError as error:
            raise UnusableRecordError(describe_malformed(error)) from error
        except InvalidBodyError as error:
            raise UnusableRecordError(NO_RECORD) from error
        logs: list[Log] = []
        problems: list[str] = []
        for part in records_in(document):
            try:
                logs.append(self._of_document(part))
            except UnusableRecordError as error:
                problems.append(str(error))
                continue
            if part is document and value[:1] != b"<":
                self._remember(self._shapes.learn(part))
        if problems:
            raise UnusablePartsError(logs, problems)
        if not logs:
            raise UnusableRecordError(NO_RECORD)
        return logs

    def _of_document(self, document: dict[str, Any]) -> Log:
        record = self.reader.of_document(document)
        if record is None:
            raise UnusableRecordError(_NO_MESSAGE)
        return as_log(record)

    def _each_by_itself(self, values: Iterator[tuple[int, bytes]], tally: Tally) -> Iterator[Block]:
        positions: list[int] = []
        logs: list[Log] = []
        for position, value in values:
            found = self._counted(value, position, tally)
            positions += [position] * len(found)
            logs += found
            if len(logs) >= MAX_BLOCK:
                yield Block(positions, logs)
                positions, logs = [], []
        yield Block(positions, logs)

    def _counted(self, value: bytes, position: int, tally: Tally) -> list[Log]:
        n_bad = 0
        try:
            found = self.of_value(value)
        except UnusablePartsError as error:
            found = error.logs
            n_bad = len(error.problems)
            for problem in error.problems:
                tally.add(position, problem)
        except UnusableRecordError as error:
            found = self._foreign(value)
            if not found:
                n_bad = 1
                tally.add(position, str(error))
        tally.count(len(found) + n_bad)
        return found

    def _foreign(self, line: bytes) -> list[Log]:
        """The log of a line of plain text, as programs write some before their logger is set up."""
        found = read_foreign(decode_line(line)) if line[:1] not in b'{["' else None
        if found is None:
            return []
        layout, parsed = found
        record = self.reader.of_line(parsed, layout)
        record = msgspec.structs.replace(record, service=record.service or layout.service)
        try:
            return [as_log(record)]
        except UnusableRecordError:
            return []

    def _shaped(
        self,
        decoder: ShapeDecoder,
        records: list[Any],
        window: bytes,
        first: int,
        tally: Tally,
        values_of: Callable[[bytes], list[bytes]],
    ) -> Block:
        """The logs of records that share a shape; the decoder says which must be read whole."""
        logs = decoder.logs(records, plain=_is_plain(window))
        if None not in logs:
            tally.count(len(logs))
            return Block(range(first, first + len(logs)), logs)  # type: ignore[arg-type] # just seen
        positions: list[int] = []
        kept: list[Log] = []
        values = values_of(window)
        for number, log in enumerate(logs):
            position = first + number
            found = self._counted(values[number], position, tally) if log is None else [log]
            positions += [position] * len(found)
            kept += found
        tally.count(len(logs) - logs.count(None))
        return Block(positions, kept)

    def _fitting(self, value: bytes) -> ShapeDecoder | None:
        """The decoder of the shape that a record has, if it was met lately."""
        if len(value) <= MAX_VALUE_BYTES:
            for decoder in self._recent:
                if _decoded(decoder, value) is not None:
                    self._remember(decoder)
                    return decoder
        return None

    def _remember(self, decoder: ShapeDecoder | None) -> None:
        recent = self._recent
        if decoder is not None and (not recent or recent[0] is not decoder):
            others = [known for known in recent if known is not decoder]
            self._recent = (decoder, *others[: MAX_RECENT - 1])


def _decoded(decoder: ShapeDecoder, value: bytes) -> Any:
    """A record, None if it is not of a decoder's shape."""
    try:
        return decoder.record(value)
    except REFUSALS:
        return None


def _all_of(decode: Callable[[bytes], list[Any]], text: bytes) -> list[Any] | None:
    """A text as decoded; None if a part of it is of another shape."""
    try:
        return decode(text)
    except REFUSALS:
        return None


def _is_plain(text: bytes) -> bool:
    """Whether messages in it need no cleaning, see `ShapeDecoder.logs`.

    One byte is found at the speed of memory, two are not.
    """
    return b"\\" not in text and text.isascii()
