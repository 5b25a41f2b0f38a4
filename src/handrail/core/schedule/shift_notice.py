"""Which shift notices are due, and when to look again.

A notice belongs to one person's shift in one schedule, whatever put the person there,
and is known by where the shift begins or ends: when an override moves that, it is
another notice. What could not be told in time is told late only while it still helps.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, unique
from typing import NamedTuple

from handrail.core.ids import Slug
from handrail.core.instants import to_micros
from handrail.core.schedule.difference import Held, Place, held
from handrail.core.schedule.restriction import Stretch
from handrail.core.schedule.schedule import NoticeRules, Schedule

LATE_MAX = timedelta(hours=2)
"""A shift that began or ended longer ago is told of no more."""
LOOK_AHEAD = timedelta(hours=6)
"""How far the next due notice is looked for; then it is looked again."""
WIDEST = timedelta(days=40)
"""How far the ends of a shift are looked for."""

_INSTANT = timedelta(microseconds=1)


@unique
class NoticeKind(StrEnum):
    """When a notice is told."""

    BEFORE_START = "before_start"
    AT_START = "at_start"
    AT_END = "at_end"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftNotice:
    """One thing to tell one person of one shift.

    Attributes:
        at: Where the shift begins, or for ``AT_END`` where it ends; UTC.
    """

    schedule: Slug
    place: Place
    kind: NoticeKind
    at: datetime

    @property
    def id(self) -> str:
        """Return what tells it from every other notice; no two are told."""
        role = "shadow" if self.place.is_shadow else "duty"
        return "/".join(
            (self.schedule, self.place.user, role, self.kind, str(to_micros(self.at)))
        )


class Look(NamedTuple):
    """What is due at an instant, and when something may be due next, UTC."""

    due: tuple[ShiftNotice, ...]
    again_at: datetime


def look(schedule: Schedule, now: datetime) -> Look:
    """Return what is due now, told or not, and when to look again.

    Of each person at most one notice of each kind is due: after a pause nobody is told
    of every shift that passed.
    """
    rules = schedule.notices
    if rules is None:
        return Look((), now + LOOK_AHEAD)
    ahead = rules.before_start or timedelta(0)
    start, end = now - LATE_MAX - _INSTANT, now + ahead + LOOK_AHEAD
    found = held(schedule, start, end)
    due: list[ShiftNotice] = []
    edges: list[datetime] = [now + LOOK_AHEAD]
    for place, spans in found.times.items():
        begins = [one for one in spans if one[0] > start]
        ends = [one for one in spans if one[1] < end]
        due += _due(schedule.name, place, rules, begins, ends, now)
        edges += (at - ahead for at, _ in begins if rules.before_start)
        edges += (at for at, _ in begins if rules.at_start)
        edges += (at for _, at in ends if rules.at_end)
    return Look(tuple(due), min(at for at in edges if at > now))


def _due(
    schedule: Slug,
    place: Place,
    rules: NoticeRules,
    begins: Sequence[Stretch],
    ends: Sequence[Stretch],
    now: datetime,
) -> Iterator[ShiftNotice]:
    """Yield at most one notice of each kind."""
    if rules.before_start is not None:
        soon = [at for at, _ in begins if now < at <= now + rules.before_start]
        yield from _one(schedule, place, NoticeKind.BEFORE_START, soon[:1])
    if rules.at_start:
        going = [a for a, b in begins if now - LATE_MAX <= a <= now < b]
        yield from _one(schedule, place, NoticeKind.AT_START, going[-1:])
    if rules.at_end:
        over = [b for _, b in ends if now - LATE_MAX <= b <= now]
        yield from _one(schedule, place, NoticeKind.AT_END, over[-1:])


def _one(
    schedule: Slug, place: Place, kind: NoticeKind, at: Iterable[datetime]
) -> Iterator[ShiftNotice]:
    for one in at:
        yield ShiftNotice(schedule=schedule, place=place, kind=kind, at=one)


def holds(schedule: Schedule, notice: ShiftNotice) -> bool:
    """Return whether the person's shift still begins, or ends, just there."""
    around = held(schedule, notice.at - _INSTANT, notice.at + _INSTANT)
    spans = around.times.get(notice.place, [])
    if notice.kind is NoticeKind.AT_END:
        return spans == [(notice.at - _INSTANT, notice.at)]
    return spans == [(notice.at, notice.at + _INSTANT)]


class Shift(NamedTuple):
    """A person's shift whole, ``[starts_at, ends_at)``, and who is on call around it.

    Attributes:
        starts_at: None: longer ago than ``WIDEST``.
        ends_at: None: later than ``WIDEST``.
        before: Who is on call just before it, without the person.
        after: Who is on call just after it, without the person.
    """

    starts_at: datetime | None
    ends_at: datetime | None
    before: tuple[Slug, ...]
    after: tuple[Slug, ...]


def shift_of(schedule: Schedule, notice: ShiftNotice) -> Shift:
    """Return the shift that a notice is about."""
    is_end = notice.kind is NoticeKind.AT_END
    start = notice.at - (WIDEST if is_end else _INSTANT)
    end = notice.at + (_INSTANT if is_end else WIDEST)
    found = held(schedule, start, end)
    spans = found.times.get(notice.place, [])
    mine = [one for one in spans if notice.at in one]
    if not mine:
        return Shift(None, None, (), ())
    starts_at, ends_at = mine[0]
    return Shift(
        starts_at=starts_at if starts_at > start else None,
        ends_at=ends_at if ends_at < end else None,
        before=_others(found, notice.place, starts_at - _INSTANT),
        after=_others(found, notice.place, ends_at),
    )


def _others(found: Held, place: Place, at: datetime) -> tuple[Slug, ...]:
    return tuple(
        one.user
        for one, spans in found.times.items()
        if one.user != place.user
        and not one.is_shadow
        and any(a <= at < b for a, b in spans)
    )
