"""The writer of a structured record: its usual names as data, the best answer first.

They are written as those of `inference.intake.field_names`. A container is a better answer than a
class within it. Sources: those, and the documentation of Kubernetes, Datadog, Application
Insights, Windows' events, Apple's unified log, hclog, Nest and Istio.
"""

import re
from typing import Final

from inference.intake.cleaning import clean_text

SERVICE_NAMES: Final = (
    "service",
    "service.name",
    "servicename",
    "resource.service.name",
    "resource.attributes.service.name",
    "resourceattributes.service.name",
    "attributes.service.name",
    "dd.service",
    "servicecontext.service",
    "microservice",
    "svc",
    "app",
    "application",
    "appname",
    "applicationname",
    "app.name",
    "application.name",
    "approlename",
    "component",
    "program",
    "programname",
    "progname",
    "syslogidentifier",
    "ident",
    "kubernetes.labels.app.kubernetes.io/name",
    "kubernetes.labels.app",
    "kubernetes.containername",
    "kubernetes.container.name",
    "kubernetes.container",
    "resource.labels.containername",
    "resource.labels.servicename",
    "protopayload.servicename",
    "k8s.container.name",
    "k8s.container",
    "labels.app.kubernetes.io/name",
    "labels.app",
    "labels.servicename",
    "labels.service",
    "labels.container",
    "labels.job",
    "containername",
    "container.name",
    "container",
    "cloudrolename",
    "tags.ai.cloud.role",
    "systemdunit",
    "logger",
    "loggername",
    "@logger",
    "@app",
    "logger.name",
    "log.logger",
    "loglogger",
    "@module",
    "sourcecontext",
    "properties.sourcecontext",
    "subsystem",
    "sourcename",
    "providername",
    "winlog.providername",
    "eventsource",
    "category",
    "categoryname",
    "channel",
    "target",
    "controllerkind",
    "name",
    "source.component",
    "reportingcomponent",
    "source",
    "event.system.provider.#attributes.name",
    "event.system.provider.name",
    "attrs.com.docker.compose.service",
    "n",
    "c",
    "module",
    "scope",
    "comm",
    "processname",
    "process.name",
    "process",
    "processimagepath",
    "syslogtag",
    "tag",
    "unit",
    "job",
    "system",
    "servername",
    "ibmservername",
    "context",
    "functionname",
    "loggroup",
    "logname",
)
"""The writer."""

NUMBERED: Final = frozenset({"service", "servicename", "app", "appname", "application"})
"""Names whose value may be a number; elsewhere a number is that of a process or of a thing."""

ASIDE_SERVICE_NAMES: Final = (
    "service",
    "service.name",
    "servicename",
    "app",
    "application",
    "appname",
    "component",
    "logger",
)
"""Of the names of writers, those that mean the writer within an aside too."""

_OF_TAG: Final = re.compile(r"\[\d+\]:?$|:$")
"""What syslog's tags have behind the program's name."""

_LINE_NUMBER: Final = re.compile(r"(\.[a-z]{1,4}):\d++$")
"""A place in a source is named by its file alone: there would be as many services as lines."""

_DURATION: Final = re.compile(r"[0-9.]+(?:ns|us|µs|ms|s)")
"""Heroku's router says in `service` how long the program took."""


def bare_service(name: str) -> str:
    """A service's name as it is kept: no ending of systemd's units, process id or path of a log."""
    text = _LINE_NUMBER.sub(r"\1", _OF_TAG.sub("", clean_text(name).strip()))
    if text.startswith("projects/"):
        return text.rpartition("/")[2]
    return "" if _DURATION.fullmatch(text) else text.removesuffix(".service")
