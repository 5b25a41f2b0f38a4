"""A delivery: the debt of a page or bulletin to one recipient over one method."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique

from handrail.core.ids import (
    AttemptId,
    BulletinId,
    DeliveryId,
    EntryId,
    NodeId,
    PageId,
    Slug,
)
from handrail.core.people.contact_method import ChannelKind


@unique
class DeliveryState(StrEnum):
    """Pending and claimed are still owed; the others are ends.

    A timeout never leads to an end: an expired claim is due again.
    """

    PENDING = "pending"
    CLAIMED = "claimed"
    HANDED_OVER = "handed_over"
    DEAD = "dead"
    CANCELLED = "cancelled"
    COLLAPSED = "collapsed"


OWED = frozenset({DeliveryState.PENDING, DeliveryState.CLAIMED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The debt, and its claim.

    Attributes:
        page_id: The page that owes it, or none where a bulletin does.
        bulletin_id: The bulletin that owes it, or none where a page does.
        entry_id: The page's level entry; the bulletin's id where a bulletin owes it.
        recipient: ``user:ana`` or ``channel:ops``.
        due_at: When the ladder first wants it; nothing is sent before.
        next_attempt_at: When it is next due; later than ``due_at`` after a failure.
        deadline_at: After this it is no longer tried.
        lease_until: While claimed, when the claim lapses.
        fence: Grows with each claim; failures are recorded only under the current one.
        attempts: How many attempts were begun.
        failures: How many of them failed.
        idempotency_key: The same for every attempt at this delivery.
        reason: Why it is in this state, in words.
    """

    id: DeliveryId
    entry_id: EntryId
    recipient: str
    target: str
    why: str
    method: Slug
    kind: ChannelKind
    address: str
    secret: str
    due_at: datetime
    next_attempt_at: datetime
    deadline_at: datetime
    created_at: datetime
    idempotency_key: str
    page_id: PageId | None = None
    bulletin_id: BulletinId | None = None
    state: DeliveryState = DeliveryState.PENDING
    lease_until: datetime | None = None
    lease_owner: NodeId | None = None
    fence: int = 0
    attempts: int = 0
    failures: int = 0
    closed_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try at one or (in a bundle) one of several deliveries; append-only.

    Attributes:
        fence: The claim it was made under.
        bundle_id: Shared by attempts that travelled in one message, or "".
        outcome: ``accepted``, ``retryable``, ``permanent`` or ``unknown``.
    """

    id: AttemptId
    delivery_id: DeliveryId
    node: NodeId
    fence: int
    started_at: datetime
    ended_at: datetime
    outcome: str
    detail: str
    reference: str
    bundle_id: str = ""
