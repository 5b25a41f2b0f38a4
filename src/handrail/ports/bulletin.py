"""Bulletins in the database."""

from typing import Protocol

from handrail.core.ids import BulletinId, IncidentId
from handrail.core.paging.bulletin import Bulletin


class BulletinStore(Protocol):
    """Bulletins; what they owe is among the deliveries."""

    def add(self, bulletin: Bulletin) -> None:
        """Insert a bulletin."""
        ...

    def get(self, bulletin_id: BulletinId) -> Bulletin | None:
        """Return the bulletin or none."""
        ...

    def for_incident(self, incident_id: IncidentId) -> list[Bulletin]:
        """Return the incident's bulletins, oldest first."""
        ...
