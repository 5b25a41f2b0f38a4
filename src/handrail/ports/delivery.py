"""Deliveries and their attempts in the database."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from handrail.core.ids import BulletinId, DeliveryId, NodeId, PageId
from handrail.core.paging.delivery import Attempt, Delivery
from handrail.core.people.contact_method import ChannelKind
from handrail.ports.setback import Otherwise, refuse


class DeliveryStore(Protocol):
    """Deliveries and their attempts."""

    def add(self, deliveries: Sequence[Delivery]) -> None:
        """Insert deliveries."""
        ...

    def claimable(
        self,
        *,
        limit: int,
        kind: ChannelKind | None = None,
        otherwise: Otherwise = refuse,
    ) -> list[Delivery]:
        """Return locked deliveries that are due: pending, or with a lapsed lease.

        Only those of one kind of channel, where one is given, and those of a kind that
        nobody knows: they cannot be read.

        Ordered by ``next_attempt_at``. On PostgreSQL rows others hold are skipped.
        """
        ...

    def put_off(self, delivery_id: DeliveryId, until: datetime) -> None:
        """Let this row be claimable then; for one that cannot be read."""
        ...

    def get(self, delivery_id: DeliveryId, *, lock: bool = False) -> Delivery | None:
        """Return the delivery or none."""
        ...

    def save(self, delivery: Delivery) -> None:
        """Write back one delivery."""
        ...

    def for_page(self, page_id: PageId) -> list[Delivery]:
        """Return the page's deliveries in the order they were made."""
        ...

    def for_bulletin(self, bulletin_id: BulletinId) -> list[Delivery]:
        """Return the bulletin's deliveries in the order they were made."""
        ...

    def owed_for_recipient(self, page_id: PageId, recipient: str) -> list[Delivery]:
        """Return the page's owed deliveries to a recipient, soonest first, locked."""
        ...

    def cancel_owed(self, page_id: PageId, *, reason: str) -> int:
        """End every pending or claimed delivery of the page as cancelled."""
        ...

    def recent_messages(
        self, *, since: datetime
    ) -> dict[tuple[str, str], list[datetime]]:
        """Return by (recipient, method) when messages were begun since then.

        A bundle counts once. Those still under way count, too.
        """
        ...

    def shift_owed(self, by: timedelta) -> int:
        """Move every due time, next attempt and lease of what is owed still to come."""
        ...

    def lapse_leases(self, owners: Sequence[NodeId]) -> int:
        """Make every claim of these dead nodes due at once."""
        ...

    def lease_owners(self) -> list[NodeId]:
        """Return the nodes that hold claims."""
        ...

    def next_due(self) -> datetime | None:
        """Return the earliest ``next_attempt_at`` or lapsing lease of an owed one."""
        ...

    def oldest_owed(self) -> datetime | None:
        """Return the earliest ``due_at`` of any delivery still owed."""
        ...

    def owed(self, *, limit: int) -> list[Delivery]:
        """Return owed deliveries, soonest first: what would be sent next."""
        ...

    def add_attempts(self, attempts: Sequence[Attempt]) -> None:
        """Append attempts; one whose id is there already is left as it is."""
        ...

    def told_of_pages(
        self, *, since: datetime, until: datetime
    ) -> list[tuple[str, datetime]]:
        """Return who was told of a page, and when, within ``[since, until)``.

        Once for each level entry: when its first delivery was handed over.
        """
        ...

    def attempts(self, page_id: PageId) -> list[Attempt]:
        """Return every attempt at the page's deliveries, oldest first."""
        ...
