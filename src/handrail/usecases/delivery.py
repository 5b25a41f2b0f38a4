"""Sending in three steps that a crash may fall between: claim, send, record.

Claim and record are here, each one transaction; the send itself holds none.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from handrail.core import limits
from handrail.core.alert.alert import Alert
from handrail.core.configuration.snapshot import Snapshot
from handrail.core.ids import (
    AlertId,
    AttemptId,
    BulletinId,
    DeliveryId,
    IncidentId,
    NodeId,
    PageId,
)
from handrail.core.incident.incident import Incident
from handrail.core.paging.bulletin import Bulletin
from handrail.core.paging.delivery import Attempt, Delivery, DeliveryState
from handrail.core.paging.dispatch import (
    DispatchPlan,
    MethodKey,
    claimed,
    plan_dispatch,
)
from handrail.core.paging.outcome import (
    Accepted,
    Outcome,
    Permanent,
    Retryable,
    Unknown,
)
from handrail.core.paging.page import Page, PageState
from handrail.core.paging.retry import Settled, bring_forward, cancel, settle
from handrail.core.people.contact_method import ChannelKind
from handrail.ports.id_source import IdSource
from handrail.ports.setback import Setback, UnreadableError
from handrail.ports.store import Transaction
from handrail.usecases import paging, setback
from handrail.usecases.debtor import Debtors, debtor, debtors_of
from handrail.usecases.turn import lock_turns

HELD = paging.HELD
"""The meta key that keeps everything from being sent, after a restore."""

DUE_SEEN_MAX = 2000
"""Due deliveries looked at in one claim: a backlog is seen, and bundled, whole."""

Planner = Callable[..., DispatchPlan]


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """One message that this node has claimed the right to send.

    Attributes:
        id: Names the message; attempts of a bundle share it.
        deliveries: What it settles; more than one is a bundle.
        pages: The pages that owe them, as they were at the claim.
        alerts: The alerts those pages are about, by alert id.
        bulletins: The bulletins that owe them; a message has pages or one bulletin.
        incidents: The incidents that any of these are about.
        snapshot: The configuration in force, for saying who is told next.
        claimed_at: When the claim was made, by the transaction's clock.
    """

    id: str
    deliveries: tuple[Delivery, ...]
    pages: Mapping[PageId, Page]
    alerts: Mapping[AlertId, Alert]
    snapshot: Snapshot
    claimed_at: datetime
    bulletins: Mapping[BulletinId, Bulletin] = field(default_factory=dict)
    incidents: Mapping[IncidentId, Incident] = field(default_factory=dict)

    @property
    def first(self) -> Delivery:
        """Return the delivery whose address and method the message uses."""
        return self.deliveries[0]

    @property
    def concerned(self) -> frozenset[AlertId]:
        """Return the alerts that recording it locks first."""
        return frozenset(p.alert_id for p in self.pages.values() if p.alert_id)


def claim(
    tx: Transaction,
    *,
    node: NodeId,
    ids: IdSource,
    kind: ChannelKind | None = None,
    messages: int = limits.CLAIM_BATCH_MAX,
    plan: Planner = plan_dispatch,
) -> list[Send]:
    """Claim what is due under a lease and a new fence; nothing while held.

    Args:
        tx: The transaction.
        node: Who claims.
        ids: Makes the messages' ids.
        kind: Only deliveries of this kind, so that a slow provider holds up no other.
        messages: At most this many messages; a bundle counts once.
        plan: Says what is sent, bundled or dropped.
    """
    if tx.meta.get(HELD):
        return []
    unreadable: list[UnreadableError] = []
    claimable = tx.delivery.claimable(
        limit=DUE_SEEN_MAX, kind=kind, otherwise=unreadable.append
    )
    setback.leave_out(
        tx,
        unreadable,
        lambda row, at: tx.delivery.put_off(DeliveryId(row), at),
        ids=ids,
    )
    if not claimable:
        return []
    debtors = debtors_of(tx, claimable, otherwise=partial(_set_aside, tx, ids=ids))
    recent: Mapping[MethodKey, Sequence[datetime]] = tx.delivery.recent_messages(
        since=tx.now - limits.METHOD_WINDOW
    )
    planned = plan(
        [d for d in claimable if debtor(d) not in debtors.unreadable],
        pages=debtors.pages,
        bulletins=debtors.pointless,
        recent=recent,
        now=tx.now,
    )
    for delivery in (*planned.ended, *planned.deferred):
        tx.delivery.save(delivery)
    claimed_ones: dict[str, Send] = {}

    def act(group: Sequence[Delivery]) -> None:
        claimed_ones[group[0].id] = _claim_one(tx, group, debtors, node, ids)

    def otherwise(group: Sequence[Delivery], why: Setback) -> None:
        claimed_ones.pop(group[0].id, None)
        _set_aside(tx, group, why, ids=ids)

    setback.each(tx, planned.sends[:messages], act, otherwise=otherwise)
    return list(claimed_ones.values())


def _set_aside(
    tx: Transaction, group: Sequence[Delivery], why: Setback, *, ids: IdSource
) -> None:
    """Let deliveries that cannot be claimed wait, so that they block no others."""

    def wait() -> None:
        for delivery in group:
            waiting = replace(
                delivery,
                state=DeliveryState.PENDING,
                lease_until=None,
                lease_owner=None,
                next_attempt_at=setback.again_at(tx, why),
                reason=f"could not be claimed: {type(why.error).__name__}",
            )
            tx.delivery.save(waiting)

    tx.attempt(wait)
    about = f"Delivery {group[0].id}"
    tx.attempt(
        lambda: setback.raise_alert(
            tx, what="claim a delivery", about=about, setback=why, ids=ids
        )
    )


def _claim_one(
    tx: Transaction,
    group: Sequence[Delivery],
    debtors: Debtors,
    node: NodeId,
    ids: IdSource,
) -> Send:
    lease_until = tx.now + limits.LEASE
    taken = tuple(claimed(d, owner=node, lease_until=lease_until) for d in group)
    for delivery in taken:
        tx.delivery.save(delivery)
    pages = {d.page_id: debtors.pages[d.page_id] for d in taken if d.page_id}
    bulletins = {
        d.bulletin_id: debtors.bulletins[d.bulletin_id] for d in taken if d.bulletin_id
    }
    alerts = (
        setback.readable(partial(tx.alert.get, page.alert_id))
        for page in pages.values()
        if page.alert_id
    )
    about = {b.incident_id for b in bulletins.values()}
    about |= {p.incident_id for p in pages.values()}
    incidents = (tx.incident.get(one) for one in about if one is not None)
    return Send(
        id=ids.new_id(),
        deliveries=taken,
        pages=pages,
        alerts={alert.id: alert for alert in alerts if alert is not None},
        snapshot=tx.configuration.snapshot(),
        claimed_at=tx.now,
        bulletins=bulletins,
        incidents={one.id: one for one in incidents if one is not None},
    )


Settle = Callable[..., Settled]


def record(
    tx: Transaction,
    send: Send,
    outcome: Outcome,
    *,
    node: NodeId,
    ids: IdSource,
    decide: Settle = settle,
) -> None:
    """Record what the attempt came to, for every delivery of the message.

    Success counts whatever happened meanwhile; failure only under the present fence.
    """
    # What follows from a failure concerns the pages: see the order of locks.
    tx.alert.lock(send.concerned)
    _lock_without_alert(tx, send.pages.values())
    attempts = []
    failed = []
    # One for all: what travelled together is tried again together, under one key.
    jitter = ids.jitter()
    for claimed_one in send.deliveries:
        stored = tx.delivery.get(claimed_one.id, lock=True)
        if stored is None:
            continue
        attempts.append(_attempt(send, claimed_one, outcome, now=tx.now, node=node))
        settled = decide(
            stored,
            outcome,
            fence=claimed_one.fence,
            jitter=jitter,
            now=tx.now,
        )
        if settled.delivery != stored:
            tx.delivery.save(settled.delivery)
        if settled.fail_over:
            failed.append(settled.delivery)
    tx.delivery.add_attempts(attempts)
    _lock_turns_after(tx, failed)
    for delivery in failed:
        # What the attempt came to is recorded even if nothing can follow from it:
        # else the same message would be sent again after every lease.
        tx.attempt(partial(_fail_over, tx, delivery, ids=ids))


def _lock_without_alert(tx: Transaction, pages: Iterable[Page]) -> None:
    """Lock the pages that no alert's lock stands for, before their deliveries."""
    for page_id in sorted(page.id for page in pages if page.alert_id is None):
        tx.page.get(page_id, lock=True)


def _lock_turns_after(tx: Transaction, failed: Sequence[Delivery]) -> None:
    """Lock the turns that the dead deliveries' pages may take next.

    After the deliveries, for a death is known only then; nobody with a turn waits for
    a delivery whose page's alert is held here.
    """
    dead = {d.page_id for d in failed if d.state is DeliveryState.DEAD and d.page_id}
    pages = [setback.readable(partial(tx.page.get, page)) for page in sorted(dead)]
    lock_turns(tx, [page for page in pages if page is not None])


def _fail_over(tx: Transaction, failed: Delivery, *, ids: IdSource) -> None:
    if failed.page_id is None:
        return  # A bulletin uses all of its recipient's contact methods at once.
    page = tx.page.get(failed.page_id)
    if page is None or page.state not in {PageState.OPEN, PageState.EXHAUSTED}:
        return
    others = tx.delivery.owed_for_recipient(failed.page_id, failed.recipient)
    for other in others:
        if other.id == failed.id:
            continue
        forward = bring_forward(other, now=tx.now)
        if forward != other:
            tx.delivery.save(forward)
            break
    if failed.state is DeliveryState.DEAD:
        paging.escalate_dead_level(tx, failed.page_id, failed.entry_id, ids=ids)


def _attempt(
    send: Send,
    delivery: Delivery,
    outcome: Outcome,
    *,
    now: datetime,
    node: NodeId,
) -> Attempt:
    name, detail, reference = _told(outcome)
    return Attempt(
        # One claim, one attempt, even where a commit's answer was lost and it is
        # recorded again.
        id=AttemptId(f"{delivery.id}.{delivery.fence}"),
        delivery_id=DeliveryId(delivery.id),
        node=node,
        fence=delivery.fence,
        started_at=send.claimed_at,
        ended_at=now,
        outcome=name,
        detail=detail[:500],
        reference=reference[:200],
        bundle_id=send.id if len(send.deliveries) > 1 else "",
    )


def _told(outcome: Outcome) -> tuple[str, str, str]:
    """Return the outcome's name, detail and provider reference, as they are stored."""
    match outcome:
        case Accepted(reference=reference):
            return "accepted", "", reference
        case Retryable(reason=reason):
            return "retryable", reason, ""
        case Permanent(reason=reason, scope=scope):
            return f"permanent:{scope}", reason, ""
        case Unknown(reason=reason):
            return "unknown", reason, ""


def reclaim_dead(tx: Transaction, dead: Sequence[NodeId]) -> int:
    """Make the claims of nodes that are surely gone due at once."""
    return tx.delivery.lapse_leases(dead) if dead else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldView:
    """What would be sent if the installation were released.

    Attributes:
        since: What put it on hold, or none where it is not held.
        owed: Deliveries, soonest first.
        per_recipient: How many each recipient would get, before bundling.
    """

    since: str | None
    owed: tuple[Delivery, ...]
    per_recipient: Mapping[str, int]


def show_held(tx: Transaction, *, limit: int = 1000) -> HeldView:
    """Return what waits, and why nothing is being sent."""
    owed = tuple(tx.delivery.owed(limit=limit))
    counts = Counter(d.recipient for d in owed)
    return HeldView(since=tx.meta.get(HELD) or None, owed=owed, per_recipient=counts)


def release(tx: Transaction, *, discard: bool) -> int:
    """Let sending go on; with ``discard`` what was owed before is cancelled first.

    Returns:
        How many deliveries were cancelled.
    """
    cancelled = 0
    if discard:
        owed = tx.delivery.owed(limit=1_000_000)
        page_ids = sorted({d.page_id for d in owed if d.page_id})
        found = [setback.readable(partial(tx.page.get, p)) for p in page_ids]
        pages = [page for page in found if page is not None]
        tx.alert.lock({page.alert_id for page in pages if page.alert_id})
        _lock_without_alert(tx, pages)
        why = "discarded when the restored installation was released"
        for page_id in page_ids:
            cancelled += tx.delivery.cancel_owed(page_id, reason=why)
        for delivery in (d for d in owed if d.bulletin_id):
            tx.delivery.save(cancel(delivery, reason=why, now=tx.now))
            cancelled += 1
    tx.meta.set(HELD, "")
    return cancelled
