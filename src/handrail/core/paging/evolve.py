"""A page is the fold of its events; this is the one place that says how."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from handrail.core.ids import PageId
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
from handrail.core.paging.page import LAST_RESORT_LEVEL, Page, PageState


def begin(page_id: PageId, event: PageOpened, *, at: datetime) -> Page:
    """Return the page as its first event leaves it."""
    is_about_one = (event.alert_id is None) != (event.incident_id is None)
    assert is_about_one, "a page is about an alert or about an incident"
    return Page(
        id=page_id,
        alert_id=event.alert_id,
        incident_id=event.incident_id,
        title=event.title,
        service=event.service,
        severity=event.severity,
        urgency=event.urgency,
        policy=event.policy,
        revision=event.revision,
        opened_at=at,
        sequence=1,
    )


def evolve(  # noqa: C901, PLR0911, PLR0912 - one flat table, a line an event
    page: Page, event: PageEvent, *, at: datetime
) -> Page:
    """Return the page after one more event that happened at ``at``."""
    page = replace(page, sequence=page.sequence + 1)
    match event:
        case PageOpened():
            msg = "a page is opened once; use begin()"
            raise AssertionError(msg)
        case LevelSkipped():
            return replace(page, round=event.round, level=event.level)
        case LevelNotified():
            return _notified(page, event)
        case PageAcknowledged():
            return replace(
                page,
                state=PageState.ACKNOWLEDGED,
                acknowledged_by=event.by,
                acknowledged_at=at,
                advance_due_at=None,
                nudge_due_at=event.nudge_at,
            )
        case PageResolved():
            return replace(
                page,
                state=PageState.RESOLVED,
                closed_at=at,
                advance_due_at=None,
                nudge_due_at=None,
            )
        case PageExhausted():
            return replace(page, state=PageState.EXHAUSTED, advance_due_at=None)
        case AlertExpired():
            return replace(page, alert_expired=True)
        case TimerRestarted():
            return replace(page, advance_due_at=event.escalate_at)
        case DeclarationNudged():
            return replace(page, nudge_due_at=None)


def _notified(page: Page, event: LevelNotified) -> Page:
    is_last_resort = event.level == LAST_RESORT_LEVEL
    return replace(
        page,
        state=PageState.OPEN,
        round=event.round,
        level=event.level,
        entry_id=event.entry_id,
        advance_due_at=event.escalate_at,
        last_resort_times=page.last_resort_times + is_last_resort,
        acknowledged_by=None,
        acknowledged_at=None,
        nudge_due_at=None,
    )


def rebuild(page_id: PageId, events: Iterable[tuple[PageEvent, datetime]]) -> Page:
    """Return the page that this whole stream of events and times amounts to."""
    stream = iter(events)
    first, at = next(stream)
    assert isinstance(first, PageOpened), "a page's stream begins with its opening"
    page = begin(page_id, first, at=at)
    for event, happened_at in stream:
        page = evolve(page, event, at=happened_at)
    return page
