"""Values that requests may hold beyond their types, as JSON Schema.

The decoders take numbers and booleans from strings as well, since log shippers send them so; and
some rules are about several members at once. msgspec's schemas say neither, so a document made of
them alone would call requests wrong that are answered, and right that are refused.
"""

from collections.abc import Mapping
from typing import Any, Final

from schemas.api.feedback import FeedbackRequest
from schemas.api.predictions import PredictRequest
from schemas.api.training import TrainingLog, TrainRequest
from schemas.bundle.detectors import DETECTORS
from schemas.bundle.options import DEFAULT_DETECTOR
from schemas.record.features import MAX_MESSAGE_LENGTH, MAX_SERVICE_CHARS

Schema = dict[str, Any]

_REF_PREFIX: Final = "#/components/schemas/"

_BOOLEANS: Final[list[Schema]] = [
    {"enum": [0, 1]},
    {"type": "string", "pattern": "^([01]|[tT][rR][uU][eE]|[fF][aA][lL][sS][eE])$"},
]
_NULLS: Final[list[Schema]] = [{"type": "string", "pattern": "^[nN][uU][lL][lL]$"}]
_ANNOTATIONS: Final = ("title", "description", "default")

_RAW_LOG: Final[Schema] = {
    "required": ["message"],
    "properties": {
        "message": {
            "type": ["string", "number", "boolean", "object", "array"],
            "items": {},
            "maxLength": MAX_MESSAGE_LENGTH,
        },
        "service": {"maxLength": MAX_SERVICE_CHARS},
    },
}
_TAKES_AUTO: Final = [spec.name for spec in DETECTORS.values() if spec.takes_auto]

_TAKES_PER_SERVICE: Final = [spec.name for spec in DETECTORS.values() if spec.takes_per_service]
_FALSE: Final[Schema] = {
    "anyOf": [
        {"enum": [False, 0]},
        {"type": "string", "pattern": "^(0|[fF][aA][lL][sS][eE])$"},
    ]
}

_EITHER: Final[Schema] = {
    "if": {"required": ["features"], "properties": {"features": {"type": "object"}}},
    "else": _RAW_LOG,
}

RULES: Final[Mapping[type, Schema]] = {
    PredictRequest: _EITHER,
    FeedbackRequest: _EITHER,
    TrainingLog: _EITHER,
    TrainRequest: {
        "oneOf": [{"required": ["training_data"]}, {"required": ["logs"]}],
        "not": {"required": ["contamination", "alerts_per_day"]},
        "dependentRequired": {
            "alerts_per_day": ["lines_per_day"],
            "lines_per_day": ["alerts_per_day"],
        },
        "allOf": [
            {
                "if": {
                    "required": ["contamination"],
                    "properties": {"contamination": {"const": "auto"}},
                },
                "then": {
                    "required": [] if DEFAULT_DETECTOR in _TAKES_AUTO else ["detector"],
                    "properties": {"detector": {"enum": _TAKES_AUTO}},
                },
            },
            {
                "if": {
                    "required": ["per_service"],
                    "properties": {"per_service": {"not": _FALSE}},
                },
                "then": {
                    "required": ["detector"],
                    "properties": {"detector": {"enum": _TAKES_PER_SERVICE}},
                },
            },
        ],
    },
}
"""Rules between the members of a request, or of a log in it."""


def as_taken(components: Mapping[str, Schema], requests: list[type]) -> dict[str, Schema]:
    """Widen the schemas of requests to what is taken, and add the rules between their members.

    Beyond them, levels are taken in any case and by their synonyms, and numbers from strings in
    other notations than plain digits: a client that is written by the document needs neither.

    Args:
        components: schemas by the name of their type.
        requests: the types of request bodies.
    """
    taken = dict(components)
    waiting = [request.__name__ for request in requests]
    while waiting:
        name = waiting.pop()
        if taken[name] is components[name]:
            taken[name] = _widened(components[name])
            waiting += _references(components[name])
    for kind, rules in RULES.items():
        if kind.__name__ in taken:
            taken[kind.__name__] |= rules
    return taken


def _references(schema: Any) -> list[str]:
    """The names of the components that a schema refers to."""
    if isinstance(schema, dict):
        own = [schema["$ref"].removeprefix(_REF_PREFIX)] if "$ref" in schema else []
        return own + _references(list(schema.values()))
    if isinstance(schema, list):
        return [name for part in schema for name in _references(part)]
    return []


def _widened(schema: Any) -> Any:
    """The schema with booleans, integers and nulls in each shape in which they are taken."""
    if isinstance(schema, list):
        return [_widened(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    wide = {key: _widened(part) for key, part in schema.items()}
    if wide.get("type") == "boolean":
        shapes = _BOOLEANS
    elif wide.get("type") == "null":
        shapes = _NULLS
    elif wide.get("type") == "integer":
        shapes = [_digits(wide["minimum"], wide["maximum"])]
    else:
        return wide
    annotations = {key: wide.pop(key) for key in _ANNOTATIONS if key in wide}
    return {**annotations, "anyOf": [wide, *shapes]}


def _digits(lowest: int, highest: int) -> Schema:
    """Strings of plain digits, all of which are in range; of those in range, the longest lack."""
    n_more = len(str(highest)) - 2
    return {"type": "string", "pattern": f"^([{lowest}-9]|[1-9][0-9]{{1,{n_more}}})$"}
