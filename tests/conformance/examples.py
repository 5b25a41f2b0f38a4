"""Things to store, each with every field set to something that would be noticed."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from handrail.core.alert.alert import Alert, AlertState, Disposition
from handrail.core.alert.receipt import EntryKind, Receipt, ReceiptEntry
from handrail.core.escalation.policy import (
    EscalationPolicy,
    Level,
    Target,
    TargetKind,
)
from handrail.core.ids import (
    AlertId,
    AttemptId,
    DeliveryId,
    EntryId,
    NodeId,
    PageId,
    ReceiptId,
    Slug,
)
from handrail.core.paging.delivery import Attempt, Delivery
from handrail.core.paging.page import Page
from handrail.core.people.contact_method import ChannelKind
from handrail.core.severity.severity import Severity, Urgency
from handrail.ports.store import Store, Transaction
from handrail.system.clock import SystemClock
from handrail.system.id_source import RandomIds

IDS = RandomIds(SystemClock())
PROM = Slug("prom")
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)

POLICY = EscalationPolicy(
    name=Slug("payments"),
    levels=(
        Level(
            targets=(
                Target(kind=TargetKind.SCHEDULE, name=Slug("primary")),
                Target(kind=TargetKind.USER, name=Slug("ana")),
            ),
            escalate_after=timedelta(minutes=5, microseconds=1),
        ),
    ),
    rounds=2,
    version=3,
)


def alert(now: datetime, key: str = "disk", **changes: Any) -> Alert:
    made = Alert(
        id=AlertId(IDS.new_id()),
        integration=PROM,
        dedup_key=key,
        state=AlertState.FIRING,
        title="Disk full",
        labels={"host": "a"},
        starts_at=now,
        opened_at=now,
        last_seen_at=now,
    )
    return replace(made, **changes)


def whole_alert(now: datetime) -> Alert:
    return alert(
        now,
        annotations={"runbook": "https://example.com/ü"},
        url="https://example.com/graph",
        severity_word="critical",
        closed_at=now,
        state=AlertState.RESOLVED,
        generation=2,
        repeats=3,
        service=Slug("payments"),
        severity=Severity.SEV1,
        urgency=Urgency.HIGH,
        disposition=Disposition.PAGED_ACKNOWLEDGED,
        reason="because",
        decided_by="route payments v3",
        page_id=PageId(IDS.new_id()),
        evaluate_due_at=now + SECOND,
        expire_due_at=now + MINUTE,
    )


def receipt(now: datetime, *entries: ReceiptEntry) -> Receipt:
    return Receipt(
        id=ReceiptId(IDS.new_id()), integration=PROM, received_at=now, entries=entries
    )


def entry(
    kind: EntryKind, of: Alert | None = None, *, ends_at: datetime | None = None
) -> ReceiptEntry:
    alert_id = None if of is None else of.id
    return ReceiptEntry(kind=kind, alert_id=alert_id, ends_at=ends_at)


def page(of: Alert, now: datetime, **changes: Any) -> Page:
    made = Page(
        id=PageId(IDS.new_id()),
        alert_id=of.id,
        title="Disk full",
        service=Slug("payments"),
        severity=Severity.SEV1,
        urgency=Urgency.HIGH,
        policy=POLICY,
        revision=7,
        opened_at=now,
    )
    return replace(made, **changes)


def delivery(of: Page, now: datetime, **changes: Any) -> Delivery:
    made = Delivery(
        id=DeliveryId(IDS.new_id()),
        page_id=of.id,
        entry_id=EntryId(IDS.new_id()),
        recipient="user:ana",
        target="schedule:primary",
        why="on call until 18:00",
        method=Slug("mail"),
        kind=ChannelKind.EMAIL,
        address="ana@example.com",
        secret="env:SECRET",
        due_at=now,
        next_attempt_at=now,
        deadline_at=now + HOUR,
        created_at=now,
        idempotency_key=IDS.new_id(),
    )
    return replace(made, **changes)


def attempt(of: Delivery, now: datetime, **changes: Any) -> Attempt:
    made = Attempt(
        id=AttemptId(IDS.new_id()),
        delivery_id=of.id,
        node=NodeId("here"),
        fence=1,
        started_at=now,
        ended_at=now + SECOND,
        outcome="accepted",
        detail="250 ok",
        reference="abc",
    )
    return replace(made, **changes)


def add_page(store: Store, **changes: Any) -> Page:
    """Store an alert and a page about it."""

    def work(tx: Transaction) -> Page:
        about = alert(tx.now, key=IDS.new_id())
        made = page(about, tx.now, **changes)
        tx.alert.add([about])
        tx.page.add(made)
        return made

    return store.run(work)
