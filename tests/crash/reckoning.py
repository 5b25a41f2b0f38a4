"""What the database and the people have, against what the world was promised."""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tests.crash.ledger import Ledger
from tests.crash.lives import Lives
from tests.crash.sink import Arrival

from handrail.core.alert.receipt import EntryKind
from handrail.core.ids import AlertId, PageId, ReceiptId
from handrail.core.paging.delivery import Delivery
from handrail.core.paging.page import Page, PageState
from handrail.ports.store import Store, Transaction
from handrail.storage.sqlite import SqliteStore
from handrail.usecases.invariant_audit import BEGINNING, Place, audit

_ALL = 100_000


@dataclass(slots=True, kw_only=True)
class Reckoning:
    """The outcome; every list must be empty.

    Attributes:
        lost: Accepted alerts that the database does not have.
        never_made: Accepted alerts that nobody was told of.
        forgotten: Acknowledgements that did not last.
        broken: Invariants that do not hold, in words.
        untimely: Arrivals that came too early, or twice for no reason.
        repeats: Deliveries that arrived again, which at-least-once allows.
    """

    lost: list[str] = field(default_factory=list)
    never_made: list[str] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    untimely: list[str] = field(default_factory=list)
    pages: int = 0
    repeats: int = 0

    @property
    def faults(self) -> list[str]:
        """Return everything that must not be."""
        return [
            *self.lost,
            *self.never_made,
            *self.forgotten,
            *self.broken,
            *self.untimely,
        ]


def reckon_file(lives: Lives) -> Reckoning:
    """Compare a stopped server's own database file with the ledger."""
    path = lives.folder / "handrail.db"
    store = SqliteStore.open(path, now=lambda: datetime.now(UTC))
    found = reckon(store, lives.ledger, lives.sink.arrivals)
    store.close()
    with closing(sqlite3.connect(path)) as database:
        checked = database.execute("PRAGMA integrity_check").fetchall()
    if checked != [("ok",)]:
        found.broken.append(f"integrity: {checked[:3]}")
    return found


def reckon(store: Store, ledger: Ledger, arrivals: list[Arrival]) -> Reckoning:
    """Compare the store and the arrivals with the ledger."""
    return store.read(lambda tx: _reckon(tx, ledger, arrivals))


def _reckon(tx: Transaction, ledger: Ledger, arrivals: list[Arrival]) -> Reckoning:
    found = Reckoning()
    told = {arrival.title for arrival in arrivals}
    for promise in ledger.accepted:
        if not _is_kept(tx, promise.receipt, promise.title):
            found.lost.append(f"{promise.title}: {promise.receipt} is lost")
        if promise.title not in told:
            found.never_made.append(f"{promise.title}: nobody was told")
    for page_id in ledger.taken:
        page = tx.page.get(PageId(page_id))
        if page is None or page.state is not PageState.ACKNOWLEDGED:
            found.forgotten.append(
                f"{page_id}: acknowledged, now {page and page.state}"
            )
    pages = tx.page.search(active_only=False, limit=_ALL)
    found.pages = len(pages)
    found.broken.extend(_broken(tx))
    found.untimely.extend(_untimely(tx, pages, arrivals, found))
    return found


def _is_kept(tx: Transaction, receipt_id: str, title: str) -> bool:
    receipt = tx.receipt.get(ReceiptId(receipt_id))
    if receipt is None:
        return False
    kinds = {EntryKind.OPENED, EntryKind.REPEATED}
    ids = [entry.alert_id for entry in receipt.entries if entry.kind in kinds]
    alerts = [tx.alert.get(AlertId(found)) for found in ids if found is not None]
    return [alert.title for alert in alerts if alert is not None] == [title]


def _broken(tx: Transaction) -> Iterator[str]:
    """Tell what the product's own audit finds: every invariant, every hash chain."""
    place: Place | None = BEGINNING
    while place is not None:
        report = audit(tx, at=place, limit=500)
        yield from (str(violation) for violation in report.violations)
        place = report.then


def _untimely(
    tx: Transaction, pages: list[Page], arrivals: list[Arrival], found: Reckoning
) -> Iterator[str]:
    """Tell what came too early, twice in a life, or again under another key."""
    owed = {d.id: d for page in pages for d in tx.delivery.for_page(page.id)}
    unanswered = Counter(
        attempt.delivery_id
        for page in pages
        for attempt in tx.delivery.attempts(page.id)
        if attempt.outcome == "unknown"
    )
    by_delivery: dict[str, list[Arrival]] = defaultdict(list)
    for arrival in arrivals:
        by_delivery[arrival.delivery].append(arrival)
    for delivery_id, came in by_delivery.items():
        delivery = owed.get(delivery_id)  # type: ignore[call-overload]  # ids are text
        if delivery is None:
            yield f"{delivery_id} arrived, and the record does not know it"
            continue
        found.repeats += len(came) - 1
        yield from _untimely_delivery(delivery, came, unanswered[delivery.id])


def _untimely_delivery(
    delivery: Delivery, came: list[Arrival], unanswered: int
) -> Iterator[str]:
    if min(arrival.at for arrival in came) < delivery.due_at:
        yield f"delivery {delivery.id} arrived before it was due"
    if len(came) > delivery.fence:
        yield f"delivery {delivery.id} came {len(came)} times, claimed {delivery.fence}"
    lives = [arrival.life for arrival in came]
    # A claim is one send: what came more often than it was claimed is a fault above.
    # Twice in one life alone is not: at least once is the promise.
    if len(lives) - len(set(lives)) > unanswered and len(lives) > delivery.fence:
        yield f"delivery {delivery.id} came twice in one life: {lives}"
    keys = {arrival.key for arrival in came if arrival.messages == 1}
    if len(keys) > 1:
        yield f"delivery {delivery.id} came under {len(keys)} keys"
