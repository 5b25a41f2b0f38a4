"""What the database and the people have, against what the world was promised."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise

from tests.crash.ledger import Ledger
from tests.crash.lives import Death, Lives
from tests.crash.sink import Arrival

from handrail.core.alert.receipt import EntryKind
from handrail.core.ids import AlertId, PageId, ReceiptId
from handrail.core.paging.delivery import Attempt, Delivery
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
        untimely: Arrivals that came too early, or again for no reason.
        repeats: Deliveries that arrived again, which at-least-once allows.
        unrecorded: Messages that arrived, and whose outcome no server recorded.
        unknown: Attempts recorded as such: the receiver's answer did not come.
    """

    lost: list[str] = field(default_factory=list)
    never_made: list[str] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    untimely: list[str] = field(default_factory=list)
    pages: int = 0
    repeats: int = 0
    unrecorded: int = 0
    unknown: int = 0

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
    found = reckon(store, lives.ledger, lives.sink.arrivals, lives.deaths)
    store.close()
    with closing(sqlite3.connect(path)) as database:
        checked = database.execute("PRAGMA integrity_check").fetchall()
    if checked != [("ok",)]:
        found.broken.append(f"integrity: {checked[:3]}")
    return found


def reckon(
    store: Store, ledger: Ledger, arrivals: list[Arrival], deaths: list[Death]
) -> Reckoning:
    """Compare the store and the arrivals with the ledger.

    Args:
        store: What the servers left.
        ledger: What the world was told.
        arrivals: What people got.
        deaths: Every kill; nothing else excuses what was never recorded.
    """
    return store.read(lambda tx: _reckon(tx, ledger, arrivals, deaths))


def _reckon(
    tx: Transaction, ledger: Ledger, arrivals: list[Arrival], deaths: list[Death]
) -> Reckoning:
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
    _reckon_arrivals(tx, pages, arrivals, deaths, found)
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


def _reckon_arrivals(
    tx: Transaction,
    pages: Sequence[Page],
    arrivals: Sequence[Arrival],
    deaths: Sequence[Death],
    found: Reckoning,
) -> None:
    by_delivery: dict[str, list[Arrival]] = defaultdict(list)
    for arrival in arrivals:
        by_delivery[arrival.delivery].append(arrival)
    found.repeats = sum(len(came) - 1 for came in by_delivery.values())
    tried: dict[str, list[Attempt]] = defaultdict(list)
    for page in pages:
        for attempt in tx.delivery.attempts(page.id):
            tried[attempt.delivery_id].append(attempt)
            found.unknown += attempt.outcome == "unknown"
    found.unrecorded = _count_unrecorded(arrivals, tried)
    owed = {str(d.id): d for page in pages for d in tx.delivery.for_page(page.id)}
    for delivery_id, came in by_delivery.items():
        faults = _untimely(owed.get(delivery_id), came, tried[delivery_id], deaths)
        found.untimely.extend(f"delivery {delivery_id} {fault}" for fault in faults)


def _count_unrecorded(
    arrivals: Sequence[Arrival], tried: Mapping[str, Sequence[Attempt]]
) -> int:
    recorded = {
        (delivery_id, _millisecond(attempt.started_at))
        for delivery_id, attempts in tried.items()
        for attempt in attempts
    }
    messages = {
        (arrival.key, arrival.claimed_at)
        for arrival in arrivals
        if (arrival.delivery, arrival.claimed_at) not in recorded
    }
    return len(messages)


def _untimely(
    delivery: Delivery | None,
    came: Sequence[Arrival],
    tried: Sequence[Attempt],
    deaths: Sequence[Death],
) -> Iterator[str]:
    """Tell what came too early, again for no reason, or again under another key."""
    if delivery is None:
        yield "arrived, and the record does not know it"
        return
    if min(arrival.at for arrival in came) < delivery.due_at:
        yield "arrived before it was due"
    if len(came) > delivery.fence:
        yield f"came {len(came)} times, claimed {delivery.fence}"
    keys = {arrival.key for arrival in came if arrival.messages == 1}
    if len(keys) > 1:
        yield f"came under {len(keys)} keys"
    yield from needless_repeats(came, tried, deaths)


def needless_repeats(
    came: Sequence[Arrival], tried: Sequence[Attempt], deaths: Sequence[Death]
) -> Iterator[str]:
    """Tell which arrivals of one delivery came again without one of the two excuses.

    A server may send again what it has recorded as unknown: this receiver takes all,
    so there is no other failure. What no server recorded may be sent again if one died
    after it was claimed and before it was claimed again; within one life it may not.
    """
    outcomes = {_millisecond(attempt.started_at): attempt for attempt in tried}
    in_order = sorted(came, key=lambda arrival: arrival.claimed_at)
    for earlier, later in pairwise(in_order):
        claims = f"claimed {earlier.claimed_at} and {later.claimed_at}"
        attempt = outcomes.get(earlier.claimed_at)
        if earlier.claimed_at == later.claimed_at:
            yield f"came twice of one claim, {claims}"
        elif attempt is not None and _is_before(attempt.ended_at, later.claimed_at):
            if attempt.outcome != "unknown":
                yield f"came again though recorded as {attempt.outcome}, {claims}"
        elif not any(
            earlier.claimed_at < death.gone_at
            and _is_before(death.asked_at, later.claimed_at)
            for death in deaths
        ):
            yield f"came twice in one life, {claims}"


def _is_before(instant: datetime, told: datetime) -> bool:
    return _millisecond(instant) <= told


def _millisecond(instant: datetime) -> datetime:
    """Return the instant cut as a message tells it."""
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)
