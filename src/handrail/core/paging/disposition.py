"""What an alert's page does to the alert's disposition."""

from collections.abc import Sequence
from dataclasses import replace

from handrail.core.alert.alert import Alert, Disposition
from handrail.core.paging.event import (
    LevelNotified,
    PageAcknowledged,
    PageEvent,
    PageExhausted,
    PageResolved,
)
from handrail.core.paging.page import LAST_RESORT_LEVEL, Page


def disposed(alert: Alert, page: Page, events: Sequence[PageEvent]) -> Alert:
    """Return the alert with the disposition that these events of its page give it."""
    for event in events:
        match event:
            case LevelNotified(level=level) if level == LAST_RESORT_LEVEL:
                found = Disposition.LAST_RESORT
                why = "no level led to an answer; the last resort was told"
                alert = replace(alert, disposition=found, reason=why)
            case LevelNotified():
                why = f"level {event.level + 1} was told: {event.reason.words}"
                alert = replace(alert, disposition=Disposition.PAGED, reason=why)
            case PageAcknowledged():
                found = Disposition.PAGED_ACKNOWLEDGED
                why = f"acknowledged by {event.by or 'the sender'} via {event.via}"
                alert = replace(alert, disposition=found, reason=why)
            case PageExhausted():
                found = Disposition.PAGED_EXHAUSTED
                alert = replace(alert, disposition=found, reason=event.why)
            case PageResolved() if page.acknowledged_at is None:
                found = Disposition.RESOLVED
                why = f"over before anybody answered: {event.reason.words}"
                alert = replace(alert, disposition=found, reason=why)
            case _:
                pass
    return alert
