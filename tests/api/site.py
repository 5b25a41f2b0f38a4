"""A whole installation over ASGI, without a network: store, use cases, API, console."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from typing_extensions import override

from handrail.api.app import Application, create_app
from handrail.api.configuration import checked_files
from handrail.api.deps import Deps
from handrail.api.ingest.deps import IngestDeps
from handrail.api.ingest.routes import ingest_routes
from handrail.api.mount import Mount
from handrail.api.stream_hub import StreamHub
from handrail.core.access.permission import Verb
from handrail.core.access.role import Role
from handrail.core.alert.signal import Signal, SignalAction
from handrail.core.ids import PageId, ReceiptId, Slug
from handrail.core.paging import ack_link
from handrail.core.paging.page import Page
from handrail.core.people.user import User
from handrail.ports.clock import Clock
from handrail.ports.source import Parsed
from handrail.sources import found_sources
from handrail.status.serve import routes as status_routes
from handrail.storage.sqlite import SqliteStore
from handrail.system.calendar_format import Icalendar
from handrail.system.document_reader import YamlDocumentReader
from handrail.system.id_source import RandomIds
from handrail.system.vault import KeyVault
from handrail.usecases import access, admission, delivery, evaluation, paging, token
from handrail.usecases.access import OPERATOR
from handrail.usecases.coverage_proofs import Proofs
from handrail.usecases.credential import cookie_name
from handrail.usecases.submission import Submission
from handrail.web.deps import Console
from handrail.web.routes import error_page, routes

CONFIGURATION = """
user:
  name: ana
  full_name: Ana Berger
  email: ana@example.org
  time_zone: Europe/Berlin
  role: admin
  contact_methods:
    - {name: mail, kind: email, address: ana@example.org}
---
user:
  name: ben
  full_name: Ben Okoro
  email: ben@example.org
  time_zone: Africa/Lagos
  role: responder
  contact_methods:
    - {name: mail, kind: email, address: ben@example.org}
---
user:
  name: cleo
  full_name: Cleo Marsh
  email: cleo@example.org
  time_zone: Europe/London
  role: observer
  contact_methods:
    - {name: mail, kind: email, address: cleo@example.org}
---
schedule:
  name: primary
  title: Payments, primary
  time_zone: Europe/Berlin
  rotation:
    participants: [ana, ben]
    every: 1 week
    starts_on: 2026-01-12
    handoff: "09:00"
---
escalation_policy:
  name: payments-oncall
  rules:
    - notify: schedule:primary
      escalate_after: 5m
    - notify: user:ben
      escalate_after: 5m
---
service:
  name: checkout
  title: Checkout
  escalation_policy: payments-oncall
---
route:
  name: everything
  service: checkout
---
integration:
  name: prom
  source: generic
---
last_resort:
  notify: [user:cleo]
"""
KEY = "a key for tests, long enough to be one"
NOW = datetime(2026, 1, 14, 17, 4, tzinfo=UTC)


class SetClock(Clock):
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self._now = NOW

    @override
    def now(self) -> datetime:
        return self._now

    @override
    def monotonic(self) -> float:
        return self._now.timestamp()

    def move(self, by: timedelta) -> None:
        self._now += by


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    def json(self) -> Any:
        return json.loads(self.body)

    def header(self, name: str) -> str:
        return next((v for n, v in self.headers if n == name), "")


@dataclass(kw_only=True)
class Site:
    """The installation under test."""

    store: SqliteStore
    clock: SetClock
    ids: RandomIds
    vault: KeyVault
    base_url: str
    deps: Deps
    app: Application
    status_folder: Path
    mails: list[tuple[User, str]] = field(default_factory=list)

    def ask(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Answer:
        """Send one request over ASGI."""
        asked = exchange(self, method, path, dict(headers or {}), body)
        # In a thread of its own: a test that drives a browser has a loop running here.
        with ThreadPoolExecutor(max_workers=1) as aside:
            return aside.submit(asyncio.run, asked).result()

    def get(self, path: str, who: str = "") -> Answer:
        return self.ask("GET", path, headers=self.as_(who))

    def post(self, path: str, data: object = None, who: str = "") -> Answer:
        headers = {"content-type": "application/json", **self.as_(who)}
        return self.ask(
            "POST", path, headers=headers, body=json.dumps(data or {}).encode()
        )

    def press(
        self, path: str, who: str = "", *, origin: str = "same-origin", **form: str
    ) -> Answer:
        """Post a plain form, as a browser does."""
        headers = {
            "content-type": "application/x-www-form-urlencoded",
            "sec-fetch-site": origin,
            **self.browser(who),
        }
        return self.ask("POST", path, headers=headers, body=urlencode(form).encode())

    def look(self, path: str, who: str = "") -> Answer:
        """Get a page, as a browser does."""
        return self.ask("GET", path, headers=self.browser(who))

    def as_(self, who: str) -> dict[str, str]:
        """Return the bearer of a user, of the operator, or of nobody."""
        if not who:
            return {}
        actor = OPERATOR
        if who != "operator":
            cookie = self.cookie(who)
            found = self.store.read(lambda tx: access.recognise_session(tx, cookie))
            assert found is not None
            actor = found.actor
        assert isinstance(actor.role, Role)
        role = actor.role
        issued = self.store.run(
            lambda tx: token.create_token(
                tx, "test", role=role, actor=actor, ids=self.ids
            )
        )
        return {"authorization": f"Bearer {issued.secret}"}

    def cookie(self, who: str) -> str:
        """Sign a user in and return the cookie's value."""
        owner = None if who == "operator" else Slug(who)
        opened = self.store.run(
            lambda tx: access.open_session(
                tx, owner=owner, role=Role.ADMIN, ids=self.ids
            )
        )
        return opened.cookie

    def browser(self, who: str) -> dict[str, str]:
        if not who:
            return {}
        return {"cookie": f"{cookie_name(self.base_url)}={self.cookie(who)}"}

    def signal(
        self,
        title: str = "Checkout fails",
        *,
        severity: str = "critical",
        action: SignalAction = SignalAction.FIRE,
        **labels: str,
    ) -> str:
        """Let a signal in and let it be routed; return the receipt's id."""
        receipt_id = ReceiptId(self.ids.new_id())
        signal = Signal(
            action=action,
            dedup_key=title,
            title=title,
            labels=labels,
            severity_word=severity,
        )
        self.store.run(
            lambda tx: admission.accept(
                tx,
                Submission(
                    integration=tx.configuration.snapshot().integrations[Slug("prom")],
                    parsed=Parsed(signals=(signal,), expires_after=None),
                    receipt_id=receipt_id,
                    body=b"",
                    content_type="application/json",
                ),
                ids=self.ids,
            )
        )
        self.store.run(lambda tx: evaluation.evaluate_due(tx, ids=self.ids, limit=100))
        return receipt_id

    def page(self) -> Page:
        """Return the newest page."""
        return self.store.read(lambda tx: tx.page.search(active_only=False, limit=1))[0]

    def reread(self, page_id: PageId) -> Page:
        page = self.store.read(lambda tx: tx.page.get(page_id))
        assert page is not None
        return page

    def hold(self) -> None:
        self.store.run(lambda tx: tx.meta.set(delivery.HELD, "restored from a backup"))

    def link(self, page_id: PageId, user: str | None = "ana") -> str:
        """Return the path of an acknowledge link."""
        made = ack_link.make(
            page_id=page_id,
            user=Slug(user) if user else None,
            expires_at=self.clock.now() + timedelta(hours=24),
            sign=lambda payload: self.vault.sign(ack_link.PURPOSE, payload),
        )
        return f"{ack_link.PATH}{made}"

    def advance(self) -> None:
        """Let the timers that have run out take effect."""
        self.store.run(lambda tx: paging.advance_due(tx, ids=self.ids, limit=100))

    def configure(self, text: str) -> None:
        files = {"files": [{"name": "site.yaml", "text": text}]}
        answer = self.post("/api/v1/config/apply", files, who="operator")
        assert answer.status == 200, answer.text


@contextmanager
def site(
    folder: Path,
    *,
    base_url: str = "https://handrail.test",
    mounts: tuple[Mount, ...] = (),
    configuration: str = CONFIGURATION,
    tick: datetime | None = NOW,
    is_live: bool = False,
) -> Iterator[Site]:
    """Build an installation on a database in memory."""
    clock = SetClock()
    store = SqliteStore.in_memory(now=clock.now)
    ids = RandomIds(clock)
    vault = KeyVault(KEY, environment={}, folder=folder)
    mails: list[tuple[User, str]] = []
    urgent, proving = ThreadPoolExecutor(2), ThreadPoolExecutor(1)
    proofs = Proofs(proving, seconds=clock.monotonic)

    async def send(user: User, url: str) -> None:
        mails.append((user, url))

    deps = Deps(
        store=store,
        clock=clock,
        ids=ids,
        vault=vault,
        base_url=base_url,
        version="0.0.test",
        tzdata="2026a",
        calendar=Icalendar(base_url),
        reader=YamlDocumentReader(),
        source_kinds=tuple(found_sources()),
        last_tick=lambda: tick,
        more_metrics=lambda: "",
        urgent=urgent,
        proofs=proofs,
        hub=StreamHub(store),
    )
    if not is_live:
        deps.hub.close()  # A stream then sends nothing and ends.
    console = Console(
        store=store,
        clock=clock,
        ids=ids,
        vault=vault,
        base_url=base_url,
        send_sign_in_link=send,
        check=lambda files: checked_files(deps, files, vault=deps.vault),
        doubts=lambda _: (),
        tzdata=deps.tzdata,
        urgent=urgent,
        proofs=proofs,
    )
    app = create_app(
        deps,
        mounts=(*_ingest(deps), *mounts),
        handlers=[routes(console), status_routes(folder / "status")],
        error_page=error_page,
    )
    made = Site(
        store=store,
        clock=clock,
        ids=ids,
        vault=vault,
        base_url=base_url,
        deps=deps,
        app=app,
        status_folder=folder / "status",
        mails=mails,
    )
    try:
        if configuration:
            made.configure(configuration)
        yield made
    finally:
        urgent.shutdown()
        proving.shutdown()
        store.close()


def _ingest(deps: Deps) -> list[Mount]:
    """Return the ingest routes as ``bootstrap`` mounts them."""
    ingest = IngestDeps(
        store=deps.store,
        clock=deps.clock,
        ids=deps.ids,
        sources=found_sources(),
        version=deps.version,
    )
    return [
        Mount(
            path=route.path,
            verb=Verb(route.permission),
            app=route.app,
            operations=route.operations,
        )
        for route in ingest_routes(ingest)
    ]


async def exchange(
    site_: Site, method: str, path: str, headers: dict[str, str], body: bytes
) -> Answer:
    parts = urlsplit(path)
    host = urlsplit(site_.base_url).netloc
    sent = {"host": host, **headers}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": urlsplit(site_.base_url).scheme,
        "path": parts.path,
        "raw_path": parts.path.encode(),
        "query_string": parts.query.encode(),
        "root_path": "",
        "headers": [(n.lower().encode(), v.encode()) for n, v in sent.items()],
        "client": ("127.0.0.1", 4711),
        "server": (host, 80),
        "state": {},
    }
    messages: list[dict[str, Any]] = []
    inbox = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        return inbox.pop(0) if inbox else {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        messages.append(message)

    asgi: Any = site_.app.asgi
    await asgi(scope, receive, send)
    start = messages[0]
    return Answer(
        status=start["status"],
        headers=[(n.decode().lower(), v.decode()) for n, v in start["headers"]],
        body=b"".join(m.get("body", b"") for m in messages[1:]),
    )
