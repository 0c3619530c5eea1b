"""What the receiver of OpenTelemetry's logs answers in JSON; its names are the protocol's."""

import msgspec


class PartialSuccess(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """Records that could not be judged; empty if all could."""

    rejected_log_records: str = ""
    error_message: str = ""


class ExportLogsServiceResponse(msgspec.Struct, frozen=True, rename="camel"):
    """`opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse`."""

    partial_success: PartialSuccess
