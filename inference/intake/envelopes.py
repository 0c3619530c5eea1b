"""Envelopes of container runtimes around lines: a time, a stream, whether the line goes on."""

import re
from collections.abc import Sequence
from typing import Any, Final, Literal

import msgspec

from inference.intake.documents import DocumentReader, RawRecord
from inference.intake.fragments import LEVEL
from inference.intake.levels import LevelNames
from inference.intake.paths import look_up
from schemas.api.mending import mend_json

__all__ = [
    "ENVELOPE_SHARE",
    "Envelope",
    "Unwrapped",
    "Unwrapper",
    "are_docker",
    "decode_object",
    "is_docker",
]

Envelope = Literal["cri", "docker", "compose", "kubectl"]

_CRI: Final = re.compile(
    r"(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d++)?(?:Z|[+-]\d\d:\d\d)) "
    r"(?P<stream>stdout|stderr) (?P<part>[FP]) (?P<text>.*)"
)
"""Kubernetes' container runtime interface: P is a part of a line, F its last part."""

_COMPOSE: Final = re.compile(
    rf"(?!{LEVEL.replace('?P<level>', '?:')} )"
    r"(?P<service>[A-Za-z][\w.-]*+) *+\| (?P<text>.*)"
)
"""docker-compose: the container's name, a bar, the line."""

_KUBECTL: Final = re.compile(
    r"(?:\[pod/(?P<pod>[^/\]]++)/(?P<service>[^/\]]++)\]"
    r"|(?P<pod2>[a-z][a-z0-9.-]*-(?:[a-z0-9]{5}|\d+)) ++(?P<service2>[a-z][a-z0-9-]*+)) "
    r"(?P<text>.*)"
)
"""kubectl logs --prefix, stern: the pod, the container, the line."""

ENVELOPE_SHARE: Final = 0.9
"""The share of the lines that must be in an envelope."""

PART_BYTES: Final = 16_000
"""Docker cuts a line after 16 KiB; a shorter text without a line end is a whole line."""

_STREAM_NAMES: Final = (
    "stream",
    "source",
    "container_id",
    "container_name",
    "docker.container_id",
    "kubernetes.pod_name",
    "kubernetes.container_name",
)
"""Docker's own name, and those under which its drivers and shippers name a container."""

_REPLICA: Final = re.compile(r"[-_]\d++$")
_decode = msgspec.json.Decoder().decode


class Unwrapped(msgspec.Struct, frozen=True):
    """The content of an envelope.

    Attributes:
        stream: lines of the same stream follow each other.
        text: the line, or a part of it.
        whole: whether the line ends here.
        around: what the envelope itself says.
    """

    stream: str
    text: str
    whole: bool
    around: RawRecord


class Unwrapper:
    """Opens the envelopes of a kind."""

    def __init__(self, envelope: Envelope) -> None:
        self._open = {
            "cri": self._cri,
            "docker": self._docker,
            "compose": self._compose,
            "kubectl": self._kubectl,
        }[envelope]
        self._documents = DocumentReader(LevelNames())

    def open(self, line: str) -> Unwrapped | None:
        """The content of a line; None if it is no such envelope."""
        return self._open(line)

    @staticmethod
    def _cri(line: str) -> Unwrapped | None:
        match = _CRI.fullmatch(line)
        if match is None:
            return None
        around = RawRecord("", time=match["time"])
        return Unwrapped(match["stream"], match["text"], match["part"] == "F", around)

    @staticmethod
    def _compose(line: str) -> Unwrapped | None:
        match = _COMPOSE.fullmatch(line)
        if match is None:
            return None
        name = match["service"]
        around = RawRecord("", service=_REPLICA.sub("", name))
        return Unwrapped(name, match["text"], True, around)  # noqa: FBT003 - a struct's field

    @staticmethod
    def _kubectl(line: str) -> Unwrapped | None:
        match = _KUBECTL.fullmatch(line)
        if match is None:
            return None
        pod = match["pod"] or match["pod2"]
        around = RawRecord("", service=match["service"] or match["service2"])
        return Unwrapped(f"{pod}/{around.service}", match["text"], True, around)  # noqa: FBT003 - a struct's field

    def _docker(self, line: str) -> Unwrapped | None:
        document = decode_object(line)
        if document is None or not isinstance(document.get("log"), str):
            return None
        text: str = document["log"]
        around = self._documents.read({**document, "log": "-"}) or RawRecord("")
        # A shipper puts the lines of many containers behind each other, and says whose they are.
        stream = " ".join(str(look_up(document, name)) for name in _STREAM_NAMES)
        # Shippers take line ends away; what docker cut is long.
        whole = text.endswith("\n") or len(text.encode("utf-8", "replace")) < PART_BYTES
        return Unwrapped(stream, text.rstrip("\r\n"), whole, around)


def are_docker(lines: Sequence[bytes]) -> bool:
    """Whether nearly all of some lines are docker's: those of each stream belong together."""
    documents = [decode_object(line.decode("utf-8", "replace")) for line in lines if line.strip()]
    n_found = sum(document is not None and is_docker(document) for document in documents)
    return n_found >= ENVELOPE_SHARE * len(documents) > 0


def is_docker(document: dict[str, Any]) -> bool:
    """Whether an object is a line in docker's envelope."""
    return isinstance(document.get("log"), str) and "stream" in document


def decode_object(line: str) -> dict[str, Any] | None:
    """A line as a JSON object; None if it is no such object."""
    try:
        document = _decode(line)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        try:
            document = _decode(mend_json(line.encode("utf-8", "replace")))
        except (msgspec.DecodeError, RecursionError):
            return None
    return document if isinstance(document, dict) else None
