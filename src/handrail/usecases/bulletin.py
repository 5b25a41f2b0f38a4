"""Telling people without asking them to answer: a bulletin and what it owes."""

from collections.abc import Iterable
from dataclasses import replace

from handrail.core.escalation.policy import Target, TargetKind
from handrail.core.ids import DeliveryId, EntryId, Slug
from handrail.core.paging.bulletin import Bulletin
from handrail.core.paging.debt import debt
from handrail.core.paging.delivery import Delivery
from handrail.core.paging.event import PlannedDelivery
from handrail.core.paging.ladder import plan_level
from handrail.core.severity.severity import Urgency
from handrail.ports.id_source import IdSource
from handrail.ports.store import Transaction


def people(names: Iterable[Slug]) -> tuple[Target, ...]:
    """Return the targets that lead to these users, nobody twice."""
    return tuple(
        Target(kind=TargetKind.USER, name=name) for name in dict.fromkeys(names)
    )


def reached(tx: Transaction, targets: Iterable[Target]) -> tuple[str, ...]:
    """Return whom the targets lead to now, such as ``user:ana`` or ``channel:ops``."""
    found = _planned(tx, targets, Urgency.LOW)
    return tuple(dict.fromkeys(planned.recipient for planned in found))


def tell(
    tx: Transaction,
    bulletin: Bulletin,
    targets: Iterable[Target],
    *,
    urgency: Urgency = Urgency.LOW,
    ids: IdSource,
) -> tuple[str, ...]:
    """Owe the bulletin to everybody the targets lead to, at once.

    Args:
        tx: The transaction.
        bulletin: What is told.
        targets: Whom.
        urgency: Whose contact methods are used; all of them, without their delays.
        ids: Makes the ids of deliveries.

    Returns:
        Who will be told; empty where nobody can be, and then nothing is kept.
    """
    planned = _planned(tx, targets, urgency)
    if not planned:
        return ()
    tx.bulletin.add(bulletin)
    tx.delivery.add([_delivery(tx, bulletin, one, ids) for one in planned])
    return tuple(dict.fromkeys(one.recipient for one in planned))


def _planned(
    tx: Transaction, targets: Iterable[Target], urgency: Urgency
) -> tuple[PlannedDelivery, ...]:
    snapshot = tx.configuration.snapshot()
    return plan_level(
        targets, urgency=urgency, snapshot=snapshot, now=tx.now
    ).deliveries


def _delivery(
    tx: Transaction, bulletin: Bulletin, planned: PlannedDelivery, ids: IdSource
) -> Delivery:
    owed = debt(
        planned,
        delivery_id=DeliveryId(ids.new_id()),
        entry_id=EntryId(bulletin.id),
        due_at=tx.now,
        deadline_at=bulletin.deadline_at,
        now=tx.now,
    )
    return replace(owed, bulletin_id=bulletin.id)
