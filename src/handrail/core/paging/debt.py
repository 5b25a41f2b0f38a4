"""A planned delivery becomes a debt."""

from dataclasses import replace
from datetime import datetime

from handrail.core import limits
from handrail.core.ids import DeliveryId, EntryId
from handrail.core.paging.delivery import Delivery
from handrail.core.paging.event import LevelNotified, PlannedDelivery
from handrail.core.paging.page import Page


def debt(
    planned: PlannedDelivery,
    *,
    delivery_id: DeliveryId,
    entry_id: EntryId,
    due_at: datetime,
    deadline_at: datetime,
    now: datetime,
) -> Delivery:
    """Return the delivery; whoever owes it is for the caller to set."""
    return Delivery(
        id=delivery_id,
        entry_id=entry_id,
        recipient=planned.recipient,
        target=planned.target,
        why=planned.why,
        method=planned.method,
        kind=planned.kind,
        address=planned.address,
        secret=planned.secret,
        due_at=due_at,
        next_attempt_at=due_at,
        deadline_at=deadline_at,
        created_at=now,
        idempotency_key=f"msg_{delivery_id}",
    )


def page_debt(
    planned: PlannedDelivery,
    page: Page,
    event: LevelNotified,
    *,
    delivery_id: DeliveryId,
    now: datetime,
) -> Delivery:
    """Return the delivery that a page's notified level owes from now on."""
    owed = debt(
        planned,
        delivery_id=delivery_id,
        entry_id=event.entry_id,
        due_at=now + planned.after,
        deadline_at=now + planned.after + limits.DELIVERY_MAX_AGE,
        now=now,
    )
    return replace(owed, page_id=page.id)
