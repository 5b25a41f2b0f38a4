"""Pages in the database."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from handrail.core.ids import AlertId, PageId, Slug
from handrail.core.paging.page import Page
from handrail.ports.setback import Otherwise, refuse


class PageStore(Protocol):
    """Pages; current state beside the event stream."""

    def add(self, page: Page) -> None:
        """Insert a page."""
        ...

    def get(self, page_id: PageId, *, lock: bool = False) -> Page | None:
        """Return the page or none; ``lock`` holds its row (PostgreSQL)."""
        ...

    def save(self, page: Page, *, expected_sequence: int) -> None:
        """Write back the page.

        Raises:
            ConflictError: Its stored sequence is not the expected one.
        """
        ...

    def due(self, *, limit: int, otherwise: Otherwise = refuse) -> list[Page]:
        """Return locked open pages whose timer has run out, oldest first.

        Their alerts are locked first; those that others hold are left for later.
        """
        ...

    def put_off(self, page_id: PageId, until: datetime) -> None:
        """Let the timer of this row run out then; for one that cannot be read."""
        ...

    def timed(self, *, otherwise: Otherwise = refuse) -> list[Page]:
        """Return every open page whose timer is still to come."""
        ...

    def next_due(self) -> datetime | None:
        """Return the earliest timer of any page."""
        ...

    def for_alert(self, alert_id: AlertId) -> list[Page]:
        """Return the pages about this alert, oldest first."""
        ...

    def due_for_nudge(self, *, limit: int) -> list[Page]:
        """Return pages whose ``nudge_due_at`` has come, longest due first.

        Their rows are not locked, since their alerts' must be locked before.
        """
        ...

    def next_nudge(self) -> datetime | None:
        """Return the earliest ``nudge_due_at`` of any page."""
        ...

    def next_turns(self, policy: Slug, levels: Collection[int]) -> dict[int, int]:
        """Return the next turn, from 1, at these levels of the policy."""
        ...

    def lock_turns(self) -> None:
        """Let no other transaction take a turn until this one ends.

        After the locks of alerts and pages, before those of deliveries. There is one
        lock for all policies, so that two transactions never wait for each other.
        """
        ...

    def take_turn(self, policy: Slug, level: int) -> int:
        """Count the next turn at this level of the policy as had, and return it."""
        ...

    def search(
        self, *, active_only: bool, limit: int, before: PageId | None = None
    ) -> list[Page]:
        """Return pages, newest first; active means open, acknowledged or exhausted."""
        ...
