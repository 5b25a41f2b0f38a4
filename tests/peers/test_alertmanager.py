"""A real Alertmanager and its ``amtool`` speak to a real Handrail."""

import contextlib
import json
import sqlite3
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.crash.running_server import ROOT
from tests.peers.mailbox import plain_text
from tests.peers.paged_shop import ANA, BEN, PagedShop, paged_shop
from tests.peers.program import answers, free_port, require, running, wait_until

INTEGRATIONS = {
    "hook": "alertmanager_webhook",
    "till": "pagerduty",
    "tools": "alertmanager_api",
}
UNKNOWN_KEY = "0" * 32
# How the peer learns the key: in the path, as a bearer token, in the body.
CONFIGURATION = """
route:
  receiver: hook
  group_by: [alertname]
  group_wait: 0s
  group_interval: 1s
  repeat_interval: 1s
  routes:
  - {{matchers: ['to="till"'], receiver: till}}
  - {{matchers: ['to="bearer"'], receiver: bearer}}
  - {{matchers: ['to="nowhere"'], receiver: nowhere}}
receivers:
- name: hook
  webhook_configs:
  - url: http://{handrail}/i/{hook}/alertmanager
    max_alerts: 0
- name: bearer
  webhook_configs:
  - url: http://{handrail}/api/v1/signals/alertmanager
    http_config: {{authorization: {{credentials: "{hook}"}}}}
- name: till
  pagerduty_configs:
  - url: http://{handrail}/v2/enqueue
    routing_key: "{till}"
    {recommended}
- name: nowhere
  webhook_configs:
  - url: http://{handrail}/i/{unknown}/alertmanager
  pagerduty_configs:
  - url: http://{handrail}/v2/enqueue
    routing_key: "{unknown}"
"""

pytestmark = [pytest.mark.peer, pytest.mark.timeout(120)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Attributes: ``url`` is Alertmanager's, ``log`` what it wrote."""

    paged: PagedShop
    url: str
    log: Path

    def fire(self, name: str, *labels: str) -> None:
        amtool(self.url, "alert", "add", name, "severity=critical", *labels)

    def end(self, name: str, *labels: str) -> None:
        now = datetime.now(UTC).isoformat()
        amtool(
            self.url, "alert", "add", name, "severity=critical", *labels, f"--end={now}"
        )

    def await_log(self, words: str, what: str) -> None:
        wait_until(lambda: words in self.log.read_text(), what=what)


def run_amtool(url: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    program = require("amtool", "prometheus-alertmanager")
    return subprocess.run(
        [program, f"--alertmanager.url={url}", *arguments],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def amtool(url: str, *arguments: str) -> str:
    done = run_amtool(url, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def paged(tmp_path: Path) -> Iterator[PagedShop]:
    require("amtool", "prometheus-alertmanager")
    with paged_shop(tmp_path, INTEGRATIONS) as shop:
        yield shop


def recommended() -> str:
    """Return the templates that the documentation gives for ``pagerduty_configs``."""
    text = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
    lines = [line.strip() for line in text.splitlines()]
    found = [line for line in lines if line.startswith(("description: ", "severity: "))]
    assert len(found) == 2, found
    return "\n    ".join(found)


@contextlib.contextmanager
def alertmanager(folder: Path, paged: PagedShop) -> Iterator[Scene]:
    program = require("prometheus-alertmanager", "prometheus-alertmanager")
    keys: Mapping[str, str] = paged.keys
    config = folder / "alertmanager.yml"
    config.write_text(
        CONFIGURATION.format(
            handrail=paged.authority,
            unknown=UNKNOWN_KEY,
            recommended=recommended(),
            **keys,
        )
    )
    port = free_port()
    command = [program, f"--config.file={config}"]
    command += [f"--storage.path={folder / 'alertmanager'}"]
    command += [f"--web.listen-address=127.0.0.1:{port}"]
    command += ["--cluster.listen-address=", "--log.level=debug"]
    log = folder / "alertmanager.log"
    with running(command, log=log):
        wait_until(lambda: answers(port, "/-/ready"), what="Alertmanager is ready")
        yield Scene(paged=paged, url=f"http://127.0.0.1:{port}", log=log)


@pytest.fixture
def scene(tmp_path: Path, paged: PagedShop) -> Iterator[Scene]:
    """Start the mail server, Handrail, and an Alertmanager that sends to it."""
    with alertmanager(tmp_path, paged) as found:
        yield found


def test_its_webhook_and_its_pagerduty_form_page_once_and_resolve(
    scene: Scene,
) -> None:
    paged = scene.paged
    scene.fire("DiskFull", "node=db-1", "--annotation=summary=97 % are used")
    scene.fire("CardsRefused", "to=till")

    first = paged.mailbox.wait_for(ANA)
    second = paged.mailbox.wait_for(BEN)
    wait_until(
        lambda: min(alert["repeats"] for alert in paged.alerts()) >= 2,
        what="Alertmanager repeats itself to both",
    )

    assert "DiskFull: 97 % are used (shop)" in str(first["Subject"])
    assert "node: db-1" in plain_text(first)
    assert "CardsRefused" in str(second["Subject"])
    assert [alert["state"] for alert in paged.await_alerts(2)] == ["firing"] * 2
    assert {page["severity"] for page in paged.pages()} == {"SEV1"}

    scene.end("DiskFull", "node=db-1")
    scene.end("CardsRefused", "to=till")
    wait_until(
        lambda: {page["state"] for page in paged.pages()} == {"resolved"},
        what="both pages are resolved",
    )

    assert {alert["state"] for alert in paged.await_alerts(2)} == {"resolved"}
    assert len(paged.pages()) == 2
    assert len(paged.mailbox.to(BEN)) <= 2, "a repeat paged again"


def test_a_group_that_has_nothing_in_common_pages_by_its_pagerduty_form(
    scene: Scene,
) -> None:
    def add(name: str, *rest: str) -> None:
        amtool(scene.url, "alert", "add", name, "to=till", *rest)

    add("CardsRefused", "severity=critical", "--annotation=summary=Cards are refused")
    add("Odd", "node=a", "severity=warning", "--annotation=summary=One")
    add("Odd", "node=b", "severity=info", "--annotation=summary=Another")
    add("Plain")

    alerts = scene.paged.await_alerts(3)
    wait_until(
        lambda: all(alert["repeats"] for alert in scene.paged.alerts()),
        what="the group of two has been sent as well",
    )

    words = {alert["title"]: alert["labels"]["severity"] for alert in alerts}
    assert words["Cards are refused"] == "critical"
    assert [word for title, word in words.items() if "Plain" in title] == ["error"]
    assert "status code 400" not in scene.log.read_text()


def test_a_wrong_key_is_a_failure_in_its_log_and_opens_nothing(scene: Scene) -> None:
    scene.fire("DiskFull", "to=nowhere")

    scene.await_log("unexpected status code 401", "the webhook's refusal is logged")
    scene.await_log("unexpected status code 400", "PagerDuty's refusal is logged")

    assert scene.paged.alerts() == []
    assert scene.paged.mailbox.messages == []

    scene.fire("DiskSlow", "node=db-1", "to=bearer")

    (alert,) = scene.paged.await_alerts(1)
    assert alert["labels"]["node"] == "db-1", "the right key, as a bearer token"


def test_what_a_stopped_handrail_did_not_take_arrives_later(scene: Scene) -> None:
    paged = scene.paged
    paged.handrail.kill()
    scene.fire("DiskFull", "node=db-1")
    scene.fire("CardsRefused", "to=till")
    scene.await_log("connection refused", "Alertmanager finds nobody")

    paged.handrail.start()

    assert {alert["integration"] for alert in paged.await_alerts(2)} == {"hook", "till"}
    paged.mailbox.wait_for(ANA)
    paged.mailbox.wait_for(BEN)


def test_what_could_not_be_stored_is_refused_and_retried(scene: Scene) -> None:
    paged = scene.paged
    database = sqlite3.connect(
        paged.handrail.folder / "handrail.db", isolation_level=None
    )
    with contextlib.closing(database):
        database.execute("BEGIN IMMEDIATE")
        scene.fire("DiskFull", "node=db-1")
        scene.await_log("unexpected status code 503", "Alertmanager is put off")

        assert paged.alerts() == []

        database.execute("ROLLBACK")

    (alert,) = paged.await_alerts(1)
    assert alert["labels"]["node"] == "db-1"
    paged.mailbox.wait_for(ANA)


def test_amtool_adds_queries_and_finds_no_silence(paged: PagedShop) -> None:
    url = f"{paged.handrail.url}/i/{paged.keys['tools']}"
    amtool(url, "alert", "add", "DiskFull", "node=db-1", "--annotation=summary=97 %")
    amtool(url, "alert", "add", "DiskFull", "node=db-2")
    everything = json.loads(amtool(url, "--output=json", "alert", "query"))
    one = json.loads(amtool(url, "--output=json", "alert", "query", "node=db-1"))
    shown = amtool(url, "alert", "query", "node=~db-.*")

    assert {alert["labels"]["node"] for alert in everything} == {"db-1", "db-2"}
    assert [alert["annotations"] for alert in one] == [{"summary": "97 %"}]
    assert "DiskFull" in shown
    assert json.loads(amtool(url, "--output=json", "silence", "query")) == []
    assert "Handrail" in amtool(url, "config", "show")
    assert len(paged.await_alerts(2)) == 2

    refused = run_amtool(
        url, "silence", "add", "node=db-1", "--comment=x", "--duration=1h"
    )

    assert refused.returncode != 0, "a silence that nobody keeps was taken"
    assert "keeps no silences yet" in refused.stderr
    assert "acknowledge it" in refused.stderr
    quiet = run_amtool(url, "alert", "query")
    assert quiet.stderr == "", "a warning of a version"
    assert "Routing tree" in amtool(url, "config", "routes", "show")
