"""Logs: one JSON object a line on standard output, constant event names, data as keys."""

import logging
import logging.config
from typing import Any, Final

from inference.web.request_id import request_id

_FORMAT: Final = "%(levelname)s %(name)s %(message)s"


class RequestIdFilter(logging.Filter):
    """Adds the id of the request at hand, if there is a request."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Annotate `record`; lets every record through."""
        current = request_id.get()
        if current:
            record.request_id = current
        return True


def logging_config(level: str) -> dict[str, Any]:
    """Configuration for `logging.config.dictConfig`, and for gunicorn's `logconfig_dict`."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"request_id": {"()": RequestIdFilter}},
        "formatters": {
            "json": {
                "()": "pythonjsonlogger.msgspec.MsgspecFormatter",
                "format": _FORMAT,
                "timestamp": True,
                "rename_fields": {
                    "levelname": "level",
                    "name": "logger",
                    "message": "event",
                },
            }
        },
        "handlers": {
            "stdout": {
                "class": "logging.StreamHandler",
                "stream": "ext://sys.stdout",
                "formatter": "json",
                "filters": ["request_id"],
            }
        },
        "root": {"level": level, "handlers": ["stdout"]},
        "loggers": {
            # gunicorn installs handlers of its own on these by default.
            "gunicorn.error": {"level": level, "handlers": ["stdout"], "propagate": False},
            "gunicorn.access": {"level": "CRITICAL", "handlers": [], "propagate": False},
            "urllib3": {"level": "INFO"},
        },
    }
