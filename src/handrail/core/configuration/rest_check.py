"""Where the coming shifts of a configuration go beyond its rest rules, as problems."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from handrail.core import wall_clock
from handrail.core.configuration.draft import Draft, subject
from handrail.core.configuration.node import STORED
from handrail.core.configuration.problem import Problem, ProblemSeverity
from handrail.core.configuration.snapshot import Snapshot
from handrail.core.configuration.spelling import format_duration
from handrail.core.ids import Slug
from handrail.core.schedule.rest import RestRule, Violation
from handrail.core.schedule.rest_book import (
    Finding,
    PersonShift,
    duty_roster,
    findings,
)

HORIZON = timedelta(weeks=12)
"""How far ahead shifts are judged."""

Found = Mapping[Slug, tuple[Finding, ...]]
"""By person, what was found, by time."""

_REMEDY = {
    RestRule.MIN_REST: "move a handoff, or let somebody else take one of the shifts",
    RestRule.LONGEST_RUN: "make the turns shorter, or let somebody take a part",
    RestRule.MAX_NIGHTS: "add people to the rotation, or share the nights",
    RestRule.MAX_WEEKENDS: "add people to the rotation, or share the weekends",
}


def rest_findings(snapshot: Snapshot, now: datetime) -> Found:
    """Return what breaks the rest rules from now on, for ``HORIZON``, by person.

    The shifts before it count too: rest is judged from where people are.
    """
    found = {
        name: findings(
            own,
            snapshot.rest,
            teams=teams_of(snapshot, name),
            zone=zone_of(snapshot, name),
            since=now,
        )
        for name, own in coming_duty(snapshot, now).items()
    }
    return {name: those for name, those in found.items() if those}


def coming_duty(snapshot: Snapshot, now: datetime) -> Mapping[Slug, list[PersonShift]]:
    """Return everybody's shifts that the rest rules judge from now on."""
    if not snapshot.rest.holds_any:
        return {}
    start = now - max(rules.looks_back for rules in snapshot.rest.every)
    return duty_roster(snapshot.schedules.values(), start, now + HORIZON)


def rest_problems(
    found: Found,
    snapshot: Snapshot,
    drafts: Mapping[tuple[str, Slug], Draft],
    *,
    is_old: Callable[[Slug, Violation], bool] = lambda _name, _violation: False,
) -> list[Problem]:
    """Return one problem for each person, rule and grade, naming the first shift.

    Args:
        found: By ``rest_findings`` of the snapshot.
        snapshot: What would be in force.
        drafts: By kind and name, for places.
        is_old: Whether somebody's shifts break the limit there already. Then an error
            is a warning: it does not stand in the way of a change that did not make it.
    """
    problems = []
    for name in sorted(found):
        groups: dict[tuple[RestRule, bool], list[Finding]] = {}
        for one in found[name]:
            is_error = one.is_error and not is_old(name, one.violation)
            groups.setdefault((one.violation.rule, is_error), []).append(one)
        for (_, is_error), those in groups.items():
            problems.append(_problem(name, those, snapshot, drafts, is_error=is_error))
    return problems


def zone_of(snapshot: Snapshot, user: Slug) -> ZoneInfo:
    """Return the person's zone; UTC where nothing is known of them."""
    known = snapshot.users.get(user)
    return wall_clock.zone("UTC" if known is None else known.time_zone)


def teams_of(snapshot: Snapshot, user: Slug) -> tuple[Slug, ...]:
    """Return the teams a person is in."""
    return tuple(t.name for t in snapshot.teams.values() if user in t.members)


def _problem(
    name: Slug,
    those: Sequence[Finding],
    snapshot: Snapshot,
    drafts: Mapping[tuple[str, Slug], Draft],
    *,
    is_error: bool,
) -> Problem:
    first = those[0]
    schedule = first.shifts[-1].schedule
    draft = drafts.get(("schedule", schedule))
    more = ""
    if len(those) > 1:
        zone = zone_of(snapshot, name)
        last = those[-1].violation.starts_at
        until = wall_clock.local(last, zone)
        times = "time" if len(those) == 2 else "times"  # noqa: PLR2004  (one more)
        more = f" (and {len(those) - 1} more {times} until {_day(until)})"
    return Problem(
        place=STORED if draft is None else draft.place(),
        field=subject("schedule", schedule),
        message=in_words(name, first, zone_of(snapshot, name)) + more,
        remedy=_REMEDY[first.violation.rule] + ", or change rest_rules",
        severity=ProblemSeverity.ERROR if is_error else ProblemSeverity.WARNING,
    )


def in_words(name: Slug, finding: Finding, zone: ZoneInfo) -> str:
    """Say what a person would have, and what the limit is; times are the person's."""
    violation = finding.violation
    names = dict.fromkeys(one.schedule for one in finding.shifts)
    where = " and ".join(names)
    begins, ends = (
        wall_clock.local(at, zone) for at in (violation.starts_at, violation.ends_at)
    )
    stretch = f"{_moment(begins)} to {_moment(ends)} {zone.key}"
    return f"{name} {_what(violation)} ({where}, {stretch})"


def _what(violation: Violation) -> str:
    found, limit = (_amount(one) for one in (violation.found, violation.limit))
    match violation.rule:
        case RestRule.MIN_REST:
            return f"has {found} of rest between shifts, {limit} is the least"
        case RestRule.LONGEST_RUN:
            return f"is on call for {found} without a break, {limit} is the most"
        case RestRule.MAX_NIGHTS:
            return f"has {found} nights in {_per(violation)}, {limit} is the most"
        case RestRule.MAX_WEEKENDS:
            return f"has {found} weekends in {_per(violation)}, {limit} is the most"


def _amount(value: timedelta | int) -> str:
    if isinstance(value, int):
        return str(value)
    days, rest = divmod(value, timedelta(days=1))
    shown = f"{days}d" if days else ""
    return shown + (format_duration(rest) if rest or not days else "")


def _per(violation: Violation) -> str:
    days = (violation.per or timedelta(0)).days
    weeks, rest = divmod(days, 7)
    return f"{days} days" if rest else "a week" if weeks == 1 else f"{weeks} weeks"


def _moment(at: datetime) -> str:
    return f"{_day(at)} {at:%H:%M}"


def _day(at: datetime) -> str:
    return f"{at:%a} {at.day} {at:%b %Y}"
