"""syslog-ng of Debian with the configurations that docs/integrations/syslog.md prints."""

import re
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.configurations import configurations
from tests.e2e.peers import Serving, accepts, difference, running, sample_logs, wait_for
from tests.integration.conftest import free_port

PAGE: Final = "integrations/syslog.md"
N_LOGS: Final = 3_000

SEVERITIES: Final = {"FATAL": 2, "ERROR": 3, "WARN": 4, "INFO": 6, "DEBUG": 7}
"""RFC 5424, 6.2.1."""

FLAGS: Final = ("has_exception", "has_timeout", "has_connection_error")

LINES: Final = (
    ("order 17 accepted", "INFO", ()),
    ("java.lang.IllegalStateException: no such order", "ERROR", ("has_exception",)),
    ("the read of shard 3 timed out", "WARN", ("has_timeout",)),
    ("connection to db:5432 refused", "FATAL", ("has_connection_error",)),
    ("Traceback: connection reset, timeout", "ERROR", FLAGS),
)
"""Messages with their level and the flags that the page's expressions find in them."""


class SyslogNg:
    """syslog-ng with a configuration of the page, adapted to this test's ports and folders.

    Args:
        folder: where its state and log go.
        section: the heading that the configuration stands under.
        url: of the service.
    """

    def __init__(self, folder: Path, section: str, url: str) -> None:
        self.port = free_port()
        self._folder = folder
        changes = {
            "http://log-anomaly:8000": url,
            'ip("0.0.0.0") port(601)': f'ip("127.0.0.1") port({self.port})',
            "/var/lib/syslog-ng": str(folder),
            "time-reopen(10)": "time-reopen(1)",
        }
        self._path = folder / "syslog-ng.conf"
        self._path.write_text(configurations(PAGE, section)[0].adapted(changes))

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        """While it takes messages."""
        state = {"-R": "persist", "-p": "pid", "-c": "control"}
        options = [part for flag, name in state.items() for part in (flag, self._folder / name)]
        command: list[str | Path] = [
            "syslog-ng",
            "--foreground",
            "--no-caps",
            "--stderr",
            "-f",
            self._path,
        ]
        with running([*command, *options], self._folder / "syslog-ng.log") as process:
            wait_for(lambda: accepts(self.port))
            yield process

    def send(self, logs: Sequence[dict[str, str]]) -> None:
        """Send logs as programs do, by RFC 5424 over TCP."""
        with socket.create_connection(("127.0.0.1", self.port)) as connection:
            for log in logs:
                head = f"<{8 + SEVERITIES[log['level']]}>1 2026-11-26T10:00:00Z host"
                line = f"{head} {log['service']} 1 - - {log['message']}".encode()
                connection.sendall(b"%d %b" % (len(line), line))


def test_messages_arrive_and_are_judged_as_raw_logs(serving: Serving, tmp_path: Path) -> None:
    """Each once, with level and service, and with the verdicts of a direct call."""
    logs = sample_logs(N_LOGS)
    direct = serving.judged_directly("/api/v1/logs", logs)
    syslog_ng = SyslogNg(tmp_path, "syslog-ng", serving.url)
    before = serving.judged()
    with syslog_ng.running():
        syslog_ng.send(logs)
        after = serving.wait_judged(2 * N_LOGS)
    assert difference(after, before) == direct
    assert any(name[0] == "log_anomaly_anomalies_total" for name in direct)


def test_nothing_is_lost_while_the_service_or_syslog_ng_is_away(
    serving: Serving, tmp_path: Path
) -> None:
    """What comes meanwhile is judged afterwards, each once."""
    logs = sample_logs(N_LOGS)
    direct = serving.judged_directly("/api/v1/logs", logs)
    serving.stop()
    syslog_ng = SyslogNg(tmp_path, "syslog-ng", serving.url)
    with syslog_ng.running():
        syslog_ng.send(logs[:2_000])
        wait_for(lambda: queued(tmp_path) == 2_000, lambda: queued(tmp_path))
    with syslog_ng.running():
        syslog_ng.send(logs[2_000:])
        serving.start()
        assert serving.wait_judged(N_LOGS) == direct


def test_nothing_is_lost_while_the_service_has_no_model(
    bare_serving: Serving, sample_store: Path, tmp_path: Path
) -> None:
    """What was answered with 503, again and again, is judged once there is a model."""
    logs = sample_logs(500)
    syslog_ng = SyslogNg(tmp_path, "syslog-ng", bare_serving.url)
    with syslog_ng.running():
        syslog_ng.send(logs)
        wait_for(lambda: bare_serving.n_answers("/api/v1/logs", 503) > 3)
        bare_serving.store.symlink_to(sample_store)
        bare_serving.wait_judged(len(logs))
    assert bare_serving.n_judged() == len(logs)


def test_six_features_are_sent_with_their_types(serving: Serving, tmp_path: Path) -> None:
    """Integer, booleans, level and service, as a direct call has them."""
    logs = [
        {"message": f"{message} {n}", "level": level, "service": "cart"}
        for n in range(200)
        for message, level, _ in LINES
    ]
    features = [
        {
            "log_id": str(n),
            "features": {
                "message_length": len(log["message"]),
                "level": log["level"],
                "service": "cart",
                **{flag: flag in LINES[n % len(LINES)][2] for flag in FLAGS},
            },
        }
        for n, log in enumerate(logs)
    ]
    direct = serving.judged_directly("/api/v1/predict/batch", {"logs": features})
    syslog_ng = SyslogNg(tmp_path, "Six features from syslog-ng", serving.url)
    before = serving.judged()
    with syslog_ng.running():
        syslog_ng.send(logs)
        after = serving.wait_judged(2 * len(logs))
    assert difference(after, before) == direct


def queued(folder: Path) -> int:
    """Messages that syslog-ng says are waiting for its destination."""
    command = ["syslog-ng-ctl", "stats", f"--control={folder / 'control'}"]
    stats = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    (count,) = re.findall(r"(?m)^dst\.http;.*;queued;(\d+)$", stats)
    return int(count)
