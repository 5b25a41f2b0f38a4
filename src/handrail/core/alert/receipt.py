"""Receipts: the answer to an accepted request, and the journal of its repeats."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, unique

from handrail.core.ids import AlertId, ReceiptId, Slug


@unique
class EntryKind(IntEnum):
    """What admission decided of one signal; the number is what is stored."""

    OPENED = 1
    REPEATED = 2
    REOPENED = 3
    RESOLVED = 4
    ACKNOWLEDGED = 5
    UNPARSED = 6
    DROPPED = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptEntry:
    """One signal of the request.

    Attributes:
        alert_id: The alert it went into; none where it was dropped.
        ends_at: The new expiry a repeat brings, or none.
    """

    kind: EntryKind
    alert_id: AlertId | None
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """One accepted request."""

    id: ReceiptId
    integration: Slug
    received_at: datetime
    entries: tuple[ReceiptEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RawBody:
    """The body of a request that could not be read whole, kept as it came."""

    receipt_id: ReceiptId
    content_type: str
    error: str
    body: bytes
