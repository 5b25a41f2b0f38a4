"""A database with integrations, a clock to turn, and requests as senders make them."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from litestar.types import ASGIApp
from typing_extensions import override

from handrail.api.ingest.deps import IngestDeps
from handrail.api.ingest.routes import ingest_app, ingest_routes
from handrail.core.alert.alert import Alert
from handrail.core.alert.receipt import RawBody, Receipt
from handrail.core.configuration.document import Document
from handrail.core.configuration.integration_key import key_digest
from handrail.core.ids import ReceiptId, Slug
from handrail.ports.clock import Clock
from handrail.ports.source import Parsed
from handrail.ports.store import Store
from handrail.sources import found_sources
from handrail.storage.sqlite import SqliteStore
from handrail.system.id_source import RandomIds
from handrail.usecases.admission import accept
from handrail.usecases.submission import Submission

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
KEYS = {
    "prom": "11111111111111111111111111111111",
    "am": "22222222222222222222222222222222",
    "pd": "33333333333333333333333333333333",
    "json": "44444444444444444444444444444444",
}
SOURCES = {
    "prom": "alertmanager_api",
    "am": "alertmanager_webhook",
    "pd": "pagerduty",
    "json": "generic",
}


@dataclass
class ManualClock(Clock):
    at: datetime = START
    seconds: float = 0.0

    @override
    def now(self) -> datetime:
        return self.at

    @override
    def monotonic(self) -> float:
        return self.seconds

    def turn(self, delta: timedelta) -> None:
        self.at += delta
        self.seconds += delta.total_seconds()


def configure(store: Store, names: Sequence[str] = tuple(SOURCES)) -> None:
    documents = [
        Document(
            kind="integration",
            name=Slug(name),
            version=1,
            body=json.dumps(
                {"source": SOURCES[name], "key_digest": key_digest(KEYS[name])}
            ),
            order=order,
            revision=0,
            effective_from=START,
            managed_by="file",
        )
        for order, name in enumerate(names)
    ]
    store.run(lambda tx: tx.configuration.apply(documents, [], by="operator"))


@dataclass
class Intake:
    """The parts of an installation that take signals in; in memory unless given."""

    clock: ManualClock = field(default_factory=ManualClock)
    given: Store | None = None
    store: Store = field(init=False)
    ids: RandomIds = field(init=False)

    def __post_init__(self) -> None:
        self.store = self.given or SqliteStore.in_memory(now=self.clock.now)
        self.ids = RandomIds(self.clock)
        configure(self.store)

    def submit(
        self,
        name: str,
        parsed: Parsed,
        *,
        body: bytes = b"{}",
        answers_errors: bool = False,
    ) -> Receipt:
        snapshot = self.store.read(lambda tx: tx.configuration.snapshot())
        submission = Submission(
            integration=snapshot.integrations[Slug(name)],
            parsed=parsed,
            receipt_id=ReceiptId(self.ids.new_id()),
            body=body,
            content_type="application/json",
            answers_errors=answers_errors,
        )
        return self.store.run(lambda tx: accept(tx, submission, ids=self.ids))

    def alerts(self) -> list[Alert]:
        self.fold()
        return self.store.read(
            lambda tx: tx.alert.search(open_only=False, limit=10_000)
        )

    def fold(self) -> None:
        while self.store.run(lambda tx: tx.receipt.fold(limit=1000)):
            pass

    def raw(self, receipt_id: str) -> RawBody | None:
        return self.store.read(lambda tx: tx.receipt.raw(ReceiptId(receipt_id)))

    def app(self, store: Store | None = None) -> ASGIApp:
        deps = IngestDeps(
            store=store or self.store,
            clock=self.clock,
            ids=self.ids,
            sources=found_sources(),
            version="0.1.0",
        )
        return ingest_app(ingest_routes(deps))


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> object:
        return json.loads(self.body)


async def exchange(  # noqa: PLR0913 - a request has these parts
    app: ASGIApp,
    path: str,
    *,
    method: str = "POST",
    chunks: Sequence[bytes] = (b"",),
    headers: Mapping[str, str] | None = None,
    query: bytes = b"",
    is_cut_off: bool = False,
) -> Reply | None:
    """Speak ASGI to the application; none where it gave no answer."""
    messages: list[dict[str, object]] = [
        {
            "type": "http.request",
            "body": chunk,
            "more_body": is_cut_off or place < len(chunks) - 1,
        }
        for place, chunk in enumerate(chunks)
    ]
    messages.append({"type": "http.disconnect"})
    sent: list[dict[str, object]] = []

    async def receive() -> object:
        return messages.pop(0)

    async def send(message: object) -> None:
        assert isinstance(message, dict)
        sent.append(message)

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": query,
        "headers": [
            (name.lower().encode(), value.encode("latin-1"))
            for name, value in (headers or {}).items()
        ],
    }
    await app(scope, receive, send)  # type: ignore[arg-type] # plain dicts speak ASGI
    if not sent:
        return None
    head, body = sent
    pairs = head["headers"]
    assert isinstance(pairs, list)
    data, status = body["body"], head["status"]
    assert isinstance(data, bytes)
    assert isinstance(status, int)
    found = {name.decode(): value.decode("latin-1") for name, value in pairs}
    return Reply(status=status, headers=found, body=data)


def post(
    app: ASGIApp,
    path: str,
    body: object,
    *,
    headers: Mapping[str, str] | None = None,
) -> Reply:
    """Post a body (bytes as they are, anything else as JSON) and return the answer."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    reply = asyncio.run(exchange(app, path, chunks=(data,), headers=headers))
    assert reply is not None
    return reply


def get(app: ASGIApp, path: str, *, query: bytes = b"") -> Reply:
    reply = asyncio.run(exchange(app, path, method="GET", query=query))
    assert reply is not None
    return reply
