"""Backlog tickets in the database."""

from datetime import datetime
from typing import Protocol

from handrail.core.backlog.ticket import BacklogTicket
from handrail.core.ids import AlertId, IncidentId, TicketId
from handrail.ports.incident import EVERYBODY, Viewer


class BacklogStore(Protocol):
    """Backlog tickets: an outbox to the team's tracker."""

    def add(self, ticket: BacklogTicket) -> None:
        """Insert a ticket.

        Raises:
            ConflictError: There is one of the same origin.
        """
        ...

    def get(
        self, ticket_id: TicketId, *, viewer: Viewer = EVERYBODY, lock: bool = False
    ) -> BacklogTicket | None:
        """Return the ticket, or none where there is none the viewer may see.

        ``lock`` holds its row to the end (PostgreSQL).
        """
        ...

    def for_alert(self, alert_id: AlertId) -> BacklogTicket | None:
        """Return the ticket that the alert asked for, or none."""
        ...

    def for_incident(self, incident_id: IncidentId) -> BacklogTicket | None:
        """Return the newest ticket about the incident, or none."""
        ...

    def asked_since(self, condition: str, since: datetime) -> bool:
        """Return whether a ticket was asked for this condition at or after then."""
        ...

    def save(self, ticket: BacklogTicket) -> None:
        """Write back one ticket."""
        ...

    def claimable(self, *, limit: int) -> list[BacklogTicket]:
        """Return locked tickets that are due: pending, or with a lapsed lease.

        On PostgreSQL rows others hold are skipped.
        """
        ...

    def next_due(self) -> datetime | None:
        """Return the earliest next attempt or lapsing lease of any ticket."""
        ...

    def search(
        self,
        *,
        viewer: Viewer,
        open_only: bool,
        limit: int,
        before: TicketId | None = None,
    ) -> list[BacklogTicket]:
        """Return tickets, newest first; ``open_only`` leaves out what was opened."""
        ...
