"""A shop's people, policies and services in a running Handrail, and their mail."""

import contextlib
import os
import subprocess
import sys
import urllib.parse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from tests.crash.running_server import ROOT, Reply, RunningServer
from tests.peers.mailbox import Mailbox
from tests.peers.program import free_port, wait_until
from typing_extensions import override

ANA = "ana@shop.test"
BEN = "ben@shop.test"
ESCALATE_SECONDS = 2
_PEOPLE = f"""
user: {{name: ana, full_name: Ana, email: {ANA}, time_zone: Europe/Berlin,
  contact_methods: [{{name: mail, kind: email, address: {ANA}}}]}}
---
user: {{name: ben, full_name: Ben, email: {BEN}, time_zone: Europe/Berlin,
  contact_methods: [{{name: mail, kind: email, address: {BEN}}}]}}
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
escalation_policy:
  name: till-oncall
  rules: [{{notify: schedule:shop-secondary, escalate_after: 10m}}]
---
service: {{name: shop, title: Shop, team: shop, escalation_policy: shop-oncall}}
---
service: {{name: till, title: Till, team: shop, escalation_policy: till-oncall}}
---
last_resort: {{notify: [user:ana], repeat_after: 15m, times: 4}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PagedShop:
    """Handrail as its operator and its people see it.

    Attributes:
        keys: Of each integration, by its name.
    """

    handrail: RunningServer
    mailbox: Mailbox
    keys: Mapping[str, str]

    @property
    def authority(self) -> str:
        return urllib.parse.urlsplit(self.handrail.url).netloc

    def alerts(self, integration: str = "") -> list[dict[str, Any]]:
        found = self.handrail.api("GET", "/alerts?state=all")["items"]
        return [a for a in found if integration in {"", a["integration"]}]

    def pages(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.handrail.api("GET", "/pages?state=all")[
            "items"
        ]
        return found

    def alert(self) -> dict[str, Any]:
        (found,) = self.alerts()
        return found

    def page(self) -> dict[str, Any]:
        (found,) = self.pages()
        return found

    def await_alerts(self, count: int, integration: str = "") -> list[dict[str, Any]]:
        wait_until(
            lambda: len(self.alerts(integration)) >= count,
            what=f"{count} alerts of {integration or 'all'}",
        )
        found = self.alerts(integration)
        assert len(found) == count, found
        return found

    def await_recorded(self, address: str) -> None:
        """Wait until a mail to them is not only sent but also on the record."""
        wait_until(
            lambda: any(
                delivery["address"] == address and delivery["state"] == "handed_over"
                for page in self.pages()
                for delivery in self.handrail.api("GET", f"/pages/{page['id']}")[
                    "deliveries"
                ]
            ),
            what=f"a mail to {address} is recorded",
        )

    def open_link(self, link: str) -> Reply:
        return self.handrail.call("GET", urllib.parse.urlsplit(link).path)

    def press(self, link: str, button: str) -> Reply:
        """Open the link and press the button with this value, as a browser does."""
        form = _Form()
        form.feed(self.open_link(link).body.decode())
        assert button in form.buttons, form.buttons
        assert form.method == "post"
        fields = {**form.hidden, form.buttons[button]: button}
        return self.handrail.call(
            "POST",
            urllib.parse.urlsplit(link).path,
            body=urllib.parse.urlencode(fields).encode(),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )

    def command(self, *arguments: str) -> str:
        """Run ``handrail`` on the server's machine and return what it prints."""
        done = subprocess.run(
            [sys.executable, "-m", "handrail", *arguments],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
            env={
                **os.environ,
                "PYTHONPATH": str(ROOT / "src"),
                "HANDRAIL_DATA_DIR": str(self.handrail.folder),
            },
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


class _Form(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.method = ""
        self.hidden: dict[str, str] = {}
        self.buttons: dict[str, str] = {}

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.method = given["method"].lower()
        elif tag == "input":
            self.hidden[given["name"]] = given["value"]
        elif tag == "button":
            self.buttons[given["value"]] = given["name"]


@contextlib.contextmanager
def paged_shop(
    folder: Path,
    integrations: Mapping[str, str],
    *,
    more: str = "",
    environment: Mapping[str, str] = {},
) -> Iterator[PagedShop]:
    """Serve the shop on a port that stays the same when the server is restarted.

    Args:
        folder: Where everything of this run is kept.
        integrations: Source by name; ``till`` is the till's, all others the shop's.
        more: Further documents of the configuration.
        environment: What the server is started with.
    """
    documents = [_PEOPLE, more] if more else [_PEOPLE]
    for name, source in integrations.items():
        service = "till" if name == "till" else "shop"
        documents.append(
            f"integration: {{name: {name}, source: {source}, service: {service}}}\n"
        )
    with contextlib.ExitStack() as stack:
        mailbox = stack.enter_context(Mailbox())
        flags = ["--listen", f"127.0.0.1:{free_port()}"]
        flags += ["--smtp-host", "127.0.0.1", "--smtp-port", str(mailbox.port)]
        flags += ["--smtp-tls", "none", "--smtp-sender", "handrail@shop.test"]
        handrail = stack.enter_context(
            RunningServer(folder / "data", flags=flags, environment=environment)
        )
        handrail.configure("---\n".join(documents))
        keys = {name: handrail.integration_key(name) for name in integrations}
        yield PagedShop(handrail=handrail, mailbox=mailbox, keys=keys)
