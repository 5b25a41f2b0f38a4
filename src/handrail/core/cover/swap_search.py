"""Finding swaps: two or three people exchange whole shifts, and one of them is free.

Every pair (what a person gives, what they take) is judged by itself: the taken shift
may overlap nothing they keep, and may break no rest rule that was kept before. A ring
of such pairs is a swap. What it disturbs least comes first.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations

from handrail.core.cover.agreement import Leg
from handrail.core.cover.fit import Fit
from handrail.core.ids import Slug
from handrail.core.schedule.on_call import shifts
from handrail.core.schedule.rest_book import PersonShift
from handrail.core.schedule.schedule import Schedule

FOUND_MAX = 20
NEAREST = 60
"""Shifts that are tried as second and as third of a ring of three, the nearest."""
NO_HOURS = timedelta(0)
Eligible = Callable[[Slug, Slug], bool]
"""Whether a person (first) may take shifts of a schedule (second) at all."""


@dataclass(frozen=True, slots=True)
class WholeShift:
    """A person's shift from its beginning to its end, UTC."""

    user: Slug
    schedule: Slug
    starts_at: datetime
    ends_at: datetime

    @property
    def time(self) -> PersonShift:
        """Return when and where it is."""
        return PersonShift(self.schedule, self.starts_at, self.ends_at)

    @property
    def length(self) -> timedelta:
        """Return how long it is."""
        return self.ends_at - self.starts_at

    def overlaps(self, other: "WholeShift") -> bool:
        """Return whether some time lies in both."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A swap that can be.

    Attributes:
        legs: The first frees whoever asked.
        hours_moved: How much time changes hands beyond an even exchange: what some
            gain, which is what others lose.
        days_apart: How far the shifts lie from those given for them, on average.
    """

    legs: tuple[Leg, ...]
    hours_moved: timedelta
    days_apart: timedelta

    @property
    def disturbance(self) -> tuple[object, ...]:
        """Return what options are sorted by: people, hours, distance, then names."""
        order = tuple((leg.starts_at, leg.schedule, leg.takes) for leg in self.legs)
        return len(self.legs), self.hours_moved, self.days_apart, order


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What was found.

    Attributes:
        options: Least disturbing first, ``FOUND_MAX`` at most.
        found: How many there are: all of two people, and of three those among the
            ``NEAREST`` shifts.
        rejected: By person, why none of their shifts can be swapped, or why some
            cannot; in the order of names.
    """

    options: tuple[Option, ...]
    found: int
    rejected: Mapping[Slug, tuple[str, ...]]


def whole_shifts(
    schedules: Collection[Schedule], start: datetime, end: datetime
) -> tuple[WholeShift, ...]:
    """Return the shifts that lie wholly within ``[start, end)``, by time.

    Shadows carry no responsibility and are no shifts to swap.
    """
    edge = timedelta(seconds=1)
    found = [
        WholeShift(one.user, schedule.name, one.starts_at, one.ends_at)
        for schedule in schedules
        for one in shifts(schedule, start - edge, end + edge)
        if one.user is not None
        and not one.is_shadow
        and one.starts_at >= start
        and one.ends_at <= end
    ]
    return tuple(sorted(found, key=lambda s: (s.starts_at, s.schedule, s.user)))


def search(
    wanted: WholeShift,
    others: Sequence[WholeShift],
    known: Fit,
    *,
    may_take: Eligible,
) -> Search:
    """Return the swaps of two and of three people that free one of a shift.

    Args:
        wanted: The shift that its person wants to be free of.
        others: Shifts that may be given for it; those of the same person are left out.
        known: What everybody concerned has to do anyway.
        may_take: Who may take which schedule's shifts.
    """
    judge = _Judge(known, may_take)
    offered = [one for one in others if one.user != wanted.user]
    takers = [one for one in offered if judge.why_not(one.user, one, wanted) is None]
    gains = [
        one
        for one in offered
        if not one.overlaps(wanted) and judge.why_not(wanted.user, wanted, one) is None
    ]
    rings = [*_pairs(wanted, takers, gains), *_threes(wanted, takers, gains, judge)]
    options = sorted(map(_option, rings), key=lambda option: option.disturbance)
    return Search(
        options=tuple(options[:FOUND_MAX]),
        found=len(options),
        rejected=_rejected(wanted, offered, judge),
    )


class _Judge:
    """Judges every pair once."""

    def __init__(self, known: Fit, may_take: Eligible) -> None:
        self._fit = known
        self._may_take = may_take
        self._seen: dict[tuple[WholeShift, WholeShift], str | None] = {}

    def why_not(self, user: Slug, gives: WholeShift, takes: WholeShift) -> str | None:
        """Return why somebody cannot take one shift for another, or none."""
        assert gives.user == user, "who gives a shift has it"
        key = gives, takes
        if key not in self._seen:
            self._seen[key] = self._look(user, gives, takes)
        return self._seen[key]

    def _look(self, user: Slug, gives: WholeShift, takes: WholeShift) -> str | None:
        if not self._may_take(user, takes.schedule):
            return f"{user} takes no shifts on {takes.schedule}"
        if gives.schedule == takes.schedule and gives.overlaps(takes):
            return f"{user} is on call for {gives.schedule} at that time as well"
        against = self._fit.objections(user, takes=[takes.time], gives=[gives.time])
        return against[0].why if against else None


Ring = tuple[WholeShift, ...]
"""Shifts in a ring: the person of each takes the one before, the first the last."""


def _pairs(
    wanted: WholeShift, takers: Sequence[WholeShift], gains: Sequence[WholeShift]
) -> Iterator[Ring]:
    possible = set(gains)
    for one in takers:
        if one in possible:
            yield wanted, one


def _threes(
    wanted: WholeShift,
    takers: Sequence[WholeShift],
    gains: Sequence[WholeShift],
    judge: _Judge,
) -> Iterator[Ring]:
    for second in _nearest(takers, wanted):
        for third in _nearest(gains, wanted):
            if third.user == second.user:
                continue
            ring = wanted, second, third
            if _is_tangled(ring):
                continue
            if judge.why_not(third.user, third, second) is None:
                yield ring


def _nearest(shifts_: Sequence[WholeShift], wanted: WholeShift) -> Sequence[WholeShift]:
    return sorted(shifts_, key=lambda s: abs(s.starts_at - wanted.starts_at))[:NEAREST]


def _is_tangled(ring: Ring) -> bool:
    """Return whether overrides on one schedule would get in each other's way."""
    return any(
        one.schedule == other.schedule and one.overlaps(other)
        for one, other in combinations(ring, 2)
    )


def _option(ring: Ring) -> Option:
    givers = [*ring]
    takers = [*ring[1:], ring[0]]
    legs = tuple(
        Leg(
            schedule=given.schedule,
            starts_at=given.starts_at,
            ends_at=given.ends_at,
            gives=given.user,
            takes=taker.user,
        )
        for given, taker in zip(givers, takers, strict=True)
    )
    pairs = list(zip(givers, takers, strict=True))
    return Option(
        legs=legs,
        hours_moved=sum((abs(a.length - b.length) for a, b in pairs), NO_HOURS) / 2,
        days_apart=sum((abs(a.starts_at - b.starts_at) for a, b in pairs), NO_HOURS)
        / len(pairs),
    )


def _rejected(
    wanted: WholeShift, offered: Sequence[WholeShift], judge: _Judge
) -> dict[Slug, tuple[str, ...]]:
    """Return by person why a swap of two with them cannot be."""
    found: dict[Slug, dict[str, None]] = {}
    for one in offered:
        why = judge.why_not(one.user, one, wanted)
        if why is None and one.overlaps(wanted):
            why = f"{wanted.user} would be on call at the same time for {one.schedule}"
        if why is None:
            why = judge.why_not(wanted.user, wanted, one)
        if why is not None:
            found.setdefault(one.user, {})[why] = None
    return {user: tuple(whys) for user, whys in sorted(found.items())}
