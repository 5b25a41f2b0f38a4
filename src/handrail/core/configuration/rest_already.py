"""Which limits of rest are broken already in the configuration in force."""

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property

from handrail.core.configuration.rest_check import coming_duty, teams_of, zone_of
from handrail.core.configuration.snapshot import Snapshot
from handrail.core.ids import Slug
from handrail.core.schedule.rest import Violation
from handrail.core.schedule.rest_before import Before
from handrail.core.schedule.rest_book import PersonShift


class Already:
    """What is broken in the configuration in force, for who asks about a violation."""

    def __init__(
        self, snapshot: Snapshot, now: datetime, *, former: Mapping[Slug, Slug]
    ) -> None:
        """Take what is in force, and people's former names by their new ones."""
        self._snapshot = snapshot
        self._former = former
        self._now = now
        self._known: dict[Slug, Before] = {}

    @cached_property
    def _roster(self) -> Mapping[Slug, list[PersonShift]]:
        # Worked out once it is asked for: most changes break no limit at all.
        return coming_duty(self._snapshot, self._now)

    def holds(self, user: Slug, violation: Violation) -> bool:
        """Return whether a limit is broken there already, as badly or worse."""
        name = self._former.get(user, user)
        before = self._known.get(name)
        if before is None:
            before = self._known[name] = Before(
                self._roster.get(name, ()),
                self._snapshot.rest,
                teams=teams_of(self._snapshot, name),
                zone=zone_of(self._snapshot, name),
            )
        return before.breaks(violation)
