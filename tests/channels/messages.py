"""Messages for tests."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import TypedDict, Unpack

from handrail.ports.channel import Message, MessageItem

AT = datetime(2026, 1, 31, 8, 0, 5, tzinfo=UTC)

ITEM = MessageItem(
    page_id="019c1b6e-0000-7000-8000-000000000001",
    delivery_id="019c1b6e-0000-7000-8000-000000000002",
    title="Checkout error rate",
    service="checkout",
    severity="SEV1",
    opened_at=AT,
    summary="5.2 % of checkouts fail.\nThreshold 1 %.",
    details=(("alertname", "CheckoutErrors"), ("region", "eu-west")),
    alert_url="https://handrail.example/alerts/1",
    ack_url="https://handrail.example/a/token",
    what_next="ben is paged at 08:05 UTC",
    notes=("The sender has fallen silent; this page goes on.",),
)

MESSAGE = Message(
    idempotency_key="delivery-1",
    recipient="user:ana",
    address="ana@example.org",
    secret="",
    items=(ITEM,),
    is_repeat=False,
    sent_at=AT,
)

BULLETIN = replace(
    MESSAGE,
    idempotency_key="delivery-2",
    items=(
        replace(
            ITEM,
            page_id="",
            title="INC-7: public notice due now, at 09:15 UTC",
            summary="Checkout is down\nPublish a notice.",
            details=(),
            alert_url="",
            ack_url="",
            what_next="",
            notes=(),
            bulletin_id="019c1b6e-0000-7000-8000-000000000003",
            kind="reminder",
            incident="INC-7",
            open_url="https://handrail.example/incidents/INC-7",
        ),
    ),
)


class ItemFields(TypedDict, total=False):
    page_id: str
    title: str
    service: str
    severity: str
    summary: str
    details: tuple[tuple[str, str], ...]
    alert_url: str
    ack_url: str
    what_next: str
    notes: tuple[str, ...]


class MessageFields(TypedDict, total=False):
    idempotency_key: str
    address: str
    secret: str
    is_repeat: bool
    sent_at: datetime


def message(*items: ItemFields, **fields: Unpack[MessageFields]) -> Message:
    changed = tuple(replace(ITEM, **item) for item in items) or (ITEM,)
    return replace(replace(MESSAGE, **fields), items=changed)
