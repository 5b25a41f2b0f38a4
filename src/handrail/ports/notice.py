"""Notices of the status page in the database."""

from typing import Protocol

from handrail.core.ids import IncidentId
from handrail.core.status_page.notice import Notice


class NoticeStore(Protocol):
    """Notices; never changed once they are out."""

    def add(self, notice: Notice) -> None:
        """Insert a notice.

        Raises:
            ConflictError: The incident has one of this number; retry the transaction.
        """
        ...

    def for_incident(self, incident_id: IncidentId) -> list[Notice]:
        """Return the incident's notices, oldest first."""
        ...

    def shown(self, *, limit: int) -> list[Notice]:
        """Return every notice of the incidents that the page shows.

        Those the public was told of last, ``limit`` of them, and all whose last
        notice leaves something open, however old they are.
        """
        ...

    def count(self) -> int:
        """Return how many notices there are; it grows with each."""
        ...
