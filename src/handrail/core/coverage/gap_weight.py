"""What a gap of a schedule weighs: meant, outside of its hours, or somebody is missed.

Not every gap is a defect. A schedule of working hours leaves the night to others, and
who looks at it at three must not be alarmed by that. It matters where a service that
says when it must be covered is not, or where a page would meet nobody at any level.

This is a look at one instant, for screens and lists. What is certain is proved.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum, unique

from handrail.core.configuration.snapshot import Snapshot
from handrail.core.escalation.policy import EscalationPolicy, Target, TargetKind
from handrail.core.escalation.reach import Answer, reach
from handrail.core.ids import Slug
from handrail.core.schedule.on_call import tile_at
from handrail.core.schedule.schedule import Schedule
from handrail.core.service.coverage_intent import CoverageIntent, IntendedGaps
from handrail.core.service.service import Service
from handrail.core.service.support_hours import is_open

Told = tuple[timedelta, frozenset[str]]
"""After how long which people are told."""


@unique
class GapWeight(StrEnum):
    """How a gap is told."""

    INTENDED = "intended"
    OFF_HOURS = "off_hours"
    EXPOSED = "exposed"

    @property
    def words(self) -> str:
        """Return what is said of nobody, to stand after "nobody"."""
        return _WORDS[self]


_WORDS = {
    GapWeight.INTENDED: ", as intended",
    GapWeight.OFF_HOURS: ", outside of this schedule's hours",
    GapWeight.EXPOSED: "",
}


def gap_weight(
    schedule: Slug, *, is_intended: bool, at: datetime, snapshot: Snapshot
) -> GapWeight:
    """Return what it weighs that nobody is on duty in a schedule at an instant.

    ``EXPOSED``: a service asks for cover then, its policy names the schedule and tells
    too few people in time; or a service says nothing of cover, and at no level of its
    policy is there a person; or so of those whom the severity matrix pages. A turn of
    nobody is ``INTENDED`` all the same, unless the service calls that a defect.

    Args:
        schedule: Which; it has a gap at the instant.
        is_intended: A turn of nobody, or a removal, says that it is meant.
        at: The instant, UTC.
        snapshot: What is in force, with its services, policies and schedules.
    """
    look = _Look(snapshot, at)
    policies = [p for p in snapshot.policies.values() if _names(p, schedule)]
    misses = any(look.misses(one, is_intended=is_intended) for one in policies)
    if not is_intended and not misses:
        sought = Target(kind=TargetKind.SCHEDULE, name=schedule)
        demands = (demand.page for demand in snapshot.demands.values())
        misses = any(sought in page and not look.people(page) for page in demands)
    if misses:
        return GapWeight.EXPOSED
    return GapWeight.INTENDED if is_intended else GapWeight.OFF_HOURS


class _Look:
    """Who is reached at one instant."""

    def __init__(self, snapshot: Snapshot, at: datetime) -> None:
        self._snapshot = snapshot
        self._at = at

    def misses(self, policy: EscalationPolicy, *, is_intended: bool) -> bool:
        """Return whether a page would climb the policy and miss who should be met."""
        services = [
            one
            for one in self._snapshot.services.values()
            if one.escalation_policy == policy.name
        ]
        told = list(self._told(policy))
        if any(self._is_missed(one, told, is_intended=is_intended) for one in services):
            return True
        speak = all(one.coverage.declared_by for one in services)
        return not is_intended and not told and not (services and speak)

    def people(self, targets: Iterable[Target]) -> frozenset[str]:
        """Return the people behind targets who are responsible."""
        return frozenset(
            one.recipient
            for target in targets
            for one in reach(
                target, directory=self._snapshot, at=self._at, ask=_on_duty
            )
            if one.recipient.startswith("user:") and not one.is_shadow
        )

    def _told(self, policy: EscalationPolicy) -> Iterator[Told]:
        """Yield after how long which people are told; empty levels are skipped."""
        after = timedelta(0)
        for level in policy.levels:
            people = self.people(level.targets)
            if people:
                yield after, people
                after += level.escalate_after

    def _is_missed(
        self, service: Service, told: Sequence[Told], *, is_intended: bool
    ) -> bool:
        return any(
            self._is_asked(intent, is_intended=is_intended)
            and len(_in_time(told, intent.within)) < intent.people
            for intent in service.coverage.intents
        )

    def _is_asked(self, intent: CoverageIntent, *, is_intended: bool) -> bool:
        if is_intended and intent.intended_gaps is IntendedGaps.EXCUSED:
            return False
        return intent.hours is None or is_open(intent.hours, self._at)


def _in_time(told: Sequence[Told], within: timedelta) -> frozenset[str]:
    return frozenset(name for after, those in told if after <= within for name in those)


def _names(policy: EscalationPolicy, schedule: Slug) -> bool:
    sought = Target(kind=TargetKind.SCHEDULE, name=schedule)
    return any(sought in level.targets for level in policy.levels)


def _on_duty(schedule: Schedule, at: datetime) -> Answer:
    tile = tile_at(schedule, at)
    return tile.users, tile.companions, ""
