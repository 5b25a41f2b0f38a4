"""Reaching people."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from handrail.core.paging.outcome import Outcome
from handrail.core.people.contact_method import ChannelKind


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageItem:
    """One page, or one bulletin, as a recipient is told of it.

    Attributes:
        page_id: The page, or "" where this is a bulletin.
        bulletin_id: The bulletin, or "" where this is a page.
        kind: Why a bulletin is told, or "" where this is a page.
        incident: What it is about, such as ``INC-42``, or "".
        open_url: Where one goes on with the incident or bulletin, or "".
        opened_at: When the page or bulletin began, in the zone its recipient reads
            clocks in.
        alert_url: The alert it is about, or "".
        ack_url: Where this recipient acknowledges this page; "" where this is a
            bulletin, which asks nobody to.
        what_next: Who is paged next and when if nothing is done, in words.
        notes: Anything else that must be said, such as a repeat or an expiry.
    """

    page_id: str
    delivery_id: str
    title: str
    service: str
    severity: str
    opened_at: datetime
    summary: str
    details: tuple[tuple[str, str], ...]
    alert_url: str
    ack_url: str
    what_next: str
    notes: tuple[str, ...]
    bulletin_id: str = ""
    kind: str = ""
    incident: str = ""
    open_url: str = ""

    @property
    def is_bulletin(self) -> bool:
        """Return whether nobody is asked to acknowledge it."""
        return bool(self.bulletin_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is sent to one recipient over one contact method.

    It is one page, a bundle of pages, or one bulletin.

    Attributes:
        idempotency_key: Stable over repeated attempts at the same content.
        address: Where to.
        secret: Reference to the signing secret, or "".
        items: At least one; more make a bundle.
        is_repeat: An earlier attempt may have arrived.
        sent_at: When this attempt began.
    """

    idempotency_key: str
    recipient: str
    address: str
    secret: str
    items: tuple[MessageItem, ...]
    is_repeat: bool
    sent_at: datetime


class Channel(Protocol):
    """One way for a message to travel."""

    kind: ChannelKind

    async def send(self, message: Message) -> Outcome:
        """Try once within ``limits.SEND_TIMEOUT``; provider trouble never raises."""
        ...
