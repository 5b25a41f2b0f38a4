"""Whether somebody can take on-call time: not on call already, and rested enough."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from handrail.core.access.role import Role
from handrail.core.configuration.rest_check import in_words, teams_of, zone_of
from handrail.core.configuration.snapshot import Snapshot
from handrail.core.cover import stretch
from handrail.core.cover.authority import owners
from handrail.core.ids import Slug
from handrail.core.schedule.rest_before import Before
from handrail.core.schedule.rest_book import (
    PersonShift,
    RestBook,
    duty_roster,
    findings,
)
from handrail.core.schedule.schedule import Schedule

_MARGIN = timedelta(weeks=1)
"""Beside the longest time that a rest rule counts over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """Why somebody had better not take something.

    Attributes:
        why: A sentence without its full stop.
        is_final: They cannot: they are on call, or a rule that is an error forbids it.
            Otherwise a rule that is a warning advises against it.
    """

    why: str
    is_final: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """What everybody concerned has to do anyway, within a window.

    Attributes:
        snapshot: The configuration in force.
        roster: Everybody's time on call over all schedules, shadows included, with
            enough of it around the window to judge rest.
    """

    snapshot: Snapshot
    roster: Mapping[Slug, Sequence[PersonShift]]
    _before: dict[Slug, Before] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    """Everybody's time as it is; looked at once a person."""

    def objections(
        self,
        user: Slug,
        *,
        takes: Sequence[PersonShift],
        gives: Sequence[PersonShift] = (),
    ) -> tuple[Objection, ...]:
        """Return what speaks against it, if they take and give these at once."""
        known = self.snapshot.users.get(user)
        if known is None or known.role is Role.OBSERVER:
            return (Objection(why=f"{user} does not answer pages", is_final=True),)
        own = list(self.roster.get(user, ()))
        left = [part for one in own for part in _less(one, gives)]
        busy = _busy(user, left, takes, zone_of(self.snapshot, user).key)
        return busy or self._unrested(user, [*left, *takes])

    def _unrested(
        self, user: Slug, after: Sequence[PersonShift]
    ) -> tuple[Objection, ...]:
        book = self.snapshot.rest
        if not book.holds_any:
            return ()
        zone, teams = zone_of(self.snapshot, user), teams_of(self.snapshot, user)
        will = findings(after, book, teams=teams, zone=zone)
        if not will:
            return ()
        if user not in self._before:
            own = self.roster.get(user, ())
            self._before[user] = Before(own, book, teams=teams, zone=zone)
        was = self._before[user]
        return tuple(
            Objection(why=in_words(user, one, zone), is_final=one.is_error)
            for one in will
            if not was.breaks(one.violation)
        )


def fit(
    snapshot: Snapshot, people: Iterable[Slug], start: datetime, end: datetime
) -> Fit:
    """Return what these people have to do around ``[start, end)``, UTC."""
    wanted = set(people)
    concerned = [s for s in snapshot.schedules.values() if wanted & set(s.people)]
    around = _around(snapshot.rest)
    found = duty_roster(concerned, start - around, end + around)
    return Fit(
        snapshot=snapshot,
        roster={user: tuple(found.get(user, ())) for user in wanted},
    )


def eligible(snapshot: Snapshot, schedule: Schedule) -> tuple[Slug, ...]:
    """Return who may be asked to take a shift there, whatever else they do.

    Everybody who takes turns on it, and the members of the teams that own it, except
    for those who only look on.
    """
    members = (one for t in owners(snapshot, schedule.name) for one in t.members)
    known = dict.fromkeys((*schedule.planned_people, *members))
    return tuple(
        user
        for user in known
        if user in snapshot.users and snapshot.users[user].role is not Role.OBSERVER
    )


def _around(book: RestBook) -> timedelta:
    rules = (book.rules, *(exception.rules for exception in book.exceptions))
    runs = (one.longest_run or timedelta(0) for one in rules)
    return _MARGIN + max(*(one.per for one in rules), *runs)


def _less(one: PersonShift, gives: Sequence[PersonShift]) -> list[PersonShift]:
    """Return what is left of a shift once parts of it are given away."""
    left = [one]
    for given in gives:
        if given.schedule != one.schedule:
            continue
        left = [
            part._replace(starts_at=starts_at, ends_at=ends_at)
            for part in left
            for starts_at, ends_at in (
                (part.starts_at, min(part.ends_at, given.starts_at)),
                (max(part.starts_at, given.ends_at), part.ends_at),
            )
            if starts_at < ends_at
        ]
    return left


def _busy(
    user: Slug, left: Sequence[PersonShift], takes: Sequence[PersonShift], zone: str
) -> tuple[Objection, ...]:
    for one in left:
        for taken in takes:
            starts_at = max(one.starts_at, taken.starts_at)
            ends_at = min(one.ends_at, taken.ends_at)
            if not one.is_shadow and starts_at < ends_at:
                span = stretch.words(starts_at, ends_at, zone)
                why = f"{user} is on call for {one.schedule} from {span}"
                return (Objection(why=why, is_final=True),)
    return ()
