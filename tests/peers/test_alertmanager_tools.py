"""Alertmanager's own programs speak to a real server on loopback."""

import json
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import uvicorn
from tests.intake import KEYS, Intake, ManualClock
from typing_extensions import override

from handrail.core.alert.alert import Alert, AlertState

pytestmark = pytest.mark.peer
AMTOOL = shutil.which("amtool")
ALERTMANAGER = shutil.which("prometheus-alertmanager")
PATIENCE_SECONDS = 20.0


class RealClock(ManualClock):
    @override
    def now(self) -> datetime:
        return datetime.now(UTC)


@contextmanager
def serving(intake: Intake) -> Iterator[str]:
    """Serve the ingest application on a free port, in a thread of its own."""
    config = uvicorn.Config(
        intake.app(), port=0, log_level="error", lifespan="off", access_log=False
    )
    server = uvicorn.Server(config)
    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


def amtool(url: str, *arguments: str) -> str:
    assert AMTOOL is not None
    done = subprocess.run(
        [AMTOOL, f"--alertmanager.url={url}", *arguments],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def until(intake: Intake, holds: Callable[[list[Alert]], bool]) -> list[Alert]:
    """Wait until the alerts are as expected; woken rather than asleep."""
    tick = threading.Event()
    for _ in range(int(PATIENCE_SECONDS / 0.1)):
        alerts = intake.alerts()
        if holds(alerts):
            return alerts
        tick.wait(0.1)
    pytest.fail(f"waited in vain; there are {intake.alerts()}")


@pytest.mark.skipif(AMTOOL is None, reason="amtool is not installed")
def test_amtool_adds_and_queries_alerts() -> None:
    intake = Intake(clock=RealClock())

    with serving(intake) as address:
        url = f"{address}/i/{KEYS['prom']}"
        amtool(url, "alert", "add", "DiskFull", "node=db-1", "--annotation=summary=97%")
        amtool(url, "alert", "add", "DiskFull", "node=db-2")
        everything = json.loads(amtool(url, "--output=json", "alert", "query"))
        one = json.loads(amtool(url, "--output=json", "alert", "query", "node=db-1"))
        shown = amtool(url, "alert", "query", "node=~db-.*")

    assert {alert["labels"]["node"] for alert in everything} == {"db-1", "db-2"}
    assert [alert["annotations"] for alert in one] == [{"summary": "97%"}]
    assert "DiskFull" in shown
    assert len(intake.alerts()) == 2


CONFIGURATION = """
route:
  receiver: handrail
  group_by: [alertname]
  group_wait: 0s
  group_interval: 1s
receivers:
- name: handrail
  webhook_configs:
  - url: {address}/i/{am}/alertmanager
  - url: {address}/api/v1/signals/alertmanager
    http_config: {{authorization: {{credentials: "{json}"}}}}
  pagerduty_configs:
  - url: {address}/v2/enqueue
    routing_key: "{pd}"
    images: [{{src: "https://example.com/a.png"}}]
"""


@contextmanager
def alertmanager(folder: Path, address: str) -> Iterator[str]:
    assert ALERTMANAGER is not None
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        port = probe.getsockname()[1]
    (folder / "am.yml").write_text(CONFIGURATION.format(address=address, **KEYS))
    url = f"http://127.0.0.1:{port}"
    program = subprocess.Popen(
        [
            ALERTMANAGER,
            f"--config.file={folder / 'am.yml'}",
            f"--storage.path={folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{port}",
            "--cluster.listen-address=",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port, program)
        yield url
    finally:
        program.terminate()
        program.wait()


def _wait_for(port: int, program: "subprocess.Popen[bytes]") -> None:
    tick = threading.Event()
    for _ in range(int(PATIENCE_SECONDS / 0.1)):
        assert program.poll() is None, "Alertmanager stopped"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            tick.wait(0.1)
        else:
            return
    pytest.fail("Alertmanager does not listen")


@pytest.mark.skipif(
    AMTOOL is None or ALERTMANAGER is None, reason="Alertmanager is not installed"
)
def test_alertmanager_sends_its_webhook_and_its_pagerduty_form(tmp_path: Path) -> None:
    intake = Intake(clock=RealClock())

    with serving(intake) as address, alertmanager(tmp_path, address) as url:
        amtool(url, "alert", "add", "DiskFull", "node=db-1", "severity=critical")
        fired = until(intake, lambda alerts: len(alerts) == 3)
        amtool(
            url,
            "alert",
            "add",
            "DiskFull",
            "node=db-1",
            "severity=critical",
            f"--end={datetime.now(UTC).isoformat()}",
        )
        until(
            intake,
            lambda alerts: all(a.state is AlertState.RESOLVED for a in alerts),
        )

    titles = {str(alert.integration): alert.title for alert in fired}
    assert titles["am"] == "DiskFull (node=db-1)"
    assert titles["json"] == titles["am"]
    assert "DiskFull" in titles["pd"]
    assert {alert.severity_word for alert in fired} == {"critical", "error"}
