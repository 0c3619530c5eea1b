"""The answers of an OTLP receiver: what it rejected, or a status, in the request's encoding.

Sources: the OTLP specification, "OTLP/HTTP Response"; google/rpc/status.proto and code.proto.
"""

from typing import Final

import msgspec

from inference.intake.raw_logs import Tally
from inference.wire import number_field, text_field
from schemas.api.otlp import RpcStatus, rpc_code

__all__ = ["accepted", "status"]

JSON: Final = "application/json"

_encode: Final = msgspec.json.Encoder().encode


def accepted(tally: Tally, media_type: str) -> bytes:
    """An `ExportLogsServiceResponse`; names the first record that was rejected, if any was."""
    message = ""
    if tally.n_bad:
        first = tally.bad[0]
        message = f"record {first.position}: {first.problem}"
    if media_type == JSON:
        partial = {"rejectedLogRecords": str(tally.n_bad), "errorMessage": message}
        return _encode({"partialSuccess": partial if tally.n_bad else {}})
    partial_success = number_field(1, tally.n_bad) + text_field(2, message)
    return text_field(1, partial_success) if tally.n_bad else b""


def status(http_status: int, message: str, media_type: str) -> bytes:
    """A `google.rpc.Status`."""
    fault = RpcStatus(rpc_code(http_status), message)
    if media_type == JSON:
        return _encode(fault)
    return number_field(1, fault.code) + text_field(2, fault.message)
