"""What a person's time on call breaks already, before a change to it.

A change that leaves as it is what was broken, or mends a part of it, does not bring it:
who is relieved must never be told that it gives them too little rest.
"""

from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from handrail.core.ids import Slug
from handrail.core.schedule.rest import RestRule, Violation, counted
from handrail.core.schedule.rest_book import PersonShift, RestBook, findings
from handrail.core.schedule.restriction import joined


class Before:
    """One person's time on call as it is, for who asks about what would be."""

    def __init__(
        self,
        shifts: Iterable[PersonShift],
        book: RestBook,
        *,
        teams: Iterable[Slug],
        zone: ZoneInfo,
    ) -> None:
        """Take the person's shifts over all schedules, and the rules in force."""
        self._shifts = [one for one in shifts if one.schedule not in book.ignores]
        self._runs = joined((one.starts_at, one.ends_at) for one in self._shifts)
        self._book = book
        self._teams = tuple(teams)
        self._zone = zone
        found = findings(self._shifts, book, teams=self._teams, zone=zone)
        self._found: Sequence[Violation] = [one.violation for one in found]

    def breaks(self, violation: Violation) -> bool:
        """Return whether the same limit is broken there already, as badly or worse."""
        if any(one.is_as_bad_as(violation) for one in self._found):
            return True
        match violation.rule:
            case RestRule.MIN_REST:
                # Who was on call all that time gets more rest by it, not less.
                return any(
                    begins <= violation.starts_at and violation.ends_at <= ends
                    for begins, ends in self._runs
                )
            case RestRule.LONGEST_RUN:
                return False
            case RestRule.MAX_NIGHTS | RestRule.MAX_WEEKENDS:
                return bool(self._runs) and self._counts_as_many(violation)

    def _counts_as_many(self, violation: Violation) -> bool:
        """Return whether as many were too many in the same time, however counted."""
        governing = {
            self._book.governing(one.schedule, self._teams) for one in self._shifts
        }
        for rules in governing:
            limit = dict(rules.counted).get(violation.rule)
            there = sum(
                violation.starts_at <= day.starts_at
                and day.ends_at <= violation.ends_at
                for day in counted(self._runs, violation.rule, rules, self._zone)
            )
            if limit is not None and there > limit and there >= violation.amount:
                return True
        return False
