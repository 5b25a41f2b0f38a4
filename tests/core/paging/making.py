"""Pages, plans and deliveries for the tests of this concept, in a few words."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from handrail.core.alert.alert import Alert, AlertState
from handrail.core.configuration.snapshot import Snapshot
from handrail.core.escalation.policy import (
    EscalationPolicy,
    LastResort,
    Level,
    Target,
    TargetKind,
)
from handrail.core.ids import AlertId, DeliveryId, EntryId, NodeId, PageId, Slug
from handrail.core.paging.delivery import Attempt, Delivery, DeliveryState
from handrail.core.paging.escalate import climb
from handrail.core.paging.event import EscalationReason, PageEvent, PageOpened
from handrail.core.paging.evolve import begin, evolve
from handrail.core.paging.page import Page
from handrail.core.people.contact_method import ChannelKind, ContactMethod
from handrail.core.people.user import User
from handrail.core.severity.severity import Severity, Urgency

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
NODE = NodeId("node")

Record = list[tuple[PageEvent, datetime]]


def user(name: str) -> User:
    mail = ContactMethod(
        name=Slug("mail"), kind=ChannelKind.EMAIL, address=f"{name}@a.test"
    )
    return User(
        name=Slug(name),
        full_name=name,
        email="",
        time_zone="UTC",
        contact_methods=(mail,),
    )


def target(name: str) -> Target:
    return Target(kind=TargetKind.USER, name=Slug(name))


def last_resort(*names: str, times: int = 2) -> LastResort:
    targets = tuple(map(target, names))
    return LastResort(targets=targets, repeat_after=10 * MINUTE, times=times)


PLAN = Snapshot(
    revision=1,
    users={Slug(name): user(name) for name in ("ana", "ben", "mia", "olga")},
    last_resort=last_resort("olga"),
)


def policy(
    *levels: Sequence[str], rounds: int = 1, wait: timedelta = 5 * MINUTE
) -> EscalationPolicy:
    """Return a policy whose levels seek these users."""
    return EscalationPolicy(
        name=Slug("payments"),
        levels=tuple(
            Level(targets=tuple(map(target, names)), escalate_after=wait)
            for names in levels
        ),
        rounds=rounds,
    )


def opening(runs: EscalationPolicy | None) -> PageOpened:
    return PageOpened(
        alert_id=AlertId("alert"),
        title="Disk full",
        service=None,
        severity=Severity.SEV1,
        urgency=Urgency.HIGH,
        policy=runs,
        revision=1,
    )


def opened(
    runs: EscalationPolicy | None, *, snapshot: Snapshot = PLAN, at: datetime = NOW
) -> tuple[Page, Record]:
    """Return a page that just told its first level, and its record."""
    first = opening(runs)
    page = begin(PageId("page"), first, at=at)
    events = climb(
        page, reason=EscalationReason.OPENED, by=None, snapshot=snapshot, now=at
    )
    record: Record = [(first, at), *((event, at) for event in events)]
    return fold(page, events, at=at), record


def fold(page: Page, events: Sequence[PageEvent], *, at: datetime) -> Page:
    for event in events:
        page = evolve(page, event, at=at)
    return page


def delivery(
    name: str = "d1",
    *,
    page: str = "page",
    entry: str = "page.2",
    recipient: str = "user:ana",
    due_at: datetime = NOW,
) -> Delivery:
    return Delivery(
        id=DeliveryId(name),
        page_id=PageId(page),
        entry_id=EntryId(entry),
        recipient=recipient,
        target=recipient,
        why="named",
        method=Slug("mail"),
        kind=ChannelKind.EMAIL,
        address="ana@a.test",
        secret="",
        due_at=due_at,
        next_attempt_at=due_at,
        deadline_at=due_at + timedelta(hours=24),
        created_at=due_at,
        idempotency_key=f"msg_{name}",
    )


def claimed(given: Delivery, *, fence: int = 1, at: datetime = NOW) -> Delivery:
    return replace(
        given,
        state=DeliveryState.CLAIMED,
        fence=fence,
        attempts=fence,
        lease_owner=NODE,
        lease_until=at + timedelta(seconds=30),
    )


def attempt(of: Delivery, outcome: str, *, at: datetime = NOW) -> Attempt:
    from handrail.core.ids import AttemptId

    return Attempt(
        id=AttemptId(f"{of.id}.{of.fence}"),
        delivery_id=of.id,
        node=NODE,
        fence=of.fence,
        started_at=at,
        ended_at=at,
        outcome=outcome,
        detail="",
        reference="",
    )


def alert() -> Alert:
    return Alert(
        id=AlertId("alert"),
        integration=Slug("monitoring"),
        dedup_key="key",
        state=AlertState.FIRING,
        title="Disk full",
        starts_at=NOW,
        opened_at=NOW,
        last_seen_at=NOW,
    )
