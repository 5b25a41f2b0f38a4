"""Messages with any text in any field."""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import strategies as st
from tests.channels.messages import AT

from handrail.ports.channel import Message, MessageItem

TEXT = st.text(st.characters(), max_size=60) | st.sampled_from(
    ["", "x" * 6000, "\r\nBcc: eve@example.org\r\n\r\n", "\x1b[2J\x07", "é" * 1100]
)
INSTANT = st.datetimes(timezones=st.just(UTC)) | st.just(datetime(1, 1, 1, tzinfo=UTC))

ITEMS = st.builds(
    MessageItem,
    page_id=TEXT,
    delivery_id=TEXT,
    title=TEXT,
    service=TEXT,
    severity=TEXT,
    opened_at=INSTANT,
    summary=TEXT,
    details=st.lists(st.tuples(TEXT, TEXT), max_size=4).map(tuple),
    alert_url=TEXT,
    ack_url=TEXT,
    what_next=TEXT,
    notes=st.lists(TEXT, max_size=3).map(tuple),
    incident=TEXT,
    open_url=TEXT,
)
BULLETIN_ITEMS = ITEMS.map(
    lambda item: replace(item, page_id="", bulletin_id="b", kind="update", ack_url="")
)

MESSAGES = st.builds(
    Message,
    idempotency_key=TEXT,
    recipient=TEXT,
    address=st.just("ana@example.org"),
    secret=st.just(""),
    items=st.lists(ITEMS, min_size=1, max_size=24).map(tuple)
    | st.tuples(BULLETIN_ITEMS),
    is_repeat=st.booleans(),
    sent_at=st.just(AT),
)
