"""The protobuf messages of OTLP that a log record is made of, as far as they are read.

Texts are declared as bytes, which is the same on the wire: a record with a byte that is no UTF-8 is
then judged with U+FFFD in its place, as plain text is, instead of being refused.
Source: opentelemetry/proto/logs/v1/logs.proto and common/v1/common.proto, version 1.
"""

from typing import Any, Final

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

__all__ = ["LogRecord", "Resource"]

_PACKAGE: Final = "log_anomaly"
_TYPES: Final = descriptor_pb2.FieldDescriptorProto

_Field = tuple[str, int, int | str]
"""Name, number, and type; for a message its name, behind a * if it is repeated."""

_MESSAGES: Final[dict[str, tuple[_Field, ...]]] = {
    "AnyValue": (
        ("string_value", 1, _TYPES.TYPE_BYTES),
        ("bool_value", 2, _TYPES.TYPE_BOOL),
        ("int_value", 3, _TYPES.TYPE_INT64),
        ("double_value", 4, _TYPES.TYPE_DOUBLE),
        ("array_value", 5, "ArrayValue"),
        ("kvlist_value", 6, "KeyValueList"),
        ("bytes_value", 7, _TYPES.TYPE_BYTES),
    ),
    "ArrayValue": (("values", 1, "*AnyValue"),),
    "KeyValueList": (("values", 1, "*KeyValue"),),
    "KeyValue": (("key", 1, _TYPES.TYPE_BYTES), ("value", 2, "AnyValue")),
    "Resource": (("attributes", 1, "*KeyValue"),),
    "LogRecord": (
        ("time_unix_nano", 1, _TYPES.TYPE_FIXED64),
        ("severity_number", 2, _TYPES.TYPE_INT32),
        ("severity_text", 3, _TYPES.TYPE_BYTES),
        ("body", 5, "AnyValue"),
        ("attributes", 6, "*KeyValue"),
        ("event_name", 12, _TYPES.TYPE_BYTES),
    ),
}
_ONE_OF: Final = "AnyValue"


def _classes() -> dict[str, Any]:
    file = descriptor_pb2.FileDescriptorProto(name="logs.proto", package=_PACKAGE, syntax="proto3")
    for name, fields in _MESSAGES.items():
        message = file.message_type.add(name=name)
        if name == _ONE_OF:
            message.oneof_decl.add(name="value")
        for field_name, number, kind in fields:
            field = message.field.add(name=field_name, number=number)
            repeated = isinstance(kind, str) and kind.startswith("*")
            field.label = _TYPES.LABEL_REPEATED if repeated else _TYPES.LABEL_OPTIONAL
            if name == _ONE_OF:
                field.oneof_index = 0
            if isinstance(kind, str):
                field.type = _TYPES.TYPE_MESSAGE
                field.type_name = f".{_PACKAGE}.{kind.removeprefix('*')}"
            else:
                field.type = kind
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    descriptors = {name: pool.FindMessageTypeByName(f"{_PACKAGE}.{name}") for name in _MESSAGES}
    return {
        name: message_factory.GetMessageClass(descriptor)
        for name, descriptor in descriptors.items()
    }


_made: Final = _classes()
LogRecord: Final[Any] = _made["LogRecord"]
Resource: Final[Any] = _made["Resource"]
