"""Usual names of the parts of a structured record, as data: the best answer of each part first.

Names are written as `plain_name` writes them: `severitytext` is severityText, severity_text and
Severity-Text. A dot leads into an object. Sources: the documentation of the named loggers, shippers
and schemas (ECS, GELF, OpenTelemetry, Google Cloud Logging, journald, Serilog, NLog, MongoDB ...).
"""

from functools import lru_cache
from typing import Final

MESSAGE_NAMES: Final = (
    "formattedmessage",
    "renderedmessage",
    "message",
    "msg",
    "@m",
    "@mt",
    "log",
    "@message",
    "logmessage",
    "messagetext",
    "eventmessage",
    "displaymessage",
    "shortmessage",
    "syslogmessage",
    "record.message",
    "fields.message",
    "logentry.formatted",
    "textpayload",
    "jsonpayload.message",
    "jsonpayload.msg",
    "text",
    "body",
    "body.stringvalue",
    "content",
    "messagetemplate",
    "event",
    "event.original",
    "logevent.message",
    "logevent",
    "line",
    "raw",
    "rawmessage",
    "rendereddescription",
    "fulllog",
    "fullmessage",
    "logline",
    "errormessage",
    "outermessage",
    "resultdescription",
    "statusmessage",
    "description",
    "reason",
    "exception.message",
    "error.message",
    "err.message",
    "engine.message",
    "output",
    "operationname",
    "eventname",
    "event.renderinginfo.message",
    "event.eventdata.data",
    "record",
    "protopayload.status.message",
    "protopayload.methodname",
    "request",
    "requestline",
    "requesturi",
    "requesturl",
    "httprequest.requesturl",
    "httprequest.uri",
    "httprequest",
    "requestpath",
    "request.uri",
    "request.url",
    "request.path",
    "clientrequesturi",
    "uri",
    "path",
    "url",
    "m",
    "alert.signature",
    "eventtype",
    "error",
    "err",
    "summary",
    "details",
    "detail",
    "payload",
    "data",
    "operation",
    "action",
)
"""The text of a log."""

WHOLE_MESSAGE_NAMES: Final = frozenset({"message", "msg"})
"""Names that are a message's even where an object stands: the object is the message."""

STATUS_NAMES: Final = (
    "statuscode",
    "httpstatus",
    "httpstatuscode",
    "responsestatus",
    "responsecode",
    "response.status",
    "response.statuscode",
    "httprequest.status",
    "http.response.statuscode",
    "http.statuscode",
    "downstreamstatus",
    "edgeresponsestatus",
    "elbstatuscode",
    "scstatus",
    "responsestatus.code",
)
"""The status of an HTTP answer; it decides the level where nothing else does."""

LEVEL_NAMES: Final = (
    "level",
    "severity",
    "loglevel",
    "lvl",
    "levelname",
    "leveldisplayname",
    "severitytext",
    "severitylabel",
    "logseverity",
    "errorseverity",
    "verbosity",
    "sev",
    *(
        f"{base}{kind}"
        for base in ("level", "severity", "loglevel", "lvl")
        for kind in ("name", "text", "string", "str", "label", "keyword")
        if f"{base}{kind}" not in {"levelname", "severitytext", "severitylabel"}
    ),
    "log.level",
    "logging.level",
    "detectedlevel",
    "messagelevel",
    "messagetype",
    "eventlevel",
    "tracelevel",
    "record.level.name",
    *(f"level.{kind}" for kind in ("name", "levelstr", "label", "severity")),
    "@level",
    "@l",
    "jsonpayload.level",
    "jsonpayload.severity",
    "labels.level",
    "labels.severity",
    "labels.detectedlevel",
    "labels.loglevel",
    "log.syslog.severity.name",
    "syslog.severity.name",
    "syslogseverity",
    "sysloglevel",
    "syslog.severity",
    "attributes.level",
    "attributes.severity",
    "event.renderinginfo.level",
    "event.system.level",
    "event.severity",
    "severitynumber",
    "severitylevel",
    "levelno",
    "levelvalue",
    "monologlevel",
    "record.level.no",
    "log.syslog.severity.code",
    "syslog.severity.code",
    "priority",
    "prio",
    "pri",
    "s",
    "status",
    "at",
    "l",
    *STATUS_NAMES,
)
"""The severity of a log; of these, `WEAK_LEVEL_NAMES` mean something else as often."""

WEAK_LEVEL_NAMES: Final = frozenset(
    {"priority", "prio", "pri", "s", "status", "at", "severitytext", "@l", "l", "messagetype"}
    | {"verbosity", *STATUS_NAMES}
)
"""Names of fields that hold a level only if their word is a level."""

VAGUE_LEVEL_NAMES: Final = ("type", "kind", "tags")
"""Names that are asked where no other field may hold a level, as Kubernetes' events (`type`) and
Kibana (`tags`) have it. They count with words that mean nothing but a level."""

TIME_NAMES: Final = (
    "@timestamp",
    "timestamp",
    "time",
    "ts",
    "@t",
    "t.$date",
    "datetime",
    "date",
    "asctime",
    "eventtime",
    "timecreated",
    "timeunixnano",
    "observedtimeunixnano",
    "instant.epochsecond",
    "record.time.timestamp",
    "realtimetimestamp",
    "sourcerealtimetimestamp",
    "timemillis",
    "logtime",
    "event.created",
    "receivetimestamp",
    "requestreceivedtimestamp",
    "edgestarttimestamp",
    "startedat",
    "starttime",
    "timelocal",
    "timeiso8601",
    "timegenerated",
    "date and time",
    "eventtimestamp",
    "logtimestamp",
    "loggedat",
    "stagetimestamp",
    "lasttimestamp",
    "firsttimestamp",
    "created",
    "createdat",
    "creationtime",
    "published",
    "unixtime",
    "event.system.timecreated.#attributes.systemtime",
    "event.system.timecreated.systemtime",
    "millis",
    "t",
)
"""When it was written."""

WRAPPERS: Final = (
    "source",
    "jsonpayload",
    "fields",
    "@fields",
    "record",
    "log",
    "data",
    "attributes",
    "properties",
    "result",
    "event",
    "content",
    "value",
    "payload",
    "logentry",
    "data.basedata",
)
"""Objects that hold all of a record, as exports of stores of logs have them."""

ASIDES: Final = (
    "context",
    "ctx",
    "meta",
    "metadata",
    "extra",
    "mdc",
    "contextmap",
    "details",
    "params",
    "tags",
    "labels",
    "logattributes",
)
"""Objects in which loggers put what else they know of a record."""

MAX_REMEMBERED_CHARS: Final = 128
"""Longer names are no names of fields, and are not remembered: a bound against hostile records."""

ASIDE_LEVEL_NAMES: Final = ("level", "severity", "loglevel", "levelname", "loglevelname")
"""Of the names of levels, those that mean a level within an aside too."""


def plain_name(name: str) -> str:
    """A field's name without case and separators."""
    return _plain(name) if len(name) <= MAX_REMEMBERED_CHARS else _without_separators(name)


def _without_separators(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")


_plain = lru_cache(maxsize=4_096)(_without_separators)
