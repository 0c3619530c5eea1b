"""Layouts of plain text, as data: a module for each family of programs, and one table of all.

A layout is a tuple of regular expressions for a whole line, tried in order. A new layout is a new
entry in its family and its place here; a test reads its examples, and docs/formats.md lists them.
"""

from typing import Final

from inference.intake.layout import Layout
from inference.intake.layouts import (
    cloud,
    clusters,
    cpp,
    databases,
    dotnet,
    erlang,
    general,
    go,
    javascript,
    jvm,
    mobile,
    php,
    python,
    ruby,
    sap,
    security,
    syslog,
    systems,
    web,
)
from inference.intake.layouts.web import w3c_layout

__all__ = ["LAYOUTS", "w3c_layout"]

LAYOUTS: Final[dict[str, Layout]] = {
    layout.name: layout
    for layout in (
        jvm.LOG4J,
        python.PYTHON,
        syslog.SYSLOG,
        web.NGINX,
        web.APACHE,
        web.ACCESS,
        go.KLOG,
        databases.POSTGRESQL,
        databases.MYSQL,
        databases.MONGODB,
        databases.REDIS,
        erlang.RABBITMQ,
        dotnet.DOTNET,
        jvm.JUL,
        dotnet.SERILOG,
        go.ZAP,
        go.ZEROLOG,
        javascript.WINSTON,
        python.STRUCTLOG,
        php.MONOLOG,
        ruby.RUBY,
        python.AIRFLOW,
        mobile.LOGCAT,
        cloud.GITHUB,
        cloud.CLOUD,
        go.LOGRUS,
        javascript.NEST,
        python.DJANGO,
        systems.WINDOWS,
        jvm.WEBLOGIC,
        go.ETCD,
        php.PHP,
        clusters.BLUEGENE,
        clusters.HPC,
        mobile.PIPED,
        security.PROXIFIER,
        syslog.DMESG,
        syslog.CISCO,
        systems.AUDIT,
        jvm.WEBSPHERE,
        jvm.ORACLE,
        jvm.MINECRAFT,
        jvm.JETTY,
        cpp.SPDLOG,
        javascript.BUNYAN,
        systems.MACOS,
        cloud.LAMBDA,
        security.CEF,
        security.LEEF,
        cloud.VPC,
        sap.HANA,
        databases.DB2,
        erlang.ERLANG,
        mobile.LOGCAT_LONG,
        databases.MYSQL_SLOW,
        systems.APT,
        databases.MONGODB_OLD,
        systems.CUPS,
        systems.XORG,
        systems.VMWARE,
        javascript.NPM,
        databases.ALERT,
        sap.SAP,
        go.LOGFMT,
        python.ALEMBIC,
        general.GENERAL,
        general.MAVEN,
        general.DATED_TEXT,
    )
}
"""The layouts with a name; of two that fit as well, the first one is taken."""
