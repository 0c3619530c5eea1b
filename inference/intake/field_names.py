"""Usual names of the parts of a structured record, as data: the best answer of each part first.

Names are written as `plain_name` writes them: `severitytext` is severityText, severity_text and
Severity-Text. A dot leads into an object. Sources: the documentation of the named loggers, shippers
and schemas (ECS, GELF, OpenTelemetry, Google Cloud Logging, journald, Serilog, NLog, MongoDB ...).
"""

from functools import lru_cache
from typing import Final

MESSAGE_NAMES: Final = (
    "message",
    "msg",
    "@m",
    "renderedmessage",
    "@mt",
    "log",
    "@message",
    "logmessage",
    "shortmessage",
    "record.message",
    "fields.message",
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
    "line",
    "raw",
    "fullmessage",
    "logline",
    "errormessage",
    "description",
)
"""The text of a log."""

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
    "log.level",
    "record.level.name",
    "level.name",
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
    "severitynumber",
    "severitylevel",
    "levelno",
    "levelvalue",
    "record.level.no",
    "log.syslog.severity.code",
    "syslog.severity.code",
    "priority",
    "s",
    "status",
    "at",
)
"""The severity of a log; of these, `WEAK_LEVEL_NAMES` mean something else as often."""

WEAK_LEVEL_NAMES: Final = frozenset({"priority", "s", "status", "at", "severitytext", "@l"})
"""Names under which a word that is no level says nothing of a level."""

SERVICE_NAMES: Final = (
    "service",
    "service.name",
    "servicename",
    "resource.service.name",
    "resource.attributes.service.name",
    "attributes.service.name",
    "app",
    "application",
    "appname",
    "applicationname",
    "app.name",
    "component",
    "program",
    "programname",
    "syslogidentifier",
    "kubernetes.labels.app.kubernetes.io/name",
    "kubernetes.labels.app",
    "kubernetes.containername",
    "kubernetes.container.name",
    "resource.labels.containername",
    "labels.app.kubernetes.io/name",
    "labels.app",
    "labels.servicename",
    "labels.service",
    "labels.container",
    "labels.job",
    "containername",
    "container.name",
    "cloudrolename",
    "systemdunit",
    "logger",
    "loggername",
    "log.logger",
    "sourcecontext",
    "properties.sourcecontext",
    "category",
    "channel",
    "target",
    "name",
    "source",
    "providername",
    "c",
    "logname",
)
"""Who wrote it; a container is a better answer than a class within it."""

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
    "created",
    "t",
)
"""When it was written."""

TRACE_NAMES: Final = (
    "exception",
    "exceptions",
    "excinfo",
    "exctext",
    "error",
    "err",
    "stack",
    "stacktrace",
    "stackinfo",
    "@x",
    "thrown",
    "throwable",
    "backtrace",
    "traceback",
    "errorverbose",
    "cause",
    "context.exception",
    "attributes.exception",
    "jsonpayload.exception",
    "jsonpayload.error",
    "jsonpayload.stacktrace",
    "fields.error",
    "fields.exception",
)
"""What a failure left behind: text, or objects that hold texts."""

WRAPPERS: Final = (
    "source",
    "jsonpayload",
    "fields",
    "record",
    "log",
    "data",
    "attributes",
    "properties",
    "result",
)
"""Objects that hold all of a record, as exports of stores of logs have them."""


@lru_cache(maxsize=4_096)
def plain_name(name: str) -> str:
    """A field's name without case and separators."""
    return name.lower().replace("_", "").replace("-", "")
