"""A planned delivery becomes a debt."""

from datetime import datetime

from handrail.core.ids import DeliveryId, EntryId
from handrail.core.paging.delivery import Delivery
from handrail.core.paging.event import PlannedDelivery


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
