"""Logs through OpenTelemetry's SDK as a program does: `log_by_opentelemetry.py URL COMPRESSION`.

Runs in the environment of peers-requirements.txt, and prints what the exporter says of failures.
"""

import logging
import socket
import sys
from typing import Final

from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.sdk._logs import LoggerProvider, LoggingHandler
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.resources import Resource

N_ORDINARY: Final = 2_000


def main() -> None:
    """Log ordinary lines, a line with an exception, and a line with a body that is no text."""
    url, compression = sys.argv[1:]
    provider = LoggerProvider(Resource.create({"service.name": "cart"}))
    exporter = OTLPLogExporter(f"{url}/v1/logs", compression=Compression(compression))
    provider.add_log_record_processor(BatchLogRecordProcessor(exporter))
    log = logging.getLogger("shop.cart")
    log.propagate = False
    log.setLevel(logging.DEBUG)
    log.addHandler(LoggingHandler(logger_provider=provider))
    for number in range(N_ORDINARY):
        log.info("order %d accepted", number, extra={"http.route": "/orders", "shard": number % 8})
    try:
        socket.create_connection(("127.0.0.1", 1), timeout=5)
    except OSError:
        log.critical("payment failed", exc_info=True)
    log.warning({"event": "stock", "left": [1, 2]})
    provider.shutdown()


if __name__ == "__main__":
    main()
