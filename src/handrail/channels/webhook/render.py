"""A message as the JSON body of a webhook; documented in ``doc.md``."""

import json
from datetime import UTC
from typing import Any

from handrail.core import limits
from handrail.core.instants import format_rfc3339
from handrail.core.paging import wording
from handrail.ports.channel import Message, MessageItem

TYPE = "page.notified"
BULLETIN_TYPE = "bulletin.notified"
SUMMARY_CHARS_MAX = 4000
DETAIL_CHARS_MAX = 1000
DETAILS_MAX = 64
NOTES_MAX = 10


def render(message: Message) -> bytes:
    """Return the body, ASCII JSON; a fault in the rendering gives a smaller one."""
    return wording.safely(
        lambda: _body(message, [_item(item) for item in message.items]),
        otherwise=lambda: _body(message, [_least(item) for item in message.items]),
    )


def hops(message: Message) -> int:
    """Return the most hops of any page in the message."""
    return max(wording.hops(item.details) for item in message.items)


def _body(message: Message, items: list[dict[str, Any]]) -> bytes:
    content = {
        "type": BULLETIN_TYPE if message.items[0].is_bulletin else TYPE,
        "timestamp": format_rfc3339(message.sent_at),
        "data": {
            "recipient": message.recipient,
            "is_repeat": message.is_repeat,
            "items": items,
        },
    }
    return json.dumps(content, separators=(",", ":")).encode("ascii")


def _item(item: MessageItem) -> dict[str, Any]:
    if item.is_bulletin:
        return _bulletin(item)
    return {
        "page_id": item.page_id,
        "delivery_id": item.delivery_id,
        "title": _title(item, limit=limits.TITLE_CHARS_MAX),
        "service": wording.one_line(item.service, limit=128),
        "severity": wording.one_line(item.severity, limit=16),
        "opened_at": format_rfc3339(item.opened_at.astimezone(UTC)),
        "summary": wording.block(item.summary, limit=SUMMARY_CHARS_MAX),
        "details": {
            wording.one_line(name, limit=200): wording.one_line(
                value, limit=DETAIL_CHARS_MAX
            )
            for name, value in item.details[:DETAILS_MAX]
        },
        "alert_url": wording.link(item.alert_url),
        "ack_url": wording.link(item.ack_url),
        "incident": wording.one_line(item.incident, limit=32),
        "open_url": wording.link(item.open_url),
        "what_next": wording.one_line(item.what_next, limit=500),
        "notes": [wording.one_line(note, limit=500) for note in item.notes[:NOTES_MAX]],
    }


def _bulletin(item: MessageItem) -> dict[str, Any]:
    return {
        "bulletin_id": item.bulletin_id,
        "delivery_id": item.delivery_id,
        "kind": item.kind,
        "incident": wording.one_line(item.incident, limit=32),
        "title": _title(item, limit=limits.TITLE_CHARS_MAX),
        "service": wording.one_line(item.service, limit=128),
        "severity": wording.one_line(item.severity, limit=16),
        "told_at": format_rfc3339(item.opened_at.astimezone(UTC)),
        "text": wording.block(item.summary, limit=SUMMARY_CHARS_MAX),
        "open_url": wording.link(item.open_url),
        "notes": [wording.one_line(note, limit=500) for note in item.notes[:NOTES_MAX]],
    }


def _least(item: MessageItem) -> dict[str, Any]:
    if item.is_bulletin:
        return {
            "bulletin_id": item.bulletin_id,
            "delivery_id": item.delivery_id,
            "title": _title(item, limit=200),
            "open_url": wording.link(item.open_url),
            "notes": [wording.NOT_RENDERED],
        }
    return {
        "page_id": item.page_id,
        "delivery_id": item.delivery_id,
        "title": _title(item, limit=200),
        "ack_url": wording.link(item.ack_url),
        "notes": [wording.NOT_RENDERED],
    }


def _title(item: MessageItem, *, limit: int) -> str:
    return wording.one_line(item.title, limit=limit) or wording.NO_TITLE
