"""Names under which loggers keep what a failure left behind, as data.

They are written as those of `inference.intake.field_names`.
"""

from typing import Final

from inference.intake.field_names import ASIDES, WRAPPERS

__all__ = [
    "TRACE_NAMES",
    "is_trace_attribute",
    "is_wrapper",
    "may_hold_trace",
]

TRACE_NAMES: Final = (
    "exception",
    "exceptions",
    "exc",
    "excinfo",
    "exctext",
    "error",
    "errors",
    "err",
    "stack",
    "stacktrace",
    "stackinfo",
    "stacktracestring",
    "@x",
    "thrown",
    "throwable",
    "throwableinfo",
    "backtrace",
    "traceback",
    "errorverbose",
    "errormessage",
    "errortype",
    "errorclass",
    "errorkind",
    "errorstack",
    "errstack",
    "errordetail",
    "errordetails",
    "exceptionmessage",
    "exceptiontype",
    "exceptionclass",
    "exceptionname",
    "exceptiondetails",
    "exceptionstacktrace",
    "innerexception",
    "rootcause",
    "cause",
    "failure",
    "failurereason",
    "panic",
    "crashreport",
    "callstack",
    "stacktraces",
    "lasterror",
    "ex",
    "fullmessage",
    "upstreamtransportfailurereason",
)
"""Traces of failures: text, or objects that hold texts."""

_RANKS: Final = {name: rank for rank, name in enumerate(TRACE_NAMES)}
_ENDINGS: Final = ("exception", "stacktrace", "traceback", "backtrace")
_NO_TRACES: Final = ("has", "is", "no")
"""Beginnings of names that count, or say whether there is a trace."""

_FLAT: Final = ("error.", "err.", "exception.", "exc.", "errors.", "thrown.", "throwable.")
_WRAPPERS: Final = frozenset({*WRAPPERS, *ASIDES} - {"source"})
_ATTRIBUTES: Final = "attributes"


def may_hold_trace(plain: str, wrapper: str = "") -> int | None:
    """The rank of a name as that of a trace, the best first; None if it is none.

    Args:
        plain: the name, as `plain_name` writes it.
        wrapper: the plain name of the object in which it stands; empty for the record itself.
    """
    if wrapper == _ATTRIBUTES and not is_trace_attribute(plain):
        return None
    rank = _RANKS.get(plain)
    if rank is None and plain.startswith(_FLAT):
        return _RANKS[plain.partition(".")[0]]
    if rank is None and plain.endswith(_ENDINGS) and not plain.startswith(_NO_TRACES):
        return len(_RANKS)
    return rank


def is_trace_attribute(plain: str) -> bool:
    """Whether an attribute of a record, as OpenTelemetry has them, holds a trace.

    `error.type` and the like are left out: semantic conventions have them for requests, too.
    """
    return plain in {"error", "err"} or plain.startswith("exception")


def is_wrapper(plain: str) -> bool:
    """Whether traces are looked for within an object of this plain name."""
    return plain in _WRAPPERS
