"""What became of one notified level: whom it told, and whether it still can.

Shadows are told the same but nobody waits for them: what reached a shadow alone has
reached nobody.
"""

from collections.abc import Sequence

from handrail.core import limits
from handrail.core.ids import EntryId, PageId
from handrail.core.paging.delivery import Delivery, DeliveryState
from handrail.core.paging.event import LevelNotified
from handrail.core.paging.page import Page
from handrail.ports.store import Transaction
from handrail.usecases.page_record import page_event, stream_of


def is_dead(tx: Transaction, page_id: PageId, entry_id: EntryId) -> bool:
    """Return whether nothing of the level entry can arrive at who is responsible."""
    alive = [d for d in _of(tx, page_id, entry_id) if d.state is not DeliveryState.DEAD]
    return _are_shadows(tx, page_id, entry_id, alive)


def nobody_was_told(tx: Transaction, page: Page) -> bool:
    """Return whether no attempt was begun at who the page now waits for."""
    told = [d for d in _of(tx, page.id, page.entry_id) if d.attempts]
    due_at = page.advance_due_at
    if told and (due_at is None or tx.now - due_at <= limits.BUNDLE_STALL):
        return False  # It matters after a standstill only; the record is not read.
    return _are_shadows(tx, page.id, page.entry_id, told)


def _of(tx: Transaction, page_id: PageId, entry_id: EntryId | None) -> list[Delivery]:
    return [d for d in tx.delivery.for_page(page_id) if d.entry_id == entry_id]


def _are_shadows(
    tx: Transaction,
    page_id: PageId,
    entry_id: EntryId | None,
    deliveries: Sequence[Delivery],
) -> bool:
    """Return whether all of these deliveries go to the entry's shadows; none do."""
    if not deliveries:
        return True
    record = (page_event(stored) for stored in tx.event.read(stream_of(page_id)))
    shadows = {
        planned.recipient
        for event in record
        if isinstance(event, LevelNotified) and event.entry_id == entry_id
        for planned in event.deliveries
        if planned.is_shadow
    }
    return all(delivery.recipient in shadows for delivery in deliveries)
