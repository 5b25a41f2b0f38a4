"""The rest rules of an organisation: the usual ones, exceptions, and what they find."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

from handrail.core.ids import Slug
from handrail.core.schedule.on_call import shifts
from handrail.core.schedule.rest import RestRules, Violation, violations
from handrail.core.schedule.schedule import Schedule


class PersonShift(NamedTuple):
    """A person's time on call in one schedule, ``[starts_at, ends_at)`` in UTC."""

    schedule: Slug
    starts_at: datetime
    ends_at: datetime
    is_shadow: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RestException:
    """Other limits for the shifts of some schedules, or of some teams' people."""

    rules: RestRules
    teams: frozenset[Slug] = frozenset()
    schedules: frozenset[Slug] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingHours:
    """When people work; local times of the person, ``[start, end)``."""

    weekdays: frozenset[int] = frozenset(range(5))
    start: time = time(8)
    end: time = time(18)


@dataclass(frozen=True, slots=True, kw_only=True)
class RestBook:
    """Everything the organisation says of rest.

    Attributes:
        rules: The usual limits.
        exceptions: In order; the first that names a shift's schedule or one of the
            person's teams governs the shift.
        ignores: Schedules whose shifts are no burden and never count.
        working_hours: Outside of them a page is an interruption out of hours.
        holidays: Local dates that count as holidays in the figures of load.
    """

    rules: RestRules = field(default_factory=RestRules)
    exceptions: tuple[RestException, ...] = ()
    ignores: frozenset[Slug] = frozenset()
    working_hours: WorkingHours = WorkingHours()
    holidays: frozenset[date] = frozenset()

    @property
    def holds_any(self) -> bool:
        """Return whether there is any limit at all."""
        return any(rules.holds_any for rules in self.every)

    @property
    def every(self) -> tuple[RestRules, ...]:
        """Return the usual limits and those of the exceptions."""
        return self.rules, *(exception.rules for exception in self.exceptions)

    def governing(self, schedule: Slug, teams: Iterable[Slug]) -> RestRules:
        """Return the limits for a shift of a person who is in these teams."""
        known = frozenset(teams)
        for exception in self.exceptions:
            if schedule in exception.schedules or known & exception.teams:
                return exception.rules
        return self.rules


class Finding(NamedTuple):
    """A violation, its grade, and the shifts that have a part in it."""

    violation: Violation
    is_error: bool
    shifts: tuple[PersonShift, ...]


def findings(
    shifts_: Sequence[PersonShift],
    book: RestBook,
    *,
    teams: Iterable[Slug],
    zone: ZoneInfo,
    since: datetime | None = None,
) -> tuple[Finding, ...]:
    """Return where one person's shifts go beyond the rules, by time.

    Args:
        shifts_: Of one person over all schedules.
        book: The rules.
        teams: The person's.
        zone: The person's.
        since: Leave out what has ended by then.

    Limits look at all of the person's shifts together; a violation counts where any
    shift that has a part in it is governed by that limit.
    """
    counted = [one for one in shifts_ if one.schedule not in book.ignores]
    known = tuple(teams)
    governed: dict[RestRules, list[PersonShift]] = {}
    for one in counted:
        rules = book.governing(one.schedule, known)
        governed.setdefault(rules, []).append(one)
    times = [(one.starts_at, one.ends_at) for one in counted]
    found: dict[Violation, Finding] = {}
    for rules, own in governed.items():
        for violation in violations(times, rules, zone, since=since):
            if any(violation.concerns((one.starts_at, one.ends_at)) for one in own):
                concerned = [
                    one
                    for one in counted
                    if violation.concerns((one.starts_at, one.ends_at))
                ]
                is_error = violation.rule in rules.errors
                known_one = found.get(violation)
                found[violation] = Finding(
                    violation,
                    is_error or (known_one is not None and known_one.is_error),
                    tuple(concerned),
                )
    return tuple(sorted(found.values(), key=lambda f: f.violation.starts_at))


def duty_roster(
    schedules: Iterable[Schedule], start: datetime, end: datetime
) -> Mapping[Slug, list[PersonShift]]:
    """Return everybody's shifts within ``[start, end)`` over all these schedules.

    Shadows are among them: they get the same pages.
    """
    roster: dict[Slug, list[PersonShift]] = {}
    for schedule in schedules:
        for one in shifts(schedule, start, end):
            if one.user is not None:
                roster.setdefault(one.user, []).append(
                    PersonShift(
                        schedule.name, one.starts_at, one.ends_at, one.is_shadow
                    )
                )
    return roster
