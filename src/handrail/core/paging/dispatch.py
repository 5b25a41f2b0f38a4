"""Which due deliveries go out now, which travel together, which wait a moment."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from handrail.core import limits
from handrail.core.ids import NodeId, PageId
from handrail.core.instants import EPOCH
from handrail.core.paging.delivery import Delivery, DeliveryState
from handrail.core.paging.page import Page, PageState
from handrail.core.paging.retry import cancel, collapse

MethodKey = tuple[str, str]
"""(recipient, contact method): what a person's device can be flooded through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchPlan:
    """What becomes of the deliveries that are due.

    Attributes:
        sends: Each tuple is one message; more than one delivery is a bundle.
        ended: Deliveries that need no message any more, with their reason.
        deferred: Deliveries that wait until ``next_attempt_at`` to be bundled.
    """

    sends: tuple[tuple[Delivery, ...], ...]
    ended: tuple[Delivery, ...]
    deferred: tuple[Delivery, ...]


def plan_dispatch(
    due: Sequence[Delivery],
    *,
    pages: Mapping[str, Page],
    bulletins: Mapping[str, str | None],
    recent: Mapping[MethodKey, Sequence[datetime]],
    now: datetime,
) -> DispatchPlan:
    """Re-validate what is due and say what is sent.

    Args:
        due: Deliveries whose time has come.
        pages: By id, the pages that owe them.
        bulletins: By id, why a bulletin need not be told any more, or none.
        recent: When messages were begun, by contact method.
        now: The present instant.

    A delivery whose page somebody took, or that ended, is cancelled. All that is due
    to one person over one contact method travels in one message, so that a backlog
    after a standstill is one digest; of several about the same page only the newest
    is told. A contact method that just got many messages waits briefly and is bundled.
    Bulletins travel one by one, after the pages, and wait longer.
    """
    groups: dict[MethodKey, list[Delivery]] = defaultdict(list)
    apart: list[Delivery] = []
    ended: list[Delivery] = []
    for delivery in due:
        why_not = _why_not(delivery, pages, bulletins, now=now)
        if why_not is not None:
            ended.append(cancel(delivery, reason=why_not, now=now))
        elif delivery.bulletin_id is not None:
            apart.append(delivery)
        else:
            groups[(delivery.recipient, delivery.method)].append(delivery)
    sends: list[tuple[Delivery, ...]] = []
    deferred: list[Delivery] = []
    for key, group in groups.items():
        until = _hold_until(group, recent.get(key, ()), now=now)
        if until is not None:
            deferred.extend(_put_off(d, until) for d in group)
            continue
        told, collapsed = _newest_per_page(group, now=now)
        sends.append(told)
        ended.extend(collapsed)
    begun = Counter((told[0].recipient, told[0].method) for told in sends)
    for delivery in apart:
        key = (delivery.recipient, delivery.method)
        until = _wait_until(recent.get(key, ()), begun=begun[key], now=now)
        if until is not None:
            deferred.append(_put_off(delivery, until))
            continue
        begun[key] += 1
        sends.append((delivery,))
    return DispatchPlan(
        sends=tuple(sends), ended=tuple(ended), deferred=tuple(deferred)
    )


def _why_not(
    delivery: Delivery,
    pages: Mapping[str, Page],
    bulletins: Mapping[str, str | None],
    *,
    now: datetime,
) -> str | None:
    if delivery.page_id is not None:
        return reason_not_to_send(delivery, pages.get(delivery.page_id), now=now)
    bulletin_id = delivery.bulletin_id
    if bulletin_id is None or bulletin_id not in bulletins:
        return "its bulletin is gone"
    if now >= delivery.deadline_at:
        return "past its deadline"
    return bulletins[bulletin_id]


def reason_not_to_send(
    delivery: Delivery, page: Page | None, *, now: datetime
) -> str | None:
    """Return why this delivery must not be sent any more, or none if it must."""
    if page is None:
        return "its page is gone"
    if page.state is PageState.ACKNOWLEDGED:
        return f"acknowledged by {page.acknowledged_by or 'the sender'}"
    if page.state is PageState.RESOLVED:
        return "resolved"
    if now >= delivery.deadline_at:
        return "past its deadline"
    return None


def _put_off(delivery: Delivery, until: datetime) -> Delivery:
    """Return the delivery waiting; a lease that lapsed is over, and would be due."""
    return replace(
        delivery,
        state=DeliveryState.PENDING,
        next_attempt_at=until,
        lease_until=None,
        lease_owner=None,
    )


def _newest_per_page(
    group: Sequence[Delivery], *, now: datetime
) -> tuple[tuple[Delivery, ...], list[Delivery]]:
    newest: dict[PageId | None, Delivery] = {}
    for delivery in sorted(group, key=lambda d: (d.due_at, d.id)):
        newest[delivery.page_id] = delivery
    told = tuple(newest.values())
    collapsed = [
        collapse(delivery, into=newest[delivery.page_id], now=now)
        for delivery in group
        if newest[delivery.page_id].id != delivery.id
    ]
    return told, collapsed


def _hold_until(
    group: Sequence[Delivery], recent: Sequence[datetime], *, now: datetime
) -> datetime | None:
    """Return until when this contact method rests, or none if it may be used now.

    All that waits for one contact method waits until the same instant, so that it then
    travels in one message: a slot's end, or when the method is free again. Only what
    has failed before may wait longer than that, and never beyond the latter.
    """
    window_start = now - limits.METHOD_WINDOW
    in_window = sorted(at for at in recent if at > window_start)
    if len(in_window) < limits.METHOD_MESSAGES_MAX:
        return None
    slot_began_at = now - (now - EPOCH) % limits.BUNDLE_WAIT_MAX
    if any(d.due_at < slot_began_at and not d.failures for d in group):
        return None
    frees_at = in_window[-limits.METHOD_MESSAGES_MAX] + limits.METHOD_WINDOW
    return min(frees_at, slot_began_at + limits.BUNDLE_WAIT_MAX)


def _wait_until(
    recent: Sequence[datetime], *, begun: int, now: datetime
) -> datetime | None:
    """Return until when a bulletin over this contact method waits, or none."""
    window_start = now - limits.METHOD_WINDOW
    in_window = sorted(at for at in recent if at > window_start)
    most = limits.BULLETINS_PER_METHOD_MAX
    if len(in_window) + begun < most:
        return None
    in_the_way = in_window[-most] if len(in_window) >= most else now
    return in_the_way + limits.METHOD_WINDOW


def claimed(delivery: Delivery, *, owner: NodeId, lease_until: datetime) -> Delivery:
    """Return the delivery claimed by a node: leased, under a new fence."""
    return replace(
        delivery,
        state=DeliveryState.CLAIMED,
        lease_owner=owner,
        lease_until=lease_until,
        fence=delivery.fence + 1,
        attempts=delivery.attempts + 1,
    )


def may_still_send(*, waited: timedelta) -> bool:
    """Return whether a claimed message may still be sent so long after its claim.

    Measured on the sender's own monotonic clock, which no pause can stop. What may
    not is left to its lease: whoever claims it next looks at the page again.
    """
    return waited < limits.SEND_START_MAX
