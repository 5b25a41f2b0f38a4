"""What happens in a simulation, in words."""

from datetime import datetime
from enum import StrEnum, unique

from handrail.core.alert.alert import AlertState
from handrail.core.configuration.spelling import format_duration
from handrail.core.paging.evaluate import Hold, Mute
from handrail.core.paging.event import (
    AlertExpired,
    LevelNotified,
    LevelSkipped,
    PageAcknowledged,
    PageEvent,
    PageExhausted,
    PageOpened,
    PageResolved,
)
from handrail.core.paging.page import LAST_RESORT_LEVEL
from handrail.core.whatif.play import Closed, Told, Untold, What


@unique
class StepKind(StrEnum):
    """What a step of the sequence is about."""

    HELD = "held"
    MUTED = "muted"
    PAGE_OPENED = "page_opened"
    LEVEL_NOTIFIED = "level_notified"
    LEVEL_SKIPPED = "level_skipped"
    LEFT_OUT = "left_out"
    TOLD = "told"
    NOT_TOLD = "not_told"
    ACKNOWLEDGED = "acknowledged"
    EXHAUSTED = "exhausted"
    RESOLVED = "resolved"
    EXPIRED = "expired"


def level_words(level: int, round_: int) -> str:
    """Return a level's place in words: ``level 2, round 2``, ``last resort``."""
    if level == LAST_RESORT_LEVEL:
        return "last resort"
    return f"level {level + 1}" + (f", round {round_}" if round_ > 1 else "")


def said(what: What, at: datetime) -> tuple[StepKind, str]:
    """Return what kind of step it is, and what it says; ``at`` is when, UTC."""
    match what:
        case Hold():
            wait = format_duration(what.until - at)
            return StepKind.HELD, f"held for {wait}: {what.why}"
        case Mute():
            words = f"nobody is paged: {what.why}; it becomes a backlog ticket"
            return StepKind.MUTED, words
        case Told():
            delivery = what.delivery
            shadow = " (shadow)" if what.is_shadow else ""
            words = f"{delivery.recipient}{shadow} by {delivery.method}"
            return StepKind.TOLD, words
        case Untold():
            delivery = what.delivery
            words = f"{delivery.recipient} not by {delivery.method}: {delivery.reason}"
            return StepKind.NOT_TOLD, words
        case Closed():
            return _closed(what)
        case _:
            return _event(what, at)


def _closed(what: Closed) -> tuple[StepKind, str]:
    if what.state is AlertState.EXPIRED:
        return StepKind.EXPIRED, "its sender falls silent before anybody is paged"
    return StepKind.RESOLVED, "it recovers before anybody is paged"


def _event(  # noqa: C901, PLR0911, PLR0912 - one flat table, a line an event
    event: PageEvent,
    at: datetime,
) -> tuple[StepKind, str]:
    match event:
        case PageOpened(policy=None):
            words = "a page opens without an escalation policy"
            return StepKind.PAGE_OPENED, f"{words}: {event.severity}, {event.urgency}"
        case PageOpened(policy=policy):
            assert policy is not None
            words = f"a page opens: {event.severity}, {event.urgency} urgency"
            return StepKind.PAGE_OPENED, f"{words}, policy {policy.name}"
        case LevelNotified():
            name = level_words(event.level, event.round)
            words = f"{name} is told: {event.reason.words}"
            wait = format_duration(event.escalate_at - at)
            return StepKind.LEVEL_NOTIFIED, f"{words}; it has {wait}"
        case LevelSkipped():
            name = level_words(event.level, event.round)
            return StepKind.LEVEL_SKIPPED, f"{name} is skipped: {event.why}"
        case PageAcknowledged():
            return StepKind.ACKNOWLEDGED, f"{event.by} acknowledges"
        case PageExhausted():
            return StepKind.EXHAUSTED, f"nobody is left to tell: {event.why}"
        case PageResolved():
            return StepKind.RESOLVED, f"the page is over: {event.reason.words}"
        case AlertExpired():
            return StepKind.EXPIRED, "its sender falls silent; the page goes on"
        case _:
            msg = f"a simulation has no {type(event).__name__}"
            raise AssertionError(msg)
