"""Answers of the receiver of OpenTelemetry's logs in JSON; names are the protocol's."""

from typing import Annotated, Final

import msgspec
from msgspec import Meta


class PartialSuccess(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """Records that could not be judged; empty if all could."""

    rejected_log_records: Annotated[
        str, Meta(description="How many; 64-bit integers are strings in the protocol's JSON.")
    ] = ""
    error_message: Annotated[str, Meta(description="Why the first of them could not.")] = ""


class ExportLogsServiceResponse(msgspec.Struct, frozen=True, rename="camel"):
    """`opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse`."""

    partial_success: Annotated[
        PartialSuccess, Meta(description="What could not be judged; empty if all could.")
    ]


class RpcStatus(msgspec.Struct, frozen=True):
    """`google.rpc.Status`, the form of OTLP's errors."""

    code: Annotated[int, Meta(description="A code of gRPC, such as 3 for an invalid argument.")]
    message: Annotated[str, Meta(description="What was at fault, in words.")]


_CODES: Final = {401: 16, 403: 7, 404: 5, 413: 8, 429: 8, 500: 13, 502: 14, 503: 14, 504: 4}
"""By the status of HTTP (google/rpc/code.proto)."""

_INVALID_ARGUMENT: Final = 3


def rpc_code(http_status: int) -> int:
    """The code of gRPC for a status of HTTP."""
    return _CODES.get(http_status, _INVALID_ARGUMENT)
