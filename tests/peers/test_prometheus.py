"""A real Prometheus uses Handrail as its Alertmanager; real mail wakes real people."""

import contextlib
import subprocess
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.crash.running_server import Reply, RunningServer
from tests.peers.mailbox import Mailbox, ack_link, plain_text
from tests.peers.monitored_shop import Shop
from tests.peers.program import answers, free_port, require, running, wait_until

ESCALATE_SECONDS = 3
CONFIGURATION = f"""
user: {{name: ana, full_name: Ana, email: ana@shop.test, time_zone: Europe/Berlin,
  contact_methods: [{{name: mail, kind: email, address: ana@shop.test}}]}}
---
user: {{name: ben, full_name: Ben, email: ben@shop.test, time_zone: Europe/Berlin,
  contact_methods: [{{name: mail, kind: email, address: ben@shop.test}}]}}
---
team: {{name: shop, title: Shop, members: [ana, ben], lead: ana}}
---
schedule: {{name: shop-primary, title: Primary, time_zone: Europe/Berlin,
  rotation: {{every: 1 week, handoff: "09:00", starts_on: 2026-01-05,
    participants: [ana]}}}}
---
schedule: {{name: shop-secondary, title: Secondary, time_zone: Europe/Berlin,
  rotation: {{every: 1 week, handoff: "09:00", starts_on: 2026-01-05,
    participants: [ben]}}}}
---
escalation_policy:
  name: shop-oncall
  rules:
    - notify: schedule:shop-primary
      escalate_after: {ESCALATE_SECONDS}s
    - notify: schedule:shop-secondary
      escalate_after: 10m
---
service: {{name: shop, title: Shop, team: shop, escalation_policy: shop-oncall}}
---
integration: {{name: prometheus, source: alertmanager_api, service: shop}}
---
last_resort: {{notify: [user:ana], repeat_after: 15m, times: 4}}
"""
PROMETHEUS = """
global: {{scrape_interval: 250ms, scrape_timeout: 200ms, evaluation_interval: 250ms}}
rule_files: [rules.yml]
alerting:
  alertmanagers:
    - path_prefix: /i/{key}
      api_version: v2
      static_configs: [{{targets: ["{handrail}"]}}]
scrape_configs:
  - job_name: shop
    static_configs: [{{targets: ["127.0.0.1:{shop}"]}}]
"""
RULES = """
groups:
  - name: shop
    rules:
      - alert: ShopErrors
        expr: shop_errors > 0.5
        labels: {severity: critical, service: shop}
        annotations: {summary: "Customers of the shop see errors"}
"""

pytestmark = [pytest.mark.peer, pytest.mark.timeout(180)]


@dataclass(frozen=True, slots=True)
class Scene:
    handrail: RunningServer
    mailbox: Mailbox
    shop: Shop
    prometheus: "subprocess.Popen[bytes]"

    def alert(self) -> dict[str, Any]:
        found: list[dict[str, Any]] = self.handrail.api("GET", "/alerts?state=all")[
            "items"
        ]
        return found[0] if found else {}

    def page(self) -> dict[str, Any]:
        found: list[dict[str, Any]] = self.handrail.api("GET", "/pages?state=all")[
            "items"
        ]
        return found[0]

    def open_link(self, link: str, *, method: str = "GET", form: str = "") -> Reply:
        path = urllib.parse.urlsplit(link).path
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if form else {}
        body = form.encode() if method == "POST" else None
        return self.handrail.call(method, path, body=body, headers=headers)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """Start the shop, the mail server, Handrail and a Prometheus that watches."""
    prometheus = require("prometheus", "prometheus")
    with contextlib.ExitStack() as stack:
        shop = stack.enter_context(Shop())
        mailbox = stack.enter_context(Mailbox())
        flags = ["--smtp-host", "127.0.0.1", "--smtp-port", str(mailbox.port)]
        flags += ["--smtp-tls", "none", "--smtp-sender", "handrail@shop.test"]
        handrail = stack.enter_context(RunningServer(tmp_path / "data", flags=flags))
        handrail.configure(CONFIGURATION)
        key = handrail.integration_key("prometheus")
        place = urllib.parse.urlsplit(handrail.url)
        config = tmp_path / "prometheus.yml"
        config.write_text(
            PROMETHEUS.format(
                key=key, handrail=f"127.0.0.1:{place.port}", shop=shop.port
            )
        )
        (tmp_path / "rules.yml").write_text(RULES)
        port = free_port()
        command = [prometheus, f"--config.file={config}"]
        command += [f"--storage.tsdb.path={tmp_path / 'tsdb'}"]
        command += [f"--web.listen-address=127.0.0.1:{port}"]
        command += ["--rules.alert.resend-delay=500ms", "--log.level=warn"]
        process = stack.enter_context(running(command, log=tmp_path / "prometheus.log"))
        wait_until(lambda: answers(port, "/-/ready"), what="Prometheus is ready")
        yield Scene(handrail, mailbox, shop, process)


def test_from_a_firing_rule_to_an_acknowledged_page(scene: Scene) -> None:
    scene.shop.errors = 1.0

    first = scene.mailbox.wait_for("ana@shop.test")

    assert "ShopErrors" in str(first["Subject"]) or "errors" in str(first["Subject"])
    assert "SEV1" in str(first["Subject"])
    assert "ben" in plain_text(first)

    second = scene.mailbox.wait_for("ben@shop.test", seconds=ESCALATE_SECONDS + 15)
    link = ack_link(second)
    shown = scene.open_link(link)

    assert shown.status == 200
    assert scene.page()["state"] == "open", "a GET acknowledged the page"

    taken = scene.open_link(link, method="POST", form="action=acknowledge")

    assert taken.status == 200
    assert scene.page()["state"] == "acknowledged"
    assert scene.page()["acknowledged_by"] == "ben"
    assert scene.alert()["state"] == "firing"
    assert len(scene.mailbox.messages) == 2, "repeats of Prometheus paged again"

    scene.shop.errors = 0.0
    wait_until(
        lambda: scene.alert()["state"] == "resolved",
        what="the alert resolves when the target recovers",
    )

    assert scene.page()["state"] == "resolved"
    explained = scene.handrail.api("GET", f"/explain/{scene.alert()['id']}")
    assert "acknowledged by ben" in str(explained)


def test_a_silent_prometheus_leaves_a_stale_alert_and_a_living_page(
    scene: Scene,
) -> None:
    scene.shop.errors = 1.0
    scene.mailbox.wait_for("ana@shop.test")

    scene.prometheus.kill()
    scene.prometheus.wait()
    wait_until(
        lambda: scene.alert()["state"] == "expired",
        what="the alert expires when its Prometheus is gone",
    )

    assert scene.page()["state"] == "open"
    second = scene.mailbox.wait_for("ben@shop.test", seconds=ESCALATE_SECONDS + 15)
    assert ack_link(second)
    assert scene.page()["state"] == "open"
