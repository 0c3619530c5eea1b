r"""What loggers call their levels: names, and the numbers of each logger's scale.

A level is written in many ways: ``WARNING``, ``wrn``, ``[error]``, ``ERROR+2``. Its name
is what is left of the text, in upper case, after `DECORATION` is taken away. Numbers mean something
only together with a scale: 3 is an error to syslog and to Nextcloud, a warning to Windows and to
zerolog; so a number without a scale is no level.

Everything here is text, so that SQL engines can have the same rules.
"""

import re
from typing import Final

__all__ = [
    "DECORATION",
    "LEVEL_SYNONYMS",
    "NO_LEVEL",
    "SCALES",
    "TRIMMED",
    "bare_name",
]

LEVEL_SYNONYMS: Final = {
    # DEBUG
    **dict.fromkeys(
        ("TRACE", "TRC", "TRAC", "T", "VERBOSE", "VERB", "VRB", "VERBO", "V", "FINE", "FINER"),
        "DEBUG",
    ),
    **dict.fromkeys(("FINEST", "CONFIG", "DBG", "DBUG", "DEBU", "DEBG", "D", "SILLY"), "DEBUG"),
    **dict.fromkeys(("HTTP", "DIAGNOSTIC", "SILL"), "DEBUG"),
    # INFO
    **dict.fromkeys(
        ("INFORMATION", "INFORMATIONAL", "INF", "I", "NOTICE", "NOTE", "NOTIC", "N"), "INFO"
    ),
    **dict.fromkeys(("LOG", "SUCCESS", "OK", "SYSTEM", "AUDIT"), "INFO"),
    # WARN
    **dict.fromkeys(("WARNING", "WRN", "WARNI", "W", "WW", "DEPRECATION", "DEPRECATED"), "WARN"),
    # ERROR
    **dict.fromkeys(
        ("ERR", "EROR", "ERRR", "E", "EE", "SEVERE", "SEVER", "FAIL", "FAILURE", "FAILED"),
        "ERROR",
    ),
    "EXCEPTION": "ERROR",
    **dict.fromkeys(("FATAL ERROR", "FATALERROR", "CRITICAL ERROR"), "FATAL"),
    # German, French, Spanish, Italian, Portuguese, Dutch, Swedish: Windows, Java
    **dict.fromkeys(("INFORMATIONEN", "INFOS", "INFORMAZIONI", "INFORMATIE"), "INFO"),
    **dict.fromkeys(("INFORMACIÓN", "INFORMACION", "INFORMAÇÕES", "INFORMAÇÃO"), "INFO"),
    **dict.fromkeys(("WARNUNG", "AVERTISSEMENT", "ADVERTENCIA", "AVISO", "AVVISO"), "WARN"),
    **dict.fromkeys(("AVVERTENZA", "WAARSCHUWING", "ADVERTÊNCIA", "VARNING"), "WARN"),
    **dict.fromkeys(("FEHLER", "ERREUR", "ERRORE", "ERRO", "FOUT"), "ERROR"),
    **dict.fromkeys(("SCHWERWIEGEND", "GRAVE", "ALLVARLIG"), "ERROR"),
    **dict.fromkeys(("KRITISCH", "CRITIQUE", "CRITICO", "KRITIEK", "FAULT"), "FATAL"),
    # FATAL
    **dict.fromkeys(
        ("CRIT", "CRITICAL", "CRITI", "CRT", "FTL", "FATA", "F", "ALERT", "ALRT", "A"), "FATAL"
    ),
    **dict.fromkeys(("EMERG", "EMERGENCY", "EMRG", "PANIC", "PNC", "DPANIC", "ABORT"), "FATAL"),
}
"""Other loggers' names for a level, upper case: syslog, java.util.logging, Python, .NET, zap,
logrus, zerolog, Serilog, winston, npm, klog, logcat, PostgreSQL, MySQL, MongoDB, Elasticsearch."""

NO_LEVEL: Final = frozenset(
    {"", "-", "*", "ALL", "ANY", "DEFAULT", "N/A", "NIL", "NONE", "NOTSET", "NULL", "OFF"}
    | {"UNDEFINED", "UNKNOWN", "UNSET", "UNSPECIFIED", "STDOUT", "STDERR"}
)
"""Words for no level at all, upper case: such a record has no level."""

DECORATION: Final = r"[\]\[ \t\n\x0B\f\r(){}<>:|,.;*#='\"!-]"
"""A character that may stand around a level's name; a set that RE2, Java and Python read alike."""

_OFFSET: Final = r"[+-]?[0-9]{1,3}"
"""Suffixes of slog (`ERROR+2`) and OpenTelemetry (`INFO2`) behind a name."""

_PREFIX: Final = r"(?i:(?:log)?level|severity|log)[._]"
"""Prefixes of names of constants: `LogLevel.Error`, `LOG_ERR`, `SEVERITY_WARNING`."""

TRIMMED: Final = rf"^{DECORATION}+|^{_PREFIX}|(?:{_OFFSET})?{DECORATION}+$|{_OFFSET}$"
"""All that is taken away around a name; a text of digits alone would leave nothing."""

_trim = re.compile(TRIMMED).sub


def bare_name(text: str) -> str:
    """The name of a level without what decorates it, in upper case."""
    return _trim("", text).upper()


def _ranks(*names: str, first: int = 0, step: int = 1) -> dict[int, str]:
    """Levels in the order of their numbers."""
    return {first + step * rank: name for rank, name in enumerate(names)}


SCALES: Final[dict[str, dict[int, str]]] = {
    "syslog": _ranks("FATAL", "FATAL", "FATAL", "ERROR", "WARN", "INFO", "INFO", "DEBUG"),
    "pino": _ranks("DEBUG", "DEBUG", "INFO", "WARN", "ERROR", "FATAL", first=10, step=10),
    "python": _ranks("DEBUG", "INFO", "WARN", "ERROR", "FATAL", first=10, step=10)
    | {0: "DEBUG", 5: "DEBUG", 25: "INFO"},
    "opentelemetry": {
        number: ("DEBUG", "DEBUG", "INFO", "WARN", "ERROR", "FATAL")[(number - 1) // 4]
        for number in range(1, 25)
    },
    "monolog": {100: "DEBUG", 200: "INFO", 250: "INFO", 300: "WARN"}
    | {400: "ERROR", 500: "FATAL", 550: "FATAL", 600: "FATAL"},
    "google": {0: "INFO", 100: "DEBUG", 200: "INFO", 300: "INFO", 400: "WARN"}
    | {500: "ERROR", 600: "FATAL", 700: "FATAL", 800: "FATAL"},
    "logback": {5_000: "DEBUG", 10_000: "DEBUG", 20_000: "INFO", 30_000: "WARN", 40_000: "ERROR"},
    "java": {300: "DEBUG", 400: "DEBUG", 500: "DEBUG", 700: "DEBUG"}
    | {800: "INFO", 900: "WARN", 1_000: "ERROR"},
    "dotnet": _ranks("DEBUG", "DEBUG", "INFO", "WARN", "ERROR", "FATAL", "INFO"),
    "windows": _ranks("INFO", "FATAL", "ERROR", "WARN", "INFO", "DEBUG"),
    "appinsights": _ranks("DEBUG", "INFO", "WARN", "ERROR", "FATAL"),
    "nextcloud": _ranks("DEBUG", "INFO", "WARN", "ERROR", "FATAL"),
    "zerolog": _ranks("DEBUG", "DEBUG", "INFO", "WARN", "ERROR", "FATAL", "FATAL", first=-1),
    "zap": _ranks("DEBUG", "INFO", "WARN", "ERROR", "FATAL", "FATAL", "FATAL", first=-1),
    "slog": _ranks("DEBUG", "INFO", "WARN", "ERROR", first=-4, step=4),
    "mysql": _ranks("INFO", "ERROR", "WARN", "INFO"),
    "glog": _ranks("INFO", "WARN", "ERROR", "FATAL"),
    "http": {100: "INFO", 400: "WARN", 500: "ERROR"},
    "npm": _ranks("ERROR", "WARN", "INFO", "DEBUG", "DEBUG", "DEBUG", "DEBUG"),
    "bunyan": _ranks("DEBUG", "DEBUG", "INFO", "WARN", "ERROR", "FATAL", first=10, step=10),
}
"""The levels of numbers, by the name of the scale as `--levels` takes it.

Sources: RFC 5424 6.2.1 (syslog); pino's and bunyan's READMEs; Python's `logging`; OpenTelemetry's
log data model (SeverityNumber); Monolog's `Level`; Google Cloud's LogSeverity; logback's `Level`;
`java.util.logging.Level`; .NET's `LogLevel`; Windows' event levels; Application Insights'
`SeverityLevel`; Nextcloud's `ILogger`; zerolog's and zap's `Level`; Go's `slog.Level`;
MySQL's `loglevel`; glog's severities; npm's levels; RFC 9110, 15 (http).
"""
