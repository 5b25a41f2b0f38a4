"""The team's tracker, where backlog tickets go."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from handrail.core.backlog.ticket import BacklogTicket, TrackerOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketOrder:
    """A ticket, and where it is to be opened.

    Attributes:
        address: Where the tracker listens.
        secret: Reference to the signing secret, or "".
        origin_url: To the alert or incident in our console.
        sent_at: When this attempt began.
    """

    ticket: BacklogTicket
    address: str
    secret: str
    origin_url: str
    sent_at: datetime


class Tracker(Protocol):
    """Opens tickets; the same idempotency key never opens a second one."""

    async def open(self, order: TicketOrder) -> TrackerOutcome:
        """Try once within ``limits.SEND_TIMEOUT``; its trouble never raises."""
        ...
