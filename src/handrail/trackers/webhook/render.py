"""A ticket as the JSON body of a webhook, and the answer back; see ``doc.md``."""

import json
from typing import Any

from handrail.core import limits
from handrail.core.backlog.ticket import TrackerTook
from handrail.core.instants import format_rfc3339
from handrail.core.paging import wording
from handrail.ports.tracker import TicketOrder

TYPE = "ticket.requested"
DESCRIPTION_CHARS_MAX = 4000
REFERENCE_CHARS_MAX = 200


def render(order: TicketOrder) -> bytes:
    """Return the body, ASCII JSON."""
    ticket = order.ticket
    incident = f"INC-{ticket.incident_number}" if ticket.incident_number else None
    content = {
        "type": TYPE,
        "timestamp": format_rfc3339(order.sent_at),
        "data": {
            "ticket_id": ticket.id,
            "title": wording.one_line(ticket.title, limit=limits.TITLE_CHARS_MAX),
            "description": wording.block(
                ticket.description, limit=DESCRIPTION_CHARS_MAX
            ),
            "service": ticket.service,
            "severity": ticket.severity,
            "origin": ticket.origin,
            "alert_id": ticket.alert_id,
            "incident": incident,
            "url": order.origin_url,
            "asked_at": format_rfc3339(ticket.created_at),
        },
    }
    return json.dumps(content, separators=(",", ":")).encode("ascii")


def taken(body: bytes) -> TrackerTook:
    """Return what the tracker says of the ticket it opened.

    The answer is somebody else's: what is not a short text or a link is left out.
    """
    try:
        told: Any = json.loads(body) if body else {}
    except (ValueError, RecursionError):
        told = {}
    if not isinstance(told, dict):
        return TrackerTook()
    reference, link = told.get("reference"), told.get("link")
    return TrackerTook(
        reference=(
            wording.one_line(reference, limit=REFERENCE_CHARS_MAX)
            if isinstance(reference, str)
            else ""
        ),
        link=_link(link) if isinstance(link, str) else "",
    )


def _link(text: str) -> str:
    is_link = text.startswith(("https://", "http://"))
    is_clean = len(text) <= limits.LINK_CHARS_MAX and all(
        character.isprintable() and not character.isspace() for character in text
    )
    return text if is_link and is_clean else ""
