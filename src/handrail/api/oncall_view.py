"""Answers about who is on call, in the one form that the API and ``--json`` have.

The command line makes the same answers from files, without a server; hence nothing
here knows of HTTP. The form is documented in docs/oncall.md; it only ever gains fields.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from handrail.core.configuration.snapshot import Snapshot
from handrail.core.coverage.gap_weight import gap_weight
from handrail.core.errors import InvalidError
from handrail.core.escalation.policy import EscalationPolicy, Level
from handrail.core.escalation.reach import Directory, reach, reach_level
from handrail.core.ids import Slug
from handrail.core.schedule.explain import Explanation
from handrail.core.schedule.on_call import (
    LOOK_AHEAD_MAX,
    Shift,
    on_call,
    shifts,
    tile_at,
)
from handrail.core.schedule.schedule import Schedule

FIRST_LOOK = timedelta(days=14)
"""How far a person's next shift is looked for at first."""


class DutyView(msgspec.Struct, frozen=True, kw_only=True):
    """One schedule at one instant.

    Attributes:
        users: Who is on call, in order; none where nobody is.
        shadows: Who gets the same pages without responsibility.
        until: When the answer changes; none where it stays for well over a year.
        next_users: Who is on call from then on.
        why: The chain rule → restriction → override → person.
        gap: Where nobody is on call: ``intended``, ``off_hours`` (outside of the hours
            of the schedule, and nobody is missed) or ``exposed``; else none.
    """

    schedule: str
    title: str
    time_zone: str
    users: list[str]
    shadows: list[str]
    until: datetime | None
    next_users: list[str]
    override: str | None
    why: str
    gap: str | None = None


class DutyList(msgspec.Struct, frozen=True, kw_only=True):
    """Schedules at the instant ``at``, by name.

    Attributes:
        tzdata: Version of the time-zone rules that the answer rests on.
    """

    at: datetime
    tzdata: str
    items: list[DutyView]


class ReachedView(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody, or a channel, that a level would tell, and why."""

    recipient: str
    target: str
    why: str


class LevelDuty(msgspec.Struct, frozen=True, kw_only=True):
    """One level of a policy at an instant.

    Attributes:
        number: From 1.
        escalate_after_seconds: How long the level has.
        reached: Whom it would tell; none where it would be skipped at once.
        empty: Targets that lead to nobody.
    """

    number: int
    escalate_after_seconds: float
    reached: list[ReachedView]
    empty: list[str]


class PolicyDuty(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a policy would tell at the instant ``at``, level by level.

    Attributes:
        service: The service that was asked about, or none.
    """

    at: datetime
    tzdata: str
    service: str | None
    policy: str
    levels: list[LevelDuty]


class ShiftView(msgspec.Struct, frozen=True, kw_only=True):
    """A time ``[starts_at, ends_at)`` in which one answer holds for one person.

    Attributes:
        user: Who; none for a gap.
        layer: The layer that says so; none for an override or an uncovered gap.
        override: The override that says so; none for the plan.
        is_shadow: On duty without responsibility.
        is_intended: Of a gap: it is meant.
    """

    schedule: str
    user: str | None
    starts_at: datetime
    ends_at: datetime
    layer: str | None
    override: str | None
    is_shadow: bool
    is_intended: bool


class ShiftList(msgspec.Struct, frozen=True, kw_only=True):
    """Shifts and gaps in a window, cut at both ends; by schedule, start and user."""

    starts_at: datetime
    ends_at: datetime
    tzdata: str
    items: list[ShiftView]


class PersonDuty(msgspec.Struct, frozen=True, kw_only=True):
    """One person at the instant ``at``.

    Attributes:
        now: Their shifts that hold the instant, whole from ``at`` on.
        next: Their first shift after it in each schedule, within ``LOOK_AHEAD_MAX``.
    """

    at: datetime
    tzdata: str
    user: str
    now: list[ShiftView]
    next: list[ShiftView]


class StepView(msgspec.Struct, frozen=True, kw_only=True):
    """One link of the chain; what is not decisive is told all the same.

    Attributes:
        kind: ``rule``, ``restriction``, ``override`` or ``person``.
    """

    kind: str
    name: str
    says: str
    is_decisive: bool


class DutyExplanation(msgspec.Struct, frozen=True, kw_only=True):
    """Why one schedule's answer at an instant is what it is."""

    schedule: str
    time_zone: str
    at: datetime
    tzdata: str
    users: list[str]
    shadows: list[str]
    steps: list[StepView]


def duty_list(
    schedules: Iterable[Schedule], at: datetime, *, snapshot: Snapshot, tzdata: str
) -> DutyList:
    """Return each schedule at an instant, by name.

    Args:
        schedules: Which.
        at: The instant, UTC.
        snapshot: What was in force then; it says what a gap weighs.
        tzdata: Version of the time-zone rules in use.
    """
    ranked = sorted(schedules, key=lambda s: s.name)
    items = [duty(one, at, snapshot=snapshot) for one in ranked]
    return DutyList(at=at, tzdata=tzdata, items=items)


def duty(schedule: Schedule, at: datetime, *, snapshot: Snapshot) -> DutyView:
    """Return one schedule at an instant."""
    answer = on_call(schedule, at)
    following: tuple[Slug, ...] = ()
    if answer.until is not None:
        following = tile_at(schedule, answer.until).users
    gap = None
    if not answer.users:
        is_intended = tile_at(schedule, at).is_intended
        gap = gap_weight(
            schedule.name, is_intended=is_intended, at=at, snapshot=snapshot
        )
    return DutyView(
        schedule=schedule.name,
        title=schedule.title,
        time_zone=schedule.time_zone,
        users=list(answer.users),
        shadows=list(answer.shadows),
        until=answer.until,
        next_users=list(following),
        override=answer.override,
        why=answer.why,
        gap=gap,
    )


def policy_duty(
    policy: EscalationPolicy,
    directory: Directory,
    at: datetime,
    *,
    service: Slug | None,
    tzdata: str,
) -> PolicyDuty:
    """Return whom a policy would tell at an instant, by the pager's own rule."""
    return PolicyDuty(
        at=at,
        tzdata=tzdata,
        service=service,
        policy=policy.name,
        levels=[
            _level(place + 1, level, directory, at)
            for place, level in enumerate(policy.levels)
        ],
    )


def _level(number: int, level: Level, directory: Directory, at: datetime) -> LevelDuty:
    reached = reach_level(level, directory=directory, at=at)
    return LevelDuty(
        number=number,
        escalate_after_seconds=level.escalate_after.total_seconds(),
        reached=[
            ReachedView(recipient=one.recipient, target=one.target, why=one.why)
            for one in reached
        ],
        empty=[
            str(target)
            for target in level.targets
            if not reach(target, directory=directory, at=at)
        ],
    )


def shift_list(
    schedules: Iterable[Schedule],
    start: datetime,
    end: datetime,
    *,
    user: Slug | None,
    tzdata: str,
    limit: int | None = None,
) -> ShiftList:
    """Return the shifts and gaps of schedules within ``[start, end)``.

    Args:
        schedules: Whose; with ``user``, only that person's shifts in them, no gaps.
        start: UTC, inclusive.
        end: UTC, exclusive.
        user: The person, or none for everybody.
        tzdata: Version of the time-zone rules in use.
        limit: How many may be looked through, or none.

    Raises:
        InvalidError: There are more.
    """
    items: list[ShiftView] = []
    count = 0
    for schedule in sorted(schedules, key=lambda s: s.name):
        if user is not None and user not in schedule.people:
            continue
        found = _shifts(schedule, start, end)
        count += len(found)
        if limit is not None and count > limit:
            msg = (
                f"These are more than {limit} shifts. Ask about a shorter time, or "
                "about some of the schedules."
            )
            raise InvalidError(msg, fields={"to": f"holds more than {limit} shifts"})
        items += [one for one in found if user is None or one.user == user]
    return ShiftList(starts_at=start, ends_at=end, tzdata=tzdata, items=items)


def _shifts(schedule: Schedule, start: datetime, end: datetime) -> list[ShiftView]:
    return [_shift(schedule, one) for one in shifts(schedule, start, end)]


def _shift(schedule: Schedule, shift: Shift) -> ShiftView:
    return ShiftView(
        schedule=schedule.name,
        user=shift.user,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        layer=shift.layer,
        override=shift.override,
        is_shadow=shift.is_shadow,
        is_intended=shift.is_intended,
    )


def person_duty(
    schedules: Iterable[Schedule], user: Slug, at: datetime, *, tzdata: str
) -> PersonDuty:
    """Return what a person has now and next, over all schedules."""
    now: list[ShiftView] = []
    coming: list[ShiftView] = []
    for schedule in sorted(schedules, key=lambda s: s.name):
        if user not in schedule.people:
            continue
        mine = _first_shifts(schedule, user, at)
        now += [view for view in mine if view.starts_at <= at]
        coming += [view for view in mine if view.starts_at > at][:1]
    coming.sort(key=lambda view: (view.starts_at, view.schedule))
    return PersonDuty(at=at, tzdata=tzdata, user=user, now=now, next=coming)


def _first_shifts(schedule: Schedule, user: Slug, at: datetime) -> list[ShiftView]:
    """Return a person's shifts from an instant on, until there is a whole later one."""
    look = FIRST_LOOK
    while True:
        end = at + look
        mine = [view for view in _shifts(schedule, at, end) if view.user == user]
        is_found = any(view.starts_at > at and view.ends_at < end for view in mine)
        if is_found or look >= LOOK_AHEAD_MAX:
            return mine
        look = min(look * 4, LOOK_AHEAD_MAX)


def explanation(found: Explanation, *, time_zone: str, tzdata: str) -> DutyExplanation:
    """Return the chain of one schedule and instant."""
    return DutyExplanation(
        schedule=found.schedule,
        time_zone=time_zone,
        at=found.at,
        tzdata=tzdata,
        users=list(found.users),
        shadows=list(found.shadows),
        steps=[
            StepView(
                kind=step.kind,
                name=step.name,
                says=step.says,
                is_decisive=step.is_decisive,
            )
            for step in found.steps
        ],
    )
