"""A page's events as stored text, and back."""

from datetime import datetime

import msgspec

from handrail.core.audit.event import NewEvent, StoredEvent
from handrail.core.paging.event import (
    AlertExpired,
    DeclarationNudged,
    LevelNotified,
    LevelSkipped,
    PageAcknowledged,
    PageEvent,
    PageExhausted,
    PageOpened,
    PageResolved,
    TimerRestarted,
)
from handrail.ports.id_source import IdSource

KINDS: dict[str, type[PageEvent]] = {
    "page_opened": PageOpened,
    "level_skipped": LevelSkipped,
    "level_notified": LevelNotified,
    "page_acknowledged": PageAcknowledged,
    "page_resolved": PageResolved,
    "page_exhausted": PageExhausted,
    "alert_expired": AlertExpired,
    "timer_restarted": TimerRestarted,
    "declaration_nudged": DeclarationNudged,
}
_NAMES = {kind: name for name, kind in KINDS.items()}
_DECODERS = {name: msgspec.json.Decoder(kind) for name, kind in KINDS.items()}
"""Made at import: a type that two threads meet first at once ends the process."""


def stream_of(page_id: str) -> str:
    """Return the name of a page's stream."""
    return f"page:{page_id}"


def new_event(event: PageEvent, *, at: datetime, actor: str, ids: IdSource) -> NewEvent:
    """Return the event as it is appended to the record."""
    return NewEvent(
        kind=_NAMES[type(event)],
        occurred_at=at,
        actor=actor,
        payload=msgspec.json.encode(event, order="deterministic").decode(),
        salt=ids.new_secret(),
    )


def page_event(stored: StoredEvent) -> PageEvent:
    """Return the event that a stored one of a page's stream stands for."""
    return _DECODERS[stored.kind].decode(stored.payload)
