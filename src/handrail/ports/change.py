"""Changes and the calls of mitigations in the database, as the use cases see them."""

from datetime import datetime
from typing import Protocol

from handrail.core.change.change import Change
from handrail.core.ids import ChangeId, IncidentId, MitigationId, Slug
from handrail.core.mitigation.run import MitigationRun


class ChangeStore(Protocol):
    """Changes that senders reported; never edited."""

    def add(self, change: Change) -> None:
        """Insert a change."""
        ...

    def between(self, since: datetime, until: datetime, *, limit: int) -> list[Change]:
        """Return the changes that took effect then, newest first; both inclusive."""
        ...

    def search(
        self,
        *,
        limit: int,
        service: Slug | None = None,
        before: ChangeId | None = None,
    ) -> list[Change]:
        """Return changes as reported, newest first, before the given id."""
        ...


class MitigationRunStore(Protocol):
    """Calls of mitigations: the outbox from which each is made once at most."""

    def add(self, run: MitigationRun) -> None:
        """Insert a run."""
        ...

    def get(self, run_id: MitigationId, *, lock: bool = False) -> MitigationRun | None:
        """Return the run or none; ``lock`` holds its row to the end (PostgreSQL)."""
        ...

    def save(self, run: MitigationRun) -> None:
        """Write back a run."""
        ...

    def under_way(self, incident_id: IncidentId) -> list[MitigationRun]:
        """Return the incident's runs whose answer is still to come."""
        ...

    def due(self, *, limit: int) -> list[MitigationRun]:
        """Return locked runs to be called, or whose claim lapsed, longest due first."""
        ...

    def next_due(self) -> datetime | None:
        """Return when the earliest run is due, or none."""
        ...
