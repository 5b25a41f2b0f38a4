"""What a calendar feed holds: the shifts themselves, with words and stable names."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from handrail.core.ids import Slug
from handrail.core.schedule.on_call import Shift, shifts
from handrail.core.schedule.schedule import Schedule

BACK = timedelta(weeks=4)
AHEAD = timedelta(weeks=26)
"""How far a feed looks back and ahead from today's midnight, UTC."""
EDGE = timedelta(days=62)
"""Shifts that reach over an end of a feed are followed this much further."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEvent:
    """One shift, or a gap, as a calendar shows it; ``[starts_at, ends_at)`` in UTC.

    Attributes:
        uid: The same for the same person, schedule and beginning, whatever else of
            the shift is edited.
        user: Who; nobody for a gap.
        summary: Person and schedule; marks shadows and gaps.
        description: The layer or override that says so.
        is_intended: Of a gap: it is meant.
    """

    uid: str
    starts_at: datetime
    ends_at: datetime
    user: Slug | None
    summary: str
    description: str
    is_shadow: bool = False
    is_intended: bool = False


def schedule_events(
    schedule: Schedule, people: Mapping[Slug, str], *, now: datetime
) -> tuple[FeedEvent, ...]:
    """Return everybody's shifts and the gaps of one schedule, in order.

    Args:
        schedule: What is asked.
        people: Full names by user; who has none is called by the slug.
        now: The instant the feed is read; its day decides the stretch.
    """
    first, last = stretch(now)
    return tuple(
        _event(shift, schedule, people, since=first - EDGE)
        for shift in shifts(schedule, first - EDGE, last + EDGE)
        if shift.ends_at > first and shift.starts_at < last
    )


def user_events(
    user: Slug,
    schedules: Iterable[Schedule],
    people: Mapping[Slug, str],
    *,
    now: datetime,
) -> tuple[FeedEvent, ...]:
    """Return one person's shifts over all schedules, by their beginning."""
    found = [
        event
        for schedule in schedules
        if user in schedule.people
        for event in schedule_events(schedule, people, now=now)
        if event.user == user
    ]
    return tuple(sorted(found, key=lambda e: (e.starts_at, e.summary)))


def stretch(now: datetime) -> tuple[datetime, datetime]:
    """Return what a feed covers, UTC; the same all day, so that it stays the same."""
    today = datetime.combine(now.date(), time(0), now.tzinfo)
    return today - BACK, today + AHEAD


def _event(
    shift: Shift, schedule: Schedule, people: Mapping[Slug, str], *, since: datetime
) -> FeedEvent:
    # One that began before we looked has no beginning to be named after; and at one
    # instant a person has one shift of a schedule at most.
    begins = shift.starts_at.isoformat() if shift.starts_at > since else "before"
    named = f"{schedule.name}\n{shift.user or ''}\n{begins}"
    return FeedEvent(
        uid=hashlib.sha256(named.encode()).hexdigest()[:32],
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        user=shift.user,
        summary=_summary(shift, schedule, people),
        description=_description(shift, schedule),
        is_shadow=shift.is_shadow,
        is_intended=shift.is_intended,
    )


def _summary(shift: Shift, schedule: Schedule, people: Mapping[Slug, str]) -> str:
    if shift.user is None:
        gap = "Nobody, as intended" if shift.is_intended else "NOBODY ON CALL"
        return f"{gap}: {schedule.title}"
    shadow = " (shadow)" if shift.is_shadow else ""
    return f"{people.get(shift.user, shift.user)}{shadow}: {schedule.title}"


def _description(shift: Shift, schedule: Schedule) -> str:
    where = f"Schedule {schedule.name}, times of {schedule.time_zone}."
    if shift.override is not None:
        return f"{where} By override {shift.override}."
    if shift.layer is not None:
        return f"{where} By layer {shift.layer}."
    return where
