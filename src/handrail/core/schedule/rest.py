"""Rest rules: how much on-call time one person may have, over all schedules together.

Everything is exact interval arithmetic on the person's own time: what several schedules
put on one person at once counts once, and shifts that touch are one run.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum, unique
from itertools import pairwise
from zoneinfo import ZoneInfo

from handrail.core import wall_clock
from handrail.core.schedule import night
from handrail.core.schedule.night import Day, NightHours
from handrail.core.schedule.restriction import Stretch, joined

_DAY = timedelta(days=1)


@unique
class RestRule(StrEnum):
    """What is limited; the words of the configuration."""

    MIN_REST = "min_rest"
    LONGEST_RUN = "longest_run"
    MAX_NIGHTS = "max_nights"
    MAX_WEEKENDS = "max_weekends"


@dataclass(frozen=True, slots=True, kw_only=True)
class RestRules:
    """Limits for one person. A limit that is None does not hold.

    Attributes:
        min_rest: Least time off between two runs; elapsed time.
        longest_run: Longest time on call without a break; on the person's wall clock
            or elapsed, whichever is less, so that a week in which the clocks go back
            is a week.
        max_nights: Most nights in any ``per``, each counted whole once any of it is
            on call.
        max_weekends: Most weekends in any ``per``, counted alike.
        per: Whole days, any so many in a row.
        night: When nights are, in the person's zone.
        errors: Rules whose violations keep a configuration from being applied; those
            of the others are warnings.
    """

    min_rest: timedelta | None = None
    longest_run: timedelta | None = None
    max_nights: int | None = None
    max_weekends: int | None = None
    per: timedelta = timedelta(weeks=4)
    night: NightHours = field(default_factory=NightHours)
    errors: frozenset[RestRule] = frozenset()

    @property
    def holds_any(self) -> bool:
        """Return whether there is any limit."""
        limits = self.min_rest, self.longest_run, self.max_nights, self.max_weekends
        return any(limit is not None for limit in limits)

    @property
    def counted(self) -> tuple[tuple[RestRule, int], ...]:
        """Return the limits of what is counted in any ``per``."""
        limits = (
            (RestRule.MAX_NIGHTS, self.max_nights),
            (RestRule.MAX_WEEKENDS, self.max_weekends),
        )
        return tuple((rule, limit) for rule, limit in limits if limit is not None)

    @property
    def looks_back(self) -> timedelta:
        """Return how long ago a shift may have ended that still counts."""
        # A day more: runs are measured on the wall clock, nights begin the day before.
        spans = (self.per, self.min_rest, self.longest_run)
        return max(one for one in spans if one is not None) + _DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One limit that one person's shifts go beyond.

    Attributes:
        starts_at: UTC, inclusive: of the rest that is too short, the run that is too
            long, or the first night or weekend that counts.
        ends_at: UTC, exclusive; where that ends.
        rule: Which limit.
        found: How much there is, a length of time or a count.
        limit: How much the rule allows, alike.
        per: Over which time nights and weekends were counted, else none.
    """

    starts_at: datetime
    ends_at: datetime
    rule: RestRule
    found: timedelta | int
    limit: timedelta | int
    per: timedelta | None = None

    def concerns(self, stretch: Stretch) -> bool:
        """Return whether a shift has a part in it; one that borders a rest has."""
        starts_at, ends_at = stretch
        return starts_at <= self.ends_at and ends_at >= self.starts_at

    @property
    def amount(self) -> float:
        """Return how much there is, in seconds or as a count."""
        found = self.found
        return found.total_seconds() if isinstance(found, timedelta) else found

    def is_as_bad_as(self, other: "Violation") -> bool:
        """Return whether the same limit is broken as badly or worse, in part then."""
        meets = self.starts_at < other.ends_at and other.starts_at < self.ends_at
        if self.rule is not other.rule or not meets:
            return False
        if self.rule is RestRule.MIN_REST:
            return self.amount <= other.amount
        return self.amount >= other.amount


def violations(
    shifts: Iterable[Stretch],
    rules: RestRules,
    zone: ZoneInfo,
    *,
    since: datetime | None = None,
) -> tuple[Violation, ...]:
    """Return where one person's shifts go beyond the rules, by time.

    Args:
        shifts: ``[start, end)`` in UTC, of one person over all schedules, in any order;
            they may overlap.
        rules: The limits.
        zone: The person's.
        since: Leave out what has ended by then; what comes counts with what was.

    There is a violation of a counted rule exactly where some ``per`` has too many;
    counting begins anew after each ``per`` that is reported.
    """
    runs = joined(shifts)
    if not runs:
        return ()
    found = [*_short_rests(runs, rules), *_long_runs(runs, rules, zone)]
    if since is not None:
        found = [one for one in found if one.ends_at > since]
    for rule, limit in rules.counted:
        days = counted(runs, rule, rules, zone)
        found += _too_many(days, rules.per, limit, rule, since)
    return tuple(sorted(found, key=lambda one: (one.starts_at, one.rule)))


def counted(
    runs: Sequence[Stretch], rule: RestRule, rules: RestRules, zone: ZoneInfo
) -> list[Day]:
    """Return the nights, or weekends, that a rule counts in a person's runs."""
    start, end = runs[0][0], runs[-1][1]
    if rule is RestRule.MAX_NIGHTS:
        return night.touched(runs, night.nights(rules.night, zone, start, end))
    return night.touched(runs, night.weekends(zone, start, end))


def _short_rests(runs: Sequence[Stretch], rules: RestRules) -> Iterator[Violation]:
    limit = rules.min_rest
    for (_, ends_at), (starts_at, _) in pairwise(runs):
        if limit is not None and starts_at - ends_at < limit:
            yield Violation(
                starts_at=ends_at,
                ends_at=starts_at,
                rule=RestRule.MIN_REST,
                found=starts_at - ends_at,
                limit=limit,
            )


def _long_runs(
    runs: Sequence[Stretch], rules: RestRules, zone: ZoneInfo
) -> Iterator[Violation]:
    limit = rules.longest_run
    for starts_at, ends_at in runs:
        local = [wall_clock.local(at, zone) for at in (starts_at, ends_at)]
        length = min(ends_at - starts_at, local[1] - local[0])
        if limit is not None and length > limit:
            yield Violation(
                starts_at=starts_at,
                ends_at=ends_at,
                rule=RestRule.LONGEST_RUN,
                found=length,
                limit=limit,
            )


def _too_many(
    days: Sequence[Day],
    per: timedelta,
    limit: int,
    rule: RestRule,
    since: datetime | None,
) -> Iterator[Violation]:
    """Yield the windows of ``per`` that hold too many days, none of them twice."""
    end = 0
    not_before = date.min
    for place, first in enumerate(days):
        while end < len(days) and days[end].date < first.date + per:
            end += 1
        if first.date < not_before or end - place <= limit:
            continue
        if since is not None and days[end - 1].ends_at <= since:
            # Over; were it told, windows that reach into it would be passed over.
            continue
        not_before = first.date + per
        yield Violation(
            starts_at=first.starts_at,
            ends_at=days[end - 1].ends_at,
            rule=rule,
            found=end - place,
            limit=limit,
            per=per,
        )
