"""Which limits of rest are broken already, before a change that is judged by them.

A change that leaves as it is what was broken, or mends a part of it, does not bring it:
who relieves somebody must never be told that the relieved one has too little rest.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property

from handrail.core.configuration.rest_check import (
    Found,
    coming_duty,
    judged,
    teams_of,
    zone_of,
)
from handrail.core.configuration.snapshot import Snapshot
from handrail.core.ids import Slug
from handrail.core.schedule.rest import RestRule, Violation, counted
from handrail.core.schedule.rest_book import PersonShift
from handrail.core.schedule.restriction import Stretch, joined


class Already:
    """What is broken in the configuration in force, for who asks about a violation."""

    def __init__(
        self, snapshot: Snapshot, now: datetime, *, former: Mapping[Slug, Slug]
    ) -> None:
        """Take what is in force, and people's former names by their new ones."""
        self._snapshot = snapshot
        self._former = former
        self._now = now

    @cached_property
    def _roster(self) -> Mapping[Slug, list[PersonShift]]:
        # Worked out once it is asked for: most changes break no limit at all.
        return coming_duty(self._snapshot, self._now)

    @cached_property
    def _found(self) -> Found:
        return judged(self._snapshot, self._roster, self._now)

    def holds(self, user: Slug, violation: Violation) -> bool:
        """Return whether a limit is broken there already, as badly or worse."""
        name = self._former.get(user, user)
        found = (one.violation for one in self._found.get(name, ()))
        if any(one.is_as_bad_as(violation) for one in found):
            return True
        ignored = self._snapshot.rest.ignores
        own = [one for one in self._roster.get(name, ()) if one.schedule not in ignored]
        runs = joined((one.starts_at, one.ends_at) for one in own)
        match violation.rule:
            case RestRule.MIN_REST:
                # Who was on call all that time gets more rest by it, not less.
                return any(
                    begins <= violation.starts_at and violation.ends_at <= ends
                    for begins, ends in runs
                )
            case RestRule.LONGEST_RUN:
                return False
            case RestRule.MAX_NIGHTS | RestRule.MAX_WEEKENDS:
                return bool(runs) and self._counts_as_many(name, own, runs, violation)

    def _counts_as_many(
        self,
        name: Slug,
        own: list[PersonShift],
        runs: list[Stretch],
        violation: Violation,
    ) -> bool:
        """Return whether as many were too many in the same time, however counted."""
        book, teams = self._snapshot.rest, teams_of(self._snapshot, name)
        zone = zone_of(self._snapshot, name)
        for rules in {book.governing(one.schedule, teams) for one in own}:
            limit = dict(rules.counted).get(violation.rule)
            days = counted(runs, violation.rule, rules, zone)
            there = sum(
                violation.starts_at <= one.starts_at
                and one.ends_at <= violation.ends_at
                for one in days
            )
            if limit is not None and there > limit and there >= violation.amount:
                return True
        return False
