"""The heart: what happens next to a page, and why.

``open``, ``advance``, ``acknowledge``, … take a page and the present instant and
return the events that follow. Nothing here reads a clock or touches a database; the
same functions run live, in the forecast and in simulation.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from handrail.core import limits
from handrail.core.configuration.snapshot import Snapshot
from handrail.core.errors import ConflictError
from handrail.core.escalation.policy import LastResort, Level, Position, TurningLevel
from handrail.core.ids import EntryId, Slug
from handrail.core.paging.event import (
    AlertExpired,
    EscalationReason,
    LevelNotified,
    LevelSkipped,
    PageAcknowledged,
    PageEvent,
    PageExhausted,
    PageResolved,
    PlannedDelivery,
    ResolveReason,
    TimerRestarted,
)
from handrail.core.paging.ladder import SERVER_TERMINAL, plan_level
from handrail.core.paging.page import LAST_RESORT_LEVEL, Page, PageState

Turns = Callable[[TurningLevel], int]
"""Says the next turn, from 1, at a level at which people take turns."""

BUILT_IN_LAST_RESORT = LastResort(
    targets=(),
    repeat_after=limits.LAST_RESORT_REPEAT_DEFAULT,
    times=limits.LAST_RESORT_TIMES_DEFAULT,
)


def positions_after(page: Page) -> Iterator[Position]:
    """Yield the places of the policy still ahead of the page, in order."""
    if page.policy is None or page.level == LAST_RESORT_LEVEL:
        return
    level = page.level
    here = None if level is None else Position(round=page.round, level=level)
    yield from page.policy.positions(after=here)


def climb(
    page: Page,
    *,
    reason: EscalationReason,
    by: Slug | None,
    snapshot: Snapshot,
    now: datetime,
    turns: Turns | None = None,
) -> tuple[PageEvent, ...]:
    """Notify the next level that leads to somebody, or else the last resort.

    Empty levels are skipped at once and recorded.

    Args:
        page: The page.
        reason: Why it climbs.
        by: Who passed it on, or none.
        snapshot: The configuration in force, for who is on call now.
        now: The present instant.
        turns: Whose turn it is at the levels where people take turns. Without it all
            of them are sought: a forecast, which does not know who comes before.
    """
    events: list[PageEvent] = []
    for position in positions_after(page):
        assert page.policy is not None
        level = page.policy.levels[position.level]
        turn = None
        if turns is not None and level.round_robin:
            turn = turns(page.policy.turning_level(position.level))
        plan = plan_level(
            level.targets,
            urgency=page.urgency,
            snapshot=snapshot,
            now=now,
            turn=turn,
        )
        if plan.is_empty:
            events.append(_skipped(level, position, plan.left_out))
            reason = EscalationReason.LEVEL_EMPTY
            continue
        events.append(
            LevelNotified(
                entry_id=_entry_id(page, len(events)),
                round=position.round,
                level=position.level,
                reason=reason,
                by=by,
                escalate_at=now + level.escalate_after,
                deliveries=plan.deliveries,
                left_out=plan.left_out,
                turn=plan.turn,
            )
        )
        return tuple(events)
    if page.policy is None and page.level is None:
        reason = EscalationReason.NO_POLICY
    last = _last_resort(
        page, reason=reason, by=by, snapshot=snapshot, now=now, place=len(events)
    )
    return (*events, last)


def _skipped(
    level: Level, position: Position, left_out: tuple[str, ...]
) -> LevelSkipped:
    return LevelSkipped(
        round=position.round,
        level=position.level,
        targets=tuple(str(target) for target in level.targets),
        why="; ".join(left_out),
    )


def _entry_id(page: Page, place: int) -> EntryId:
    # The sequence number of the event to come makes it unique and reproducible.
    return EntryId(f"{page.id}.{page.sequence + place + 1}")


def _last_resort(
    page: Page,
    *,
    reason: EscalationReason,
    by: Slug | None,
    snapshot: Snapshot,
    now: datetime,
    place: int,
) -> PageEvent:
    last_resort = snapshot.last_resort or BUILT_IN_LAST_RESORT
    if page.last_resort_times >= last_resort.times:
        times = page.last_resort_times
        return PageExhausted(why=f"the last resort was told {times} times, unanswered")
    return LevelNotified(
        entry_id=_entry_id(page, place),
        round=page.round,
        level=LAST_RESORT_LEVEL,
        reason=reason,
        by=by,
        escalate_at=now + last_resort.repeat_after,
        deliveries=_last_resort_deliveries(page, last_resort, snapshot, now),
    )


def _last_resort_deliveries(
    page: Page, last_resort: LastResort, snapshot: Snapshot, now: datetime
) -> tuple[PlannedDelivery, ...]:
    plan = plan_level(
        last_resort.targets, urgency=page.urgency, snapshot=snapshot, now=now
    )
    return plan.deliveries or (SERVER_TERMINAL,)


def advance(
    page: Page,
    *,
    snapshot: Snapshot,
    nobody_was_told: bool,
    now: datetime,
    turns: Turns | None = None,
) -> tuple[PageEvent, ...]:
    """Return what follows when the page's timer has run out; nothing if it has not.

    Args:
        page: The page.
        snapshot: The configuration in force, for who is on call now.
        nobody_was_told: No attempt was begun at any delivery of the present level.
        now: The present instant.
        turns: As ``climb`` has them.
    """
    due_at = page.advance_due_at
    if page.state is not PageState.OPEN or due_at is None or now < due_at:
        return ()
    if nobody_was_told and now - due_at > limits.BUNDLE_STALL:
        # After our own standstill the level's people are told first; escalating in
        # the same instant would page people for others' unread messages.
        wait = _patience(page, snapshot)
        why = f"the engine stood still for {now - due_at}; nobody had been told yet"
        return (TimerRestarted(escalate_at=now + wait, why=why),)
    return climb(
        page,
        reason=EscalationReason.NO_ANSWER,
        by=None,
        snapshot=snapshot,
        now=now,
        turns=turns,
    )


def to_last_resort(
    page: Page, *, snapshot: Snapshot, now: datetime
) -> tuple[PageEvent, ...]:
    """Return what follows when the page's next level cannot be worked out at all."""
    last = _last_resort(
        page,
        reason=EscalationReason.LEVEL_FAILED,
        by=None,
        snapshot=snapshot,
        now=now,
        place=0,
    )
    return (last,)


def _patience(page: Page, snapshot: Snapshot) -> timedelta:
    if page.policy is None or page.level in (None, LAST_RESORT_LEVEL):
        return (snapshot.last_resort or BUILT_IN_LAST_RESORT).repeat_after
    return page.policy.levels[page.level].escalate_after


def all_dead(
    page: Page,
    *,
    entry_id: EntryId,
    snapshot: Snapshot,
    now: datetime,
    turns: Turns | None = None,
) -> tuple[PageEvent, ...]:
    """Return what follows when no delivery of a level entry can ever arrive.

    Only the level that is now waiting escalates; an older entry's end changes nothing.
    The last resort keeps its timer, since there is nobody after it.
    """
    if page.state is not PageState.OPEN or page.entry_id != entry_id:
        return ()
    if page.level == LAST_RESORT_LEVEL:
        return ()
    reason = EscalationReason.ALL_TARGETS_DEAD
    return climb(page, reason=reason, by=None, snapshot=snapshot, now=now, turns=turns)


def escalate_now(
    page: Page,
    *,
    by: Slug | None,
    snapshot: Snapshot,
    now: datetime,
    turns: Turns | None = None,
) -> tuple[PageEvent, ...]:
    """Pass the page on to the next level at once, because somebody asked.

    Whoever asks is never answered with silence: at the end of the policy the last
    resort is told once more, however often it was.

    Raises:
        ConflictError: The page is resolved.
    """
    if page.state is PageState.RESOLVED:
        msg = "this page is resolved; there is nothing to escalate"
        raise ConflictError(msg)
    page = replace(page, last_resort_times=0)
    reason = EscalationReason.REQUESTED
    return climb(page, reason=reason, by=by, snapshot=snapshot, now=now, turns=turns)


def acknowledge(
    page: Page, *, by: Slug | None, via: str, nudge_at: datetime | None = None
) -> tuple[PageEvent, ...]:
    """Take the page; taking it again changes nothing.

    Args:
        page: The page.
        by: Who takes it, or none where its sender says that somebody has it.
        via: How.
        nudge_at: When they are asked to declare an incident, as ``nudge_at`` says.

    Raises:
        ConflictError: It is resolved, or somebody else has it.
    """
    match page.state:
        case PageState.OPEN | PageState.EXHAUSTED:
            return (PageAcknowledged(by=by, via=via, nudge_at=nudge_at),)
        case PageState.ACKNOWLEDGED:
            if by == page.acknowledged_by:
                return ()
            holder = page.acknowledged_by or "the sender"
            msg = f"{holder} has already acknowledged this page"
            raise ConflictError(msg)
        case PageState.RESOLVED:
            msg = "this page is resolved; there is nothing left to acknowledge"
            raise ConflictError(msg)


def resolve(
    page: Page, *, reason: ResolveReason, by: Slug | None
) -> tuple[PageEvent, ...]:
    """End the page; ending it again changes nothing."""
    if page.state is PageState.RESOLVED:
        return ()
    return (PageResolved(reason=reason, by=by),)


def expire(page: Page) -> tuple[PageEvent, ...]:
    """Note that the alert's sender fell silent; an unanswered page goes on."""
    if page.state is PageState.RESOLVED or page.alert_expired:
        return ()
    return (AlertExpired(),)
