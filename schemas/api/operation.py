"""The description of a REST call."""

from http import HTTPStatus
from typing import Any, Final, Literal

import msgspec

from schemas.api.access import Scope
from schemas.api.problems import Problem

Service = Literal["inference", "trainer"]
Tag = Literal["predictions", "training", "service", "metrics"]
BOTH: Final[tuple[Service, ...]] = ("inference", "trainer")


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """A call.

    Attributes:
        tag: what it belongs to, for the documentation.
        services: which of the two services answers it.
        scope: what a caller's token must allow where tokens are asked for; None for calls that
            are for everybody.
        summary: its purpose, in a line.
        description: its limits, and what else a client should know.
        request: type of the JSON body, if it takes a body.
        response: type of the answer with status 200; None for plain text.
        problems: the other statuses a client must expect.
        fault: type of their answers; problem details, but for protocols with errors of their own.
        line_types: media types of requests as JSON lines, answered as JSON lines.
        raw_types: media types of raw logs, for a call that takes them beside any JSON, or nothing.
        answer_types: media types of its answers beside JSON.
        json_types: what JSON of raw logs must be, in JSON Schema's words; empty for anything.
        query: query parameters, each with its meaning.
        choices: the words that a query parameter takes, the default first; others are boolean.
        path_numbers: numbers in the path, each with its meaning.
        example: a request body that works.
        raw_example: another, of raw logs, where logs may come as features or raw.
    """

    method: Literal["get", "post"]
    path: str
    tag: Tag
    services: tuple[Service, ...]
    scope: Scope | None
    summary: str
    description: str
    response: type | None
    request: type | None = None
    problems: tuple[HTTPStatus, ...] = ()
    line_types: tuple[str, ...] = ()
    fault: type = Problem
    raw_types: tuple[str, ...] = ()
    answer_types: tuple[str, ...] = ()
    json_types: tuple[str, ...] = ()
    query: dict[str, str] = {}
    choices: dict[str, tuple[str, ...]] = {}
    path_numbers: dict[str, str] = {}
    example: Any = None
    raw_example: Any = None
