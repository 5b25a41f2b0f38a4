"""A real server with an incident's responders, and a browser for each of them."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Locator, Page
from tests.crash.running_server import RunningServer
from tests.peers.program import free_port

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}
Scheme = Literal["light", "dark"]
CONFIGURATION = """
user: {name: ana, full_name: Ana Berger, email: ana@shop.test, role: admin,
  contact_methods: [{name: desk, kind: terminal}]}
---
user: {name: ben, full_name: Ben Okoro, email: ben@shop.test,
  contact_methods: [{name: desk, kind: terminal}]}
---
user: {name: cleo, full_name: Cleo Marsh, email: cleo@shop.test,
  contact_methods: [{name: desk, kind: terminal}]}
---
escalation_policy:
  name: payments
  rules: [{notify: user:ben, escalate_after: 5m}]
---
service: {name: checkout, title: Checkout, escalation_policy: payments}
---
severity_matrix: {SEV1: {tell: {stakeholders: user:cleo}},
  SEV2: {tell: {stakeholders: user:cleo}}}
---
last_resort: {notify: [user:cleo]}
"""


@dataclass(slots=True)
class Responder:
    """Somebody signed in, with a tab of their own.

    Attributes:
        complaints: What the browser's console said, but for answers that a test made
            fail on purpose.
    """

    page: Page
    server: RunningServer
    complaints: list[str] = field(default_factory=list)

    def hear(self, complaint: str) -> None:
        if not complaint.startswith("Failed to load resource"):
            self.complaints.append(complaint)

    def api(self, method: str, path: str, **body: object) -> Any:
        """Use the API in this person's session, as a script in their hands would."""
        answer = self.page.request.fetch(
            f"/api/v1{path}",
            method=method,
            headers={"Origin": self.server.url},
            data=body or None,
        )
        assert answer.ok, (method, path, answer.status, answer.text())
        return answer.json()

    def declare(self, title: str, **said: object) -> str:
        """Declare by the API; return the incident's name."""
        declared: str = self.api("POST", "/incidents", title=title, **said)["name"]
        return declared

    def incident(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.api("GET", f"/incidents/{name}")
        return found

    def open_room(self, name: str) -> Self:
        self.page.goto(f"/incidents/{name}")
        return self

    @property
    def room(self) -> str:
        """Return the name of the incident whose room is shown."""
        return self.page.url.partition("/incidents/")[2].partition("?")[0]

    def section(self, name: str) -> Locator:
        return self.page.get_by_role("region", name=name, exact=True)

    def unfold(self, section: str, name: str) -> Locator:
        """Open what is folded away in a section; return the section."""
        found = self.section(section)
        found.get_by_text(name, exact=True).click()
        return found

    @property
    def liveness(self) -> Locator:
        return self.page.get_by_role("main").get_by_role("status")


@contextlib.contextmanager
def serving(
    folder: Path, *, more: str = "", environment: Mapping[str, str] | None = None
) -> Iterator[RunningServer]:
    """Serve on a port that stays the same when the server is started again.

    Args:
        folder: Where its data are.
        more: Configured beside what every response here needs.
        environment: What the server finds in its own.
    """
    flags = ["--listen", f"127.0.0.1:{free_port()}"]
    around = environment or {}
    with RunningServer(folder / "data", flags=flags, environment=around) as server:
        server.configure(CONFIGURATION + more)
        yield server


@contextlib.contextmanager
def responding(
    chromium: Browser,
    server: RunningServer,
    who: str = "ana",
    *,
    size: dict[str, int] = DESKTOP,
    scheme: Scheme = "light",
    is_scripted: bool = True,
) -> Iterator[Responder]:
    """Open a browser for somebody, who signs in by a link."""
    context: BrowserContext = chromium.new_context(
        base_url=server.url,
        viewport={"width": size["width"], "height": size["height"]},
        color_scheme=scheme,
        java_script_enabled=is_scripted,
    )
    context.set_default_timeout(15_000)
    try:
        responder = Responder(context.new_page(), server)
        responder.page.on("console", lambda message: responder.hear(message.text))
        link = server.api("POST", f"/users/{who}/link")["url"]
        responder.page.goto(urlsplit(link).path)
        responder.page.get_by_role("button", name="Sign in").click()
        responder.page.wait_for_url("**/")
        yield responder
    finally:
        context.close()
