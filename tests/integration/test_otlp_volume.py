"""Two million records pass through the service, while the receiver behind it is away for a time."""

import re
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Final

from tests.integration.conftest import POOL, Service, StartInference
from tests.integration.receivers import Receiver
from tests.otlp_requests import as_protobuf, record, request

RECORDS: Final = 1_000
EXPORTS: Final = 1_000
"""Of each client."""

BEFORE: Final = 200
AWAY_S: Final = 10.0
_NUMBER: Final = re.compile(rb"export (\d{4}) of client (\d)")
_PROTOBUF: Final = {"Content-Type": "application/x-protobuf"}


class Client:
    """An exporter of a thousand records at a time, which comes again when it is asked to.

    Attributes:
        answered: how many of its exports were answered with 200, in their order.
        refused: how many were to come again.
    """

    def __init__(self, service: Service, number: int) -> None:
        self.answered = self.refused = 0
        self._service = service
        names = (f"payment {n} taken in {n % 90} ms" for n in range(RECORDS - 1))
        first = record(f"export 0000 of client {number}", 9, "INFO")
        logs = [first, *(record(name, 9, "INFO", http__route="/pay") for name in names)]
        self._whole = as_protobuf(request(*logs, service__name=f"shop-{number}"))

    def export_until(self, n: int) -> None:
        """Send exports until so many were answered."""
        while self.answered < n:
            body = self._whole.replace(b"export 0000", b"export %04d" % self.answered, 1)
            url = f"{self._service.url}/v1/logs"
            answer = POOL.request("POST", url, body=body, headers=_PROTOBUF)
            if answer.status == 200:
                self.answered += 1
            else:
                assert answer.status == 503
                assert int(answer.headers["Retry-After"]) > 0
                self.refused += 1
                time.sleep(0.1)  # an exporter would wait for as long as it is told


def test_two_million_records_outlast_a_receiver_that_is_away(
    start_inference: StartInference, model_dir: Path
) -> None:
    """Each export that was answered with 200 arrived whole, every record with its verdict, and
    those of a client in their order, though the receiver was away for ten seconds.
    """
    arrived: list[tuple[int, int]] = []
    whole: Counter[int] = Counter()

    def take(body: bytes) -> None:
        found = _NUMBER.search(body)
        assert found is not None
        arrived.append((int(found[2]), int(found[1])))
        whole[body.count(b"anomaly.is_anomaly")] += 1

    receiver = Receiver(take)
    service = start_inference(model_dir, ANOMALY_OTLP_FORWARD=f"{receiver.url}/v1/logs")
    clients = [Client(service, number) for number in (1, 2)]
    with receiver.running():
        for client in clients:
            client.export_until(BEFORE)
    threads = [threading.Thread(target=c.export_until, args=(EXPORTS,)) for c in clients]
    for thread in threads:
        thread.start()
    time.sleep(AWAY_S)  # the time that is promised to be outlasted
    with receiver.running():
        for thread in threads:
            thread.join(300)
    assert [client.answered for client in clients] == [EXPORTS, EXPORTS]
    assert all(client.refused for client in clients)
    assert set(whole) == {RECORDS}
    for number in (1, 2):
        exports = [export for client, export in arrived if client == number]
        assert list(dict.fromkeys(exports)) == list(range(EXPORTS))
