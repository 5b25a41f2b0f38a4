"""Incidents in the database, and whose eyes they are looked up with."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from handrail.core.ids import AlertId, EvidenceId, IncidentId, Slug
from handrail.core.incident.incident import Incident
from handrail.ports.setback import Otherwise, refuse


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """For whom incidents are looked up: private ones are filtered in the query.

    Attributes:
        user: Sees private incidents they have or had a part in; none sees none.
        sees_all: Sees every private incident.
    """

    user: Slug | None = None
    sees_all: bool = False


EVERYBODY = Viewer(sees_all=True)
"""The system itself: duties and use cases that act for everybody."""


class IncidentStore(Protocol):
    """Incidents; current state beside the event stream."""

    def next_number(self) -> int:
        """Take and return the next n of ``INC-n``; given back if this is undone."""
        ...

    def add(self, incident: Incident, *, next_due_at: datetime | None) -> None:
        """Insert an incident, and when the engine must look at it first."""
        ...

    def get(
        self, incident_id: IncidentId, *, viewer: Viewer = EVERYBODY, lock: bool = False
    ) -> Incident | None:
        """Return the incident, or none where there is none the viewer may see.

        ``lock`` holds its row to the end (PostgreSQL).
        """
        ...

    def by_number(
        self, number: int, *, viewer: Viewer = EVERYBODY, lock: bool = False
    ) -> Incident | None:
        """Return the incident of this number as ``get`` does."""
        ...

    def save(
        self,
        incident: Incident,
        *,
        expected_sequence: int,
        next_due_at: datetime | None,
    ) -> None:
        """Write back the incident and when the engine must look at it next.

        Raises:
            ConflictError: Its stored sequence is not the expected one.
        """
        ...

    def search(
        self,
        *,
        viewer: Viewer,
        responding_only: bool,
        limit: int,
        before: int | None = None,
    ) -> list[Incident]:
        """Return incidents, highest number first, below the given number."""
        ...

    def due(self, *, limit: int, otherwise: Otherwise = refuse) -> list[Incident]:
        """Return locked incidents that the engine must look at, longest due first."""
        ...

    def put_off(self, incident_id: IncidentId, until: datetime) -> None:
        """Let the engine look at this row then; for one that cannot be read."""
        ...

    def next_due(self) -> datetime | None:
        """Return when the engine must look at any incident next."""
        ...

    def for_alert(self, alert_id: AlertId) -> list[Incident]:
        """Return the incidents declared from this alert, newest first."""
        ...

    def add_evidence(self, evidence_id: EvidenceId, content: bytes) -> None:
        """Keep the content of an evidence file."""
        ...

    def evidence(self, evidence_id: EvidenceId) -> bytes | None:
        """Return the content of an evidence file, or none."""
        ...
